import { Args, Context, Info, Mutation, Query, Resolver } from '@nestjs/graphql';
import { globalId } from '@yinfeng/platform';
import { type PersonOutcome, PersonService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { selectedNodes } from '../graphql/selection.js';
import { PersonalDataDueConnection, PersonCorrectInput, PersonEraseInput, PersonExportInput, PersonExportPayload, PersonPayload } from './person.types.js';

const local = <I extends { contactId?: string | null }>(input: I): I => ({ ...input, contactId: input.contactId == null ? undefined : idOf('Contact', input.contactId) });
const payload = (done: PersonOutcome) => ({ receipt: done.number === null ? null : { number: done.number, at: done.at, earlier: done.earlier }, found: done.found, kept: done.kept });
const NOTHING = () => ({ found: [], kept: [] });

@Resolver()
export class PersonResolver {
  constructor(private readonly people: PersonService) {}

  @Can('person.manage')
  @Mutation(() => PersonExportPayload, { description: 'What is held of one person across all tables, masked and counted; an act on record with its receipt. The whole values come by the command line.' })
  personExport(@Args('input', { description: 'The person.' }) input: PersonExportInput, @Context() context: RequestContext) {
    const actor = actorOf(context);
    return outcome<ReturnType<typeof payload> & { contacts: object[] }>(actor.locale, async () => {
      const done = await this.people.export(actor, local(input));
      return { ...payload(done), contacts: done.contacts.map((c) => ({ ...c, id: globalId('Contact', c.id) })) };
    }, () => ({ ...NOTHING(), contacts: [] }));
  }

  @Can('person.manage')
  @Mutation(() => PersonPayload, { description: 'Puts a name or phone of one person right wherever it stands.' })
  personCorrect(@Args('input', { description: 'The person and what is right.' }) input: PersonCorrectInput, @Context() context: RequestContext) {
    const actor = actorOf(context);
    return outcome(actor.locale, async () => payload(await this.people.correct(actor, local(input))), NOTHING);
  }

  @Can('person.manage')
  @Mutation(() => PersonPayload, { description: 'Erases one person across all tables: values become 已删除; records, counts and books stay.' })
  personErase(@Args('input', { description: 'The person.' }) input: PersonEraseInput, @Context() context: RequestContext) {
    const actor = actorOf(context);
    return outcome(actor.locale, async () => payload(await this.people.erase(actor, local(input))), NOTHING);
  }

  @Can('person.manage')
  @Query(() => PersonalDataDueConnection, { description: 'Contacts whose term (policy personalData) has ended by a day, masked, longest first; looked for daily.' })
  async personalDataDue(@Args('by', { type: () => DateScalar, description: 'Shanghai day by which the term has ended, e.g. today.' }) by: string, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return connection(await this.people.due(actor, by, page, selectedNodes(info)), () => this.people.dueCount(actor, by));
  }
}
