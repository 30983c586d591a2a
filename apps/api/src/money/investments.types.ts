import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { BATCH_OUTCOMES, GROWTH_BASES, INVESTMENT_PARTS, INVESTMENT_STATES, MONEY_WARNINGS } from '@yinfeng/construction';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Department, Staff } from '../directory/directory.types.js';
import { CapitalSourceEnum, CurrencyEnum, describedEnum, LightEnum, StageEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';
import { MoneyInput } from '../projects/projects.inputs.js';
import { Money, Project } from '../projects/projects.types.js';

export const KEY = 'The same key with the same input within 7 days gives the first result.';
export const ERRORS = 'What the person can put right; empty when done.';
const MONTH = 'Any day of the month.';

export const InvestmentPartEnum = describedEnum('InvestmentPart', 'What the investment of a month is made of.', { CIVIL_WORKS: '建筑工程', EQUIPMENT: '设备购置', INSTALLATION: '安装工程', LAND: '土地', OTHER: '其他费用' } satisfies Record<(typeof INVESTMENT_PARTS)[number], string>);
export const InvestmentStateEnum = describedEnum('InvestmentState', 'Whether a second person has looked at a month.', { REPORTED: '已上报', CONFIRMED: '已确认' } satisfies Record<(typeof INVESTMENT_STATES)[number], string>);
export const GrowthBasisEnum = describedEnum('GrowthBasis', 'What growth is told against.', { BASE: 'A base of the earlier period on record, with its source.', ACTUALS: 'The months of the projects on record, a year before.', NONE: 'Nothing is on record for the year before.' } satisfies Record<(typeof GROWTH_BASES)[number], string>);
export const BatchOutcomeEnum = describedEnum('InvestmentBatchOutcome', 'What became of a line of a monthly sheet.', { CREATED: 'Reported.', CHANGED: 'An unconfirmed figure was changed.', UNCHANGED: 'On record with the same figure.', REFUSED: 'Not taken; the error says why.' } satisfies Record<(typeof BATCH_OUTCOMES)[number], string>);
export const MoneyWarningEnum = describedEnum('MoneyWarningCode', 'How the money of a project contradicts itself.', {
  PARTS_DIFFER: 'Parts of a month do not add up to it.', CUMULATIVE_DIFFERS: 'The running sum as reported is not that of the months.', PLAN_DIFFERS_FROM_YEAR: 'Months planned do not add up to the plan of the year.', ACTUALS_ABOVE_FIXED: 'More is done than the fixed-asset investment.',
  ARRIVALS_ABOVE_TOTAL: 'More has arrived than the total investment.', DOMESTIC_DIFFERS_FROM_LEDGER: 'Domestic arrivals of a year differ from what the ledger says.', FOREIGN_DIFFERS_FROM_LEDGER: 'Foreign arrivals of a year differ from what the ledger says.',
} satisfies Record<(typeof MONEY_WARNINGS)[number], string>);

@ObjectType({ description: 'What a figure said before it was changed.' })
export class InvestmentVersion {
  @Field(() => Int, { description: 'Version that it was.' }) version!: number;
  @Field(() => DecimalScalar, { description: 'Amount in 元.' }) amount!: string;
  @Field(() => String, { nullable: true, description: 'The text it was read from.' }) raw?: string | null;
  @Field(() => String, { nullable: true, description: 'Why it differed from the version before it.' }) reason?: string | null;
  @Field(() => InvestmentStateEnum, { nullable: true, description: 'Of an actual: whether it was confirmed.' }) state?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who gave it.' }) givenBy?: Staff | null;
  @Field(() => Date, { description: 'When it was given.' }) givenAt!: Date;
  @Field(() => Staff, { nullable: true, description: 'Who had confirmed it.' }) confirmedBy?: Staff | null;
  @Field(() => Date, { description: 'When it was replaced.' }) replacedAt!: Date;
}
@ObjectType({ implements: () => [Node], description: '投资计划: what is planned for a month of a project, or for its year.' })
export class InvestmentPlan extends Node {
  @Field(() => Int, { description: 'Version for changes.' }) version!: number;
  @Field(() => DateScalar, { description: 'First day of the month; of January for a whole year.' }) month!: string;
  @Field({ description: 'The plan of the whole year.' }) wholeYear!: boolean;
  @Field(() => Money, { description: 'Planned amount.' }) amount!: Money;
  @Field(() => String, { nullable: true, description: 'Why it was changed.' }) reason?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'By which day the actual is to be reported.' }) dueOn?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who planned it.' }) setBy?: Staff | null;
  @Field(() => Date, { description: 'When it was planned.' }) setAt!: Date;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => [InvestmentVersion], { description: 'What it said before, oldest first.' }) history!: InvestmentVersion[];
}
@ObjectType({ implements: () => [Node], description: '完成投资: fixed-asset investment done in a month of a project.' })
export class InvestmentActual extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field(() => DateScalar, { description: 'First day of the month.' }) month!: string;
  @Field(() => Money, { description: 'Amount of the month.' }) amount!: Money;
  @Field(() => DecimalScalar, { nullable: true, description: '建筑工程 in 元.' }) civilWorks?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: '设备购置 in 元.' }) equipment?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: '安装工程 in 元.' }) installation?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: '土地 in 元.' }) land?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: '其他费用 in 元.' }) other?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'What the sender says it comes to since January; compared, never counted.' }) cumulative?: string | null;
  @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => String, { nullable: true, description: 'Why it was corrected.' }) reason?: string | null;
  @Field(() => InvestmentStateEnum, { description: 'Whether a second person has confirmed it.' }) state!: string;
  @Field(() => DateScalar, { description: 'Day of the first report of the month.' }) reportedOn!: string;
  @Field(() => Staff, { nullable: true, description: 'Who gave the present figure.' }) reportedBy?: Staff | null;
  @Field(() => Date, { description: 'When the present figure was given.' }) reportedAt!: Date;
  @Field(() => Staff, { nullable: true, description: 'Who confirmed it.' }) confirmedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was confirmed.' }) confirmedAt?: Date | null;
  @Field(() => [InvestmentVersion], { description: 'What it said before, oldest first.' }) history!: InvestmentVersion[];
  @Field(() => Project, { description: 'The project.' }) project!: Project;
}
@ObjectType({ description: 'Months of projects in order.' })
export class InvestmentActualConnection extends connectionOf(InvestmentActual, 'InvestmentActual') {}

