import { Args, Context, Info, Mutation, Query, Resolver } from '@nestjs/graphql';
import { type Actor, message } from '@yinfeng/platform';
import { projectVisibility } from '@yinfeng/recruitment';
import { PersonalRemindersService, ReminderActsService, ReminderMutesService, type RemindersAct, type RemindersOutcome, RemindersService } from '@yinfeng/reminders';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import * as T from './reminder-acts.types.js';
import { Reminder, ReminderPayload, ReminderReopenInput } from './reminders.types.js';

@Resolver(() => Reminder)
export class ReminderActsResolver {
  constructor(private readonly reminders: RemindersService, private readonly personal: PersonalRemindersService, private readonly acts: ReminderActsService, private readonly mutes: ReminderMutesService) {
    NodeResolver.readers.set('ReminderMute', (actor, id, shape) => mutes.byId(actor, id, shape, projectVisibility));
  }

  @Can('reminder.act')
  @Mutation(() => ReminderPayload, { description: '个人提醒: reminds the caller at a time of their own, once or again and again.' })
  reminderCreate(@Args('input', { description: 'What, and when.' }) input: T.ReminderCreateInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.personal.create(actor, { ...input, projectId: projectOf(input.projectId) }, projectVisibility));
  }

  @Can('reminder.act')
  @Mutation(() => ReminderPayload, { description: 'Changes a personal reminder of one\'s own from this time on.' })
  reminderEdit(@Args('input', { description: 'Which, and what changes.' }) input: T.ReminderEditInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.personal.edit(actor, { ...input, ...local(input), text: input.text ?? undefined, day: input.day ?? undefined }));
  }

  @Can('reminder.act')
  @Mutation(() => ReminderPayload, { description: 'Cancels a personal reminder of one\'s own, this time and all to come.' })
  reminderCancel(@Args('input', { description: 'Which.' }) input: T.ReminderCancelInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.personal.cancel(actor, local(input)));
  }

  @Can('reminder.act')
  @Mutation(() => ReminderPayload, { description: 'Takes the last act back: what was done, put off, cancelled (personal) or handed over is open again where it stood.' })
  reminderReopen(@Args('input', { description: 'Which reminder.' }) input: ReminderReopenInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.acts.reopen(actor, { ...local(input), reason: input.reason }, projectVisibility));
  }

  @Can('reminder.act')
  @Mutation(() => ReminderPayload, { description: '转交: gives a reminder to a colleague who may see the project; giving it back is the same. Decisions and offices are not handed over.' })
  reminderReassign(@Args('input', { description: 'Which, to whom, and why.' }) input: T.ReminderReassignInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.acts.reassign(actor, { ...local(input), toStaffId: idOf('Staff', input.toStaffId), reason: input.reason }, projectVisibility));
  }

  @Can('reminder.act')
  @Mutation(() => T.RemindersPayload, { description: 'Marks several reminders as done; what cannot be is named.' })
  remindersComplete(@Args('input', { description: 'Which reminders.' }) input: T.RemindersCompleteInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.several(context, info, input, (actor, items) => this.acts.completeAll(actor, items));
  }

  @Can('reminder.act')
  @Mutation(() => T.RemindersPayload, { description: 'Puts several reminders off to 09:00 of a later working day; what cannot be is named.' })
  remindersSnooze(@Args('input', { description: 'Which reminders, and until when.' }) input: T.RemindersSnoozeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.several(context, info, input, (actor, items) => this.acts.snoozeAll(actor, { ...items, until: input.until, preset: input.preset }));
  }

  @Can('reminder.act')
  @Mutation(() => T.RemindersPayload, { description: 'Opens several reminders again that were done or put off, where they stood.' })
  remindersReopen(@Args('input', { description: 'Which reminders.' }) input: T.RemindersReopenInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.several(context, info, input, (actor, items) => this.acts.reopenAll(actor, items));
  }

  @Can('reminder.read')
  @Query(() => T.ReminderMuteConnection, { name: 'reminderMutes', description: 'What the caller has silenced today, newest first.' })
  async listMutes(@Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return connection(await this.mutes.page(actor, page, selectedNodes(info), projectVisibility), () => this.mutes.count(actor, projectVisibility));
  }

  @Can('reminder.act')
  @Mutation(() => T.ReminderMutePayload, { description: '静音: the caller hears nothing of a project or a kind; its reminders are planned and listed under `muted`.' })
  reminderMute(@Args('input', { description: 'What, and until when.' }) input: T.ReminderMuteInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.silence(context, info, (actor) => this.mutes.mute(actor, { ...input, projectId: projectOf(input.projectId) }, projectVisibility));
  }

  @Can('reminder.act')
  @Mutation(() => T.ReminderMutePayload, { description: 'Ends a silence.' })
  reminderUnmute(@Args('input', { description: 'Which.' }) input: T.ReminderUnmuteInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.silence(context, info, (actor) => this.mutes.unmute(actor, { idempotencyKey: input.idempotencyKey, muteId: idOf('ReminderMute', input.muteId), expectedVersion: input.expectedVersion }));
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ reminderId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'reminder');
    const now = (id: string | undefined) => this.reminders.byId(actor, id ?? null, shape, projectVisibility);
    return outcome<{ reminder?: unknown }>(actor.locale, async () => ({ reminder: await now((await work(actor)).reminderId) }), async (id) => ({ reminder: await now(id) }));
  }

  private several(context: RequestContext, info: GraphQLResolveInfo, input: { idempotencyKey?: string | null; items: T.RemindersItemInput[] }, work: (actor: Actor, input: RemindersAct) => Promise<RemindersOutcome>) {
    const actor = actorOf(context);
    const items = input.items.map((i) => ({ reminderId: idOf('Reminder', i.reminderId), expectedVersion: i.expectedVersion }));
    return outcome<{ changed?: number; items?: unknown[] }>(actor.locale, async () => {
      const done = await work(actor, { idempotencyKey: input.idempotencyKey, items });
      const now = await this.reminders.byIds(actor, done.items.flatMap((i) => i.reminderId ?? []), selected(info, 'items', 'reminder'), projectVisibility);
      return {
        changed: done.changed,
        items: done.items.map((i, n) => ({ reminderId: input.items[n]!.reminderId, reminder: i.reminderId ? (now.get(i.reminderId) ?? null) : null, error: i.refusal && { code: i.refusal.code, message: message(i.refusal.code, i.refusal.params, actor.locale), path: ['items', String(n)] } })),
      };
    });
  }

  private silence(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ muteId: string }>) {
    const actor = actorOf(context);
    const now = (id: string | undefined) => this.mutes.byId(actor, id ?? null, selected(info, 'mute'), projectVisibility);
    return outcome<{ mute?: unknown }>(actor.locale, async () => ({ mute: await now((await work(actor)).muteId) }), async (id) => ({ mute: await now(id) }));
  }
}

const local = (input: { idempotencyKey?: string | null; reminderId: string; expectedVersion: number }) => ({ idempotencyKey: input.idempotencyKey, reminderId: idOf('Reminder', input.reminderId), expectedVersion: input.expectedVersion });
const projectOf = (id: string | null | undefined) => (id == null ? undefined : idOf('Project', id));
