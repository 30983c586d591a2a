import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type ReminderKind, REMINDERS_AT_ONCE, type Repeat, type SnoozePreset } from '@yinfeng/reminders';
import { ArrayMaxSize, Matches, Max, MaxLength, Min } from 'class-validator';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';
import { KEY, Reminder, ReminderKindEnum, ReminderRepeatEnum, SnoozePresetEnum } from './reminders.types.js';

@ObjectType({ implements: () => [Node], description: 'What a person hears nothing of: a project, a kind of reminder, or a kind of one project. Its reminders are planned and listed.' })
export class ReminderMute extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field(() => Project, { nullable: true, description: 'Of this project; absent: of all.' }) project?: Project | null;
  @Field(() => ReminderKindEnum, { nullable: true, description: 'Of this kind; absent: of all that can be silenced.' }) kind?: ReminderKind | null;
  @Field(() => DateScalar, { nullable: true, description: 'Last day; absent: until it is ended.' }) untilOn?: string | null;
  @Field(() => Date, { description: 'Since when.' }) createdAt!: Date;
}
@ObjectType({ description: 'What the caller has silenced today, newest first.' })
export class ReminderMuteConnection extends connectionOf(ReminderMute, 'ReminderMute') {}
@ObjectType({ description: 'A silence after an act on it.' })
export class ReminderMutePayload {
  @Field(() => ReminderMute, { nullable: true, description: 'As it is now; absent when it has ended.' }) mute?: ReminderMute | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'What became of one of several reminders.' })
export class RemindersItem {
  @Field(() => ID, { description: 'The reminder as it was asked for.' }) reminderId!: string;
  @Field(() => Reminder, { nullable: true, description: 'As it is now; absent when there is none of the caller\'s.' }) reminder?: Reminder | null;
  @Field(() => UserError, { nullable: true, description: 'Why it was not changed; absent when it was.' }) error?: UserError | null;
}
@ObjectType({ description: 'An act on several reminders, in one transaction.' })
export class RemindersPayload {
  @Field(() => Int, { nullable: true, description: 'How many were changed; absent when the act itself was refused.' }) changed?: number | null;
  @Field(() => [RemindersItem], { nullable: true, description: 'Each reminder asked for, in that order; absent when the act itself was refused.' }) items?: RemindersItem[] | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@InputType({ isAbstract: true })
abstract class Keyed {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
}
@InputType({ isAbstract: true })
abstract class Versioned extends Keyed {
  @Field(() => ID, { description: 'The reminder; its recipient alone may act on it.' }) reminderId!: string;
  @Field(() => Int, { description: 'Version of the reminder that the caller has seen.' }) expectedVersion!: number;
}
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

@InputType({ description: 'What to be reminded of, and when.' })
export class ReminderCreateInput extends Keyed {
  @MaxLength(1000) @Field({ description: 'In one\'s own words, at most 500 characters.' }) text!: string;
  @Field(() => DateScalar, { description: 'First Shanghai day, today or later. Once: this very day, also a rest day; repeated: rolls on to a working day.' }) day!: string;
  @Matches(TIME) @Field(() => String, { nullable: true, description: 'HH:MM in Shanghai; 09:00 when absent.' }) time?: string | null;
  @Field(() => ID, { nullable: true, description: 'A project that the caller may see.' }) projectId?: string | null;
  @Field(() => ReminderRepeatEnum, { nullable: true, description: 'NONE when absent.' }) repeat?: Repeat | null;
  @Field(() => DateScalar, { nullable: true, description: 'Repeated until this day.' }) untilOn?: string | null;
  @Min(1) @Max(999) @Field(() => Int, { nullable: true, description: 'Repeated so many times; not together with `untilOn`.' }) times?: number | null;
}
@InputType({ description: 'What changes of a personal reminder from this time on; absent means unchanged.' })
export class ReminderEditInput extends Versioned {
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'In one\'s own words, at most 500 characters.' }) text?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Comes on this day instead, and is counted from it.' }) day?: string | null;
  @Matches(TIME) @Field(() => String, { nullable: true, description: 'HH:MM in Shanghai.' }) time?: string | null;
  @Field(() => ReminderRepeatEnum, { nullable: true, description: 'How often from now on.' }) repeat?: Repeat | null;
  @Field(() => DateScalar, { nullable: true, description: 'Repeated until this day; null: without end.' }) untilOn?: string | null;
  @Min(1) @Max(999) @Field(() => Int, { nullable: true, description: 'Repeated so many times from now on; null: without end.' }) times?: number | null;
}
@InputType({ description: 'No more of a personal reminder; `reminderReopen` takes it back.' })
export class ReminderCancelInput extends Versioned {}
@InputType({ description: 'To whom, and why.' })
export class ReminderReassignInput extends Versioned {
  @Field(() => ID, { description: 'A colleague who may see the project.' }) toStaffId!: string;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Why, told to the colleague.' }) reason?: string | null;
}
@InputType({ description: 'What to hear nothing of: a project, a kind, or a kind of one project.' })
export class ReminderMuteInput extends Keyed {
  @Field(() => ID, { nullable: true, description: 'A project that the caller may see.' }) projectId?: string | null;
  @Field(() => ReminderKindEnum, { nullable: true, description: 'A kind; approvals, escalations, what was handed over and personal ones are never silenced.' }) kind?: ReminderKind | null;
  @Field(() => DateScalar, { nullable: true, description: 'Last day, today or later; absent: until it is ended.' }) untilOn?: string | null;
}
@InputType({ description: 'To be heard again.' })
export class ReminderUnmuteInput extends Keyed {
  @Field(() => ID, { description: 'The silence, of the caller\'s own.' }) muteId!: string;
  @Field(() => Int, { description: 'Version of it that the caller has seen.' }) expectedVersion!: number;
}

@InputType({ description: 'One of several reminders.' })
export class RemindersItemInput {
  @Field(() => ID, { description: 'The reminder; its recipient alone may act on it.' }) reminderId!: string;
  @Field(() => Int, { description: 'Version of the reminder that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ isAbstract: true })
abstract class RemindersAct extends Keyed {
  @ArrayMaxSize(REMINDERS_AT_ONCE) @Field(() => [RemindersItemInput], { description: `Which, at most ${REMINDERS_AT_ONCE}.` }) items!: RemindersItemInput[];
}
@InputType({ description: 'They are done.' })
export class RemindersCompleteInput extends RemindersAct {}
@InputType({ description: 'They were not done or put off after all.' })
export class RemindersReopenInput extends RemindersAct {}
@InputType({ description: 'Not now. Either a day or a preset.' })
export class RemindersSnoozeInput extends RemindersAct {
  @Field(() => DateScalar, { nullable: true, description: 'A day after today; a rest day rolls on to the next working day.' }) until?: string | null;
  @Field(() => SnoozePresetEnum, { nullable: true, description: 'A usual time instead of a day.' }) preset?: SnoozePreset | null;
}