@ObjectType({ description: 'A month of a year; amounts in 元.' })
export class InvestmentMonth {
  @Field(() => DateScalar, { description: 'First day of the month.' }) month!: string;
  @Field(() => DecimalScalar, { nullable: true, description: 'Planned.' }) planned?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Done, by the parts that the zone counts.' }) actual?: string | null;
  @Field(() => InvestmentStateEnum, { nullable: true, description: 'Whether the month was confirmed; absent: not reported.' }) state?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Planned since January.' }) cumulativePlanned?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Done since January.' }) cumulativeActual?: string | null;
}
@ObjectType({ description: 'A year of a project: plan, actual, 序时进度. Amounts in 元, shares in per cent.' })
export class ProjectInvestment {
  @Field(() => Int, { description: 'The year.' }) year!: number;
  @Field(() => [InvestmentMonth], { description: 'Its twelve months.' }) months!: InvestmentMonth[];
  @Field(() => DecimalScalar, { nullable: true, description: 'Sum of the months planned.' }) planned?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Plan of the year: as stated, else the sum of its months.' }) yearPlan?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Done in the year.' }) actual?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Done, of the plan of the year.' }) completion?: string | null;
  @Field(() => DecimalScalar, { description: 'Share of the year that has passed.' }) elapsed!: string;
  @Field(() => DecimalScalar, { nullable: true, description: 'completion − elapsed in points; below zero: 欠进度.' }) gap?: string | null;
  @Field(() => LightEnum, { nullable: true, description: 'By how many points it is behind, as the zone draws the lines.' }) light?: string | null;
  @Field(() => [InvestmentPlan], { description: 'Its plans on record, the year first, with what each said before.' }) plans!: InvestmentPlan[];
}
@ObjectType({ description: 'Two figures of a project that contradict each other: told, never refused.' })
export class MoneyWarning {
  @Field(() => MoneyWarningEnum, { description: 'How.' }) code!: string;
  @Field(() => String, { nullable: true, description: 'Year or month: 2024, 2024-06.' }) period?: string | null;
  @Field(() => DecimalScalar, { description: 'One of them.' }) value!: string;
  @Field(() => DecimalScalar, { description: 'The other.' }) otherValue!: string;
  @Field(() => CurrencyEnum, { description: 'Currency of both.' }) currency!: string;
  @Field({ description: 'Both values and what to do, in the language of the caller.' }) message!: string;
}

