import { Args, Context, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { WeeklySheets } from '@yinfeng/ledgers';
import { globalId, Refusal } from '@yinfeng/platform';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf } from '../graphql/ids.js';
import { DateScalar } from '../graphql/scalars.js';
import { WeeklySheet, WeeklySheetExportInput, WeeklySheetPayload } from './weekly-sheets.types.js';

@Resolver(() => WeeklySheet)
export class WeeklySheetsResolver {
  constructor(private readonly weekly: WeeklySheets) {}

  @Can('project.read')
  @Query(() => WeeklySheet, { description: 'The numbers and sentences of the weekly sheet; the same as in the file. BAD_USER_INPUT where the calendar of the year is not published.' })
  async weeklySheet(
    @Args('week', { type: () => DateScalar, nullable: true, description: 'Any day of the week wanted, Monday to Sunday; absent: the week that is handed in next.' }) week: string | null,
    @Args('departmentId', { type: () => ID, nullable: true, description: 'Only this unit and those below it.' }) departmentId: string | null,
    @Args('all', { type: () => Boolean, nullable: true, description: 'Every project of the stages, not only what is new or changed.' }) all: boolean | null,
    @Context() context: RequestContext,
  ) {
    const sheet = await this.weekly.figures(actorOf(context), { week, departmentId: unitOf(departmentId), all });
    return { ...sheet, ...sheet.period, groups: sheet.groups.map((g) => ({ ...g, departmentId: g.departmentId && globalId('Department', g.departmentId) })) };
  }

  @Can('project.read')
  @Mutation(() => WeeklySheetPayload, { description: 'Writes the superior’s weekly sheet as xlsx: a sheet for each group and one of visits; fetch it from /files/:id. On record.' })
  weeklySheetExport(@Args('input', { description: 'Which sheet.' }) input: WeeklySheetExportInput, @Context() context: RequestContext) {
    const actor = actorOf(context);
    return outcome(actor.locale, async () => {
      const file = await this.weekly.keep(actor, { ...input, departmentId: unitOf(input.departmentId) });
      return { file: { ...file, id: globalId('StoredFile', file.id) } };
    });
  }
}

/** @throws Refusal NOT_FOUND for an id that is none of a department: it must not mean the whole zone. */
function unitOf(id: string | null | undefined): string | null {
  if (id == null) return null;
  const unit = idOf('Department', id);
  if (!unit) throw new Refusal('NOT_FOUND');
  return unit;
}