@ObjectType({ description: 'What a project adds to a figure.' })
export class MoneyRow {
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => DecimalScalar, { description: 'What it adds, in the currency of the figure.' }) amount!: string;
  @Field(() => DecimalScalar, { description: 'Of that, what nobody has confirmed yet.' }) unconfirmed!: string;
  @Field({ description: 'MONTHS reported, ARRIVALS recorded one by one, or the total of the year in a LEDGER.' }) source!: string;
  @Field(() => Int, { description: 'Of how many months or payments.' }) entries!: number;
}
@ObjectType({ description: 'Rows of a figure in order.' })
export class MoneyRowConnection extends connectionOf(MoneyRow, 'MoneyRow') {}
@ObjectType({ description: 'A sum in 元 and the projects behind it.' })
export class InvestmentFigure {
  @Field(() => DecimalScalar, { description: 'Sum in 元.' }) amount!: string;
  @Field(() => DecimalScalar, { description: 'Of that, what nobody has confirmed yet.' }) unconfirmed!: string;
  @Field(() => Int, { description: 'How many projects.' }) count!: number;
}
@ObjectType({ description: 'Growth against the same months of the year before.' })
export class InvestmentGrowth {
  @Field(() => DecimalScalar, { nullable: true, description: 'In per cent; absent where there is nothing to tell it against.' }) percent?: string | null;
  @Field(() => GrowthBasisEnum, { description: 'What it is told against.' }) basis!: string;
  @Field(() => DateScalar, { description: 'First month of the year before.' }) from!: string;
  @Field(() => DateScalar, { description: 'Last month of the year before.' }) to!: string;
  @Field(() => DecimalScalar, { nullable: true, description: 'What it is told against, in 元.' }) amount?: string | null;
  @Field(() => String, { nullable: true, description: 'Where the base on record comes from.' }) source?: string | null;
  @Field(() => InvestmentFigure, { description: 'What the months on record of the year before come to.' }) before!: InvestmentFigure;
}
@ObjectType({ description: 'Fixed-asset investment of a period over the projects that the caller may see, each figure with its rows.' })
export class InvestmentFigures {
  @Field(() => DateScalar, { description: 'First month.' }) from!: string;
  @Field(() => DateScalar, { description: 'Last month, included.' }) to!: string;
  @Field(() => InvestmentFigure, { description: 'Fixed-asset investment done.' }) done!: InvestmentFigure;
  @Field(() => InvestmentFigure, { description: 'Planned for the same months.' }) planned!: InvestmentFigure;
  @Field(() => InvestmentFigure, { description: 'Done by industry, as the zone tells it apart.' }) industry!: InvestmentFigure;
  @Field(() => DecimalScalar, { nullable: true, description: 'Done, in per cent of what was planned.' }) completion?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: '产业项目占比 in per cent, of the amount or of the number of projects by the zone\'s rule.' }) industryShare?: string | null;
  @Field(() => InvestmentGrowth, { description: 'Against the same months of the year before.' }) growth!: InvestmentGrowth;
}

@ObjectType({ implements: () => [Node], description: 'Investment of an earlier period whose projects are not on record.' })
export class InvestmentBase extends Node {
  @Field(() => Int, { description: 'Version for changes.' }) version!: number;
  @Field(() => DateScalar, { description: 'First month.' }) fromMonth!: string;
  @Field(() => DateScalar, { description: 'Last month.' }) toMonth!: string;
  @Field(() => Department, { nullable: true, description: 'Of which department; absent: of the zone as a whole.' }) department?: Department | null;
  @Field(() => Money, { description: 'Amount.' }) amount!: Money;
  @Field({ description: 'Where it comes from.' }) source!: string;
  @Field(() => Staff, { nullable: true, description: 'Who put it on record.' }) setBy?: Staff | null;
  @Field(() => Date, { description: 'When.' }) setAt!: Date;
}

@ObjectType({ description: 'A project after its plan was set.' })
export class InvestmentPlanPayload {
  @Field(() => Project, { nullable: true, description: 'The project as it is now.' }) project?: Project | null;
  @Field(() => [UserError], { description: ERRORS }) userErrors!: UserError[];
}
@ObjectType({ description: 'A month after an act on it.' })
export class InvestmentActualPayload {
  @Field(() => InvestmentActual, { nullable: true, description: 'The month as it is now.' }) actual?: InvestmentActual | null;
  @Field(() => [UserError], { description: ERRORS }) userErrors!: UserError[];
}
@ObjectType({ description: 'A line of a monthly sheet.' })
export class InvestmentBatchItem {
  @Field(() => ID, { nullable: true, description: 'The project; absent when there is none that the caller may see.' }) projectId?: string | null;
  @Field(() => BatchOutcomeEnum, { description: 'What became of it.' }) outcome!: string;
  @Field(() => UserError, { nullable: true, description: 'Why it was not taken.' }) error?: UserError | null;
}
@ObjectType({ description: 'What became of a monthly sheet.' })
export class InvestmentBatchPayload {
  @Field(() => [InvestmentBatchItem], { nullable: true, description: 'Its lines, in the order in which they came.' }) items?: InvestmentBatchItem[] | null;
  @Field(() => [UserError], { description: ERRORS }) userErrors!: UserError[];
}
@ObjectType({ description: 'A base after it was set.' })
export class InvestmentBasePayload {
  @Field(() => InvestmentBase, { nullable: true, description: 'The base as it is now.' }) base?: InvestmentBase | null;
  @Field(() => [UserError], { description: ERRORS }) userErrors!: UserError[];
}

@InputType({ description: 'The plan of a month.' })
export class InvestmentPlanMonthInput {
  @Field(() => DateScalar, { description: MONTH }) month!: string;
  @Field(() => MoneyInput, { description: 'How much.' }) money!: MoneyInput;
  @Field(() => Int, { nullable: true, description: 'Version that the caller has seen; needed where a plan is on record.' }) expectedVersion?: number | null;
}
@InputType({ description: 'The plan of a whole year.' })
export class InvestmentPlanYearInput {
  @Field(() => MoneyInput, { description: 'How much.' }) money!: MoneyInput;
  @Field(() => Int, { nullable: true, description: 'Version that the caller has seen; needed where a plan is on record.' }) expectedVersion?: number | null;
}
@InputType({ description: 'Plans of a year of a project. What is on record changes with its version and a reason.' })
export class InvestmentPlanSetInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => Int, { description: 'The year.' }) year!: number;
  @Field(() => InvestmentPlanYearInput, { nullable: true, description: 'The plan of the whole year; absent: unchanged.' }) yearly?: InvestmentPlanYearInput | null;
  @ArrayMaxSize(12) @Field(() => [InvestmentPlanMonthInput], { nullable: true, description: 'Months of that year.' }) months?: InvestmentPlanMonthInput[] | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Why; needed where a plan on record changes.' }) reason?: string | null;
}
@InputType({ description: 'A part of the investment of a month.' })
export class InvestmentPartInput {
  @Field(() => InvestmentPartEnum, { description: 'What part; each once.' }) part!: keyof typeof InvestmentPartEnum;
  @Field(() => MoneyInput, { description: 'How much.' }) money!: MoneyInput;
}
@InputType({ isAbstract: true, description: 'What a month comes to.' })
abstract class FigureInput {
  @Field(() => MoneyInput, { description: 'Fixed-asset investment of the month, in CNY.' }) money!: MoneyInput;
  @ArrayMaxSize(5) @Field(() => [InvestmentPartInput], { nullable: true, description: 'What it is made of; absent: not split.' }) parts?: InvestmentPartInput[] | null;
  @Field(() => MoneyInput, { nullable: true, description: 'What it comes to since January, as stated; compared, never counted.' }) cumulative?: MoneyInput | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ description: 'The investment of a month of a project.' })
export class InvestmentReportInput extends FigureInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => DateScalar, { description: MONTH }) month!: string;
}
@InputType({ description: 'A correction of a month; a confirmed one is to be confirmed anew.' })
export class InvestmentCorrectInput extends FigureInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The month.' }) actualId!: string;
  @Field(() => Int, { description: 'Version of the month that the caller has seen.' }) expectedVersion!: number;
  @MaxLength(500) @Field({ description: 'Why.' }) reason!: string;
}
@InputType({ description: 'The confirmation of a month; never by who gave its figure.' })
export class InvestmentConfirmInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The month.' }) actualId!: string;
  @Field(() => Int, { description: 'Version of the month that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ description: 'A line of a monthly sheet.' })
export class InvestmentBatchItemInput extends FigureInput {
  @Field(() => ID, { nullable: true, description: 'The project.' }) projectId?: string | null;
  @MaxLength(60) @Field(() => String, { nullable: true, description: 'Its code in the ledger, instead of its id.' }) code?: string | null;
}
@InputType({ description: 'A monthly sheet: one figure for each of at most 500 projects.' })
export class InvestmentReportBatchInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => DateScalar, { description: MONTH }) month!: string;
  @ArrayMaxSize(500) @Field(() => [InvestmentBatchItemInput], { description: 'Its lines.' }) items!: InvestmentBatchItemInput[];
}
@InputType({ description: 'What growth is told against.' })
export class InvestmentBaseSetInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { nullable: true, description: 'Of which department; absent: of the zone as a whole.' }) departmentId?: string | null;
  @Field(() => DateScalar, { description: 'First month; any day of it.' }) from!: string;
  @Field(() => DateScalar, { description: 'Last month; any day of it.' }) to!: string;
  @Field(() => MoneyInput, { description: 'How much.' }) money!: MoneyInput;
  @MaxLength(300) @Field({ description: 'Where it comes from: a yearbook, a bulletin.' }) source!: string;
  @Field(() => Int, { nullable: true, description: 'Version that the caller has seen; needed where a base of that period is on record.' }) expectedVersion?: number | null;
}
@InputType({ description: 'Which months.' })
export class InvestmentActualFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(2) @Field(() => [InvestmentStateEnum], { nullable: true, description: 'States.' }) states?: (keyof typeof InvestmentStateEnum)[] | null;
  @Field(() => DateScalar, { nullable: true, description: 'From this month on.' }) from?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Up to this month, included.' }) to?: string | null;
}
@InputType({ description: 'Whose money is told; every condition must hold.' })
export class MoneyFilter {
  @ArrayMaxSize(50) @Field(() => [ID], { nullable: true, description: 'Departments, with those below them.' }) departmentIds?: string[] | null;
  @ArrayMaxSize(50) @Field(() => [ID], { nullable: true, description: 'Parks.' }) parkIds?: string[] | null;
  @ArrayMaxSize(50) @Field(() => [String], { nullable: true, description: 'GB/T 4754: C, C39.' }) industries?: string[] | null;
  @ArrayMaxSize(7) @Field(() => [StageEnum], { nullable: true, description: 'Stages at which the projects stand now.' }) stages?: (keyof typeof StageEnum)[] | null;
  @ArrayMaxSize(3) @Field(() => [CapitalSourceEnum], { nullable: true, description: '内资 or 外资 projects.' }) capitalSources?: (keyof typeof CapitalSourceEnum)[] | null;
}
