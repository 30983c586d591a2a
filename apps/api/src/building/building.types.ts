import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { START_KINDS, START_PLAN_MOST, type StartFigureName } from '@yinfeng/construction';
import { PROPOSAL_OUTCOMES } from '@yinfeng/recruitment';
import { ArrayMaxSize, Max, MaxLength, Min } from 'class-validator';
import { Staff } from '../directory/directory.types.js';
import { GateMissing } from '../gates/gates.types.js';
import { describedEnum, StageEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';

export const PlanPrecisionEnum = describedEnum('PlanPrecision', 'How exactly a day is known; a plan that names a month is due on its last day.', { DAY: 'The day.', MONTH: 'The month.', QUARTER: 'The quarter.', YEAR: 'The year.' });
export const StartKindEnum = describedEnum('StartKind', 'What a project on the plan of starts is to do.', { NEW_START: '新开工', RESUME: '复工' } satisfies Record<(typeof START_KINDS)[number], string>);
export const StageProposalOutcomeEnum = describedEnum('StageProposalOutcome', 'What became of the stage for which a milestone speaks.', {
  MOVED: 'The project entered it.', WAITING: 'It was asked for and waits for approval.', GATE_MISSES: 'Its gate misses something; nothing was asked.', ALREADY_WAITING: 'A request of the project waits already.',
  NOT_NEXT: 'It is not the next step of the project.', NOT_PERMITTED: 'The caller may not ask for stages.',
} satisfies Record<(typeof PROPOSAL_OUTCOMES)[number], string>);

@ObjectType({ description: 'A planned day put off, or brought forward, and why.' })
export class WorksRevision {
  @Field(() => DateScalar, { description: 'The day until then.' }) fromOn!: string;
  @Field(() => DateScalar, { description: 'The day since.' }) toOn!: string;
  @Field({ description: 'Why.' }) reason!: string;
  @Field(() => Staff, { nullable: true, description: 'By whom.' }) revisedBy?: Staff | null;
  @Field(() => Date, { description: 'When.' }) revisedAt!: Date;
}
@ObjectType({ description: 'A photo or paper of a milestone; download it at /files/<id>.' })
export class WorksFile {
  @Field(() => ID, { description: 'The file.' }) id!: string;
  @Field({ description: 'Its name.' }) name!: string;
  @Field({ description: 'Its media type.' }) mediaType!: string;
}
@ObjectType({ implements: () => [Node], description: '建设节点: something that building goes through, planned, put off, reached.' })
export class WorksMilestone extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field({ description: 'Which, by the zone\'s list: GROUND_BREAKING, COMPLETION, …' }) code!: string;
  @Field({ description: 'Its name in Chinese.' }) nameZh!: string;
  @Field({ description: 'Its name in English.' }) nameEn!: string;
  @Field(() => DateScalar, { nullable: true, description: 'The first plan.' }) plannedOn?: string | null;
  @Field(() => PlanPrecisionEnum, { description: 'How exactly it was planned.' }) precision!: string;
  @Field(() => DateScalar, { nullable: true, description: 'The day it was put off to last.' }) revisedOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'The day by which it is planned now.' }) dueOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'The day it was reached.' }) reachedOn?: string | null;
  @Field({ description: 'Not reached, and its day has passed.' }) overdue!: boolean;
  @Field(() => Int, { nullable: true, description: 'Days late, when reached or by today; 0 in time; null without a plan.' }) daysLate?: number | null;
  @Field({ description: 'Reached by entering a stage.' }) byStage!: boolean;
  @Field({ description: 'A ledger told of it.' }) fromLedger!: boolean;
  @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => [WorksRevision], { description: 'Every revision of its day, first to last.' }) revisions!: WorksRevision[];
  @Field(() => [WorksFile], { description: 'Photos and papers.' }) files!: WorksFile[];
  @Field(() => Staff, { nullable: true, description: 'Who put it on record.' }) recordedBy?: Staff | null;
  @Field(() => Date, { description: 'When it was put on record.' }) recordedAt!: Date;
  @Field(() => Staff, { nullable: true, description: 'Who said that it was reached.' }) reachedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When that was entered.' }) reachedAt?: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it was voided.' }) voidedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'By whom.' }) voidedBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Why.' }) voidReason?: string | null;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
}
@ObjectType({ description: 'Milestones by the day they are due.' })
export class WorksMilestoneConnection extends connectionOf(WorksMilestone, 'WorksMilestone') {}
@ObjectType({ implements: () => [Node], description: '停工与复工: works that stopped and went on.' })
export class WorksPause extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field(() => DateScalar, { nullable: true, description: 'The day works stopped; null: known is only that they went on.' }) suspendedOn?: string | null;
  @Field(() => String, { nullable: true, description: 'Why.' }) reason?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'When works were expected to go on.' }) expectedOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'The day works went on.' }) resumedOn?: string | null;
  @Field(() => PlanPrecisionEnum, { description: 'How exactly the resumption is known.' }) precision!: string;
  @Field(() => String, { nullable: true, description: 'Note on the resumption.' }) note?: string | null;
  @Field({ description: 'Works rest.' }) open!: boolean;
  @Field({ description: 'Works rest although they were expected to go on by now.' }) overdue!: boolean;
  @Field({ description: 'A ledger told of it.' }) fromLedger!: boolean;
  @Field(() => Staff, { nullable: true, description: 'Who put it on record.' }) recordedBy?: Staff | null;
  @Field(() => Date, { description: 'When it was put on record.' }) recordedAt!: Date;
  @Field(() => Staff, { nullable: true, description: 'Who said that works went on.' }) resumedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was voided.' }) voidedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'By whom.' }) voidedBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Why.' }) voidReason?: string | null;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
}
@ObjectType({ description: 'Stops and resumptions, earliest first.' })
export class WorksPauseConnection extends connectionOf(WorksPause, 'WorksPause') {}
@ObjectType({ implements: () => [Node], description: 'A place on a year\'s plan of starts (开复工计划).' })
export class StartPlan extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field(() => Int, { description: 'The year.' }) year!: number;
  @Field(() => StartKindEnum, { nullable: true, description: 'New start or resumption; null where the list does not say.' }) kind?: string | null;
  @Field(() => Int, { nullable: true, description: 'By which month, 1 to 12.' }) month?: number | null;
  @Field(() => String, { nullable: true, description: 'Which issue of the list.' }) batch?: string | null;
  @Field({ description: 'A ledger told of it.' }) fromLedger!: boolean;
  @Field(() => Staff, { nullable: true, description: 'Who listed it.' }) listedBy?: Staff | null;
  @Field(() => Date, { description: 'When it was listed.' }) listedAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When it was taken off.' }) removedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'By whom.' }) removedBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Why.' }) removeReason?: string | null;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
}
@ObjectType({ description: 'Places on plans, in the order in which they were listed.' })
export class StartPlanConnection extends connectionOf(StartPlan, 'StartPlan') {}
@ObjectType({ description: 'Building a project, as it stands.' })
export class Works {
  @Field(() => [WorksMilestone], { description: 'Milestones on record, in the zone\'s order.' }) milestones!: WorksMilestone[];
  @Field(() => [WorksPause], { description: 'Stops and resumptions, earliest first.' }) pauses!: WorksPause[];
  @Field(() => [StartPlan], { description: 'The plans of starts it is on, by year.' }) startPlans!: StartPlan[];
  @Field({ description: 'Works rest now.' }) suspended!: boolean;
}
@ObjectType({ description: 'A milestone that the zone expects of a project.' })
export class ExpectedMilestone {
  @Field({ description: 'Which.' }) code!: string;
  @Field({ description: 'Its name, in the language of the caller.' }) label!: string;
  @Field(() => StageEnum, { nullable: true, description: 'The stage for which it speaks.' }) stage?: string | null;
  @Field({ description: 'The gate item under which its photos are kept.' }) evidence!: string;
  @Field({ description: 'It can only be reached with a photo or paper.' }) evidenceRequired!: boolean;
  @Field({ description: 'It is planned or reached.' }) recorded!: boolean;
}

@ObjectType({ description: 'A number of projects of a period; it lists exactly the projects that it counts.' })
export class StartFigure {
  @Field(() => Int, { description: 'How many projects.' }) count!: number;
  @Field(() => DecimalScalar, { description: 'Total investment in 元 of those stated in CNY. Currencies are never converted or added.' }) totalInvestment!: string;
  @Field(() => DecimalScalar, { description: 'Total investment in US dollars of those stated in USD.' }) foreignInvestment!: string;
  @Field(() => Int, { description: 'Of how many the amount is not known.' }) amountUnknown!: number;
  @Field({ description: 'The rule in words, in the language of the caller.' }) rule!: string;
  /** Not shown: what the figure counts, for listing it. */
  name!: StartFigureName;
}
@ObjectType({ description: 'A share as the zone cuts it.' })
export class StartRate {
  @Field(() => DecimalScalar, { nullable: true, description: 'In percent; null: of nothing.' }) percent?: string | null;
  @Field(() => DecimalScalar, { description: 'What is shared.' }) part!: string;
  @Field(() => DecimalScalar, { description: 'Of what.' }) whole!: string;
  @Field({ description: 'The rule in words, in the language of the caller.' }) rule!: string;
}
@ObjectType({ description: '开复工 of a period: plan, starts, resumptions, rates, over the projects that the caller may see.' })
export class StartFigures {
  @Field(() => DateScalar, { description: 'First day.' }) from!: string;
  @Field(() => DateScalar, { description: 'Last day, included.' }) to!: string;
  @Field(() => DecimalScalar, { nullable: true, description: 'Total investment in 元 from which starts and resumptions count, itself included; null: every size.' }) minTotal?: string | null;
  @Field(() => StartFigure, { description: '列入开复工计划, of the years of the period.' }) planned!: StartFigure;
  @Field(() => StartFigure, { description: '新开工.' }) started!: StartFigure;
  @Field(() => StartFigure, { description: '复工.' }) resumed!: StartFigure;
  @Field(() => StartFigure, { description: '开复工: each project once.' }) startedOrResumed!: StartFigure;
  @Field(() => StartFigure, { description: '计划内已开复工.' }) plannedUnderWay!: StartFigure;
  @Field(() => StartFigure, { description: '产业项目 among 开复工.' }) industry!: StartFigure;
  @Field(() => StartFigure, { description: '签约 in the period.' }) signed!: StartFigure;
  @Field(() => StartFigure, { description: 'Signed in the period and started by its last day.' }) signedStarted!: StartFigure;
  @Field(() => StartRate, { description: '开工率, by the zone\'s definition.' }) startRate!: StartRate;
  @Field(() => StartRate, { description: '开复工率, by the zone\'s definition.' }) resumeRate!: StartRate;
  @Field(() => StartRate, { description: '产业项目占比, by the share that the zone tells.' }) industryShare!: StartRate;
  @Field(() => StartRate, { description: 'The same by number.' }) industryShareByCount!: StartRate;
  @Field(() => StartRate, { description: 'The same by total investment in CNY.' }) industryShareByInvestment!: StartRate;
}
@ObjectType({ description: 'What became of the stage for which a milestone speaks.' })
export class StageProposal {
  @Field(() => StageEnum, { description: 'The stage.' }) toStage!: string;
  @Field(() => StageProposalOutcomeEnum, { description: 'What became of it.' }) outcome!: string;
  @Field(() => [GateMissing], { description: 'What the gate misses.' }) missing!: GateMissing[];
}

@ObjectType({ description: 'A project after milestones were planned.' })
export class WorksPlanPayload {
  @Field(() => Project, { nullable: true, description: 'The project as it is now.' }) project?: Project | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'A milestone after an act on it.' })
export class WorksMilestonePayload {
  @Field(() => WorksMilestone, { nullable: true, description: 'The milestone as it is now.' }) milestone?: WorksMilestone | null;
  @Field(() => StageProposal, { nullable: true, description: 'What became of the stage for which it speaks; null where it speaks for none.' }) proposal?: StageProposal | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'A stop or resumption after an act on it.' })
export class WorksPausePayload {
  @Field(() => WorksPause, { nullable: true, description: 'As it is now.' }) pause?: WorksPause | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'Places on a plan after an act on them.' })
export class StartPlanPayload {
  @Field(() => [StartPlan], { description: 'As they are now.' }) startPlans!: StartPlan[];
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@InputType({ description: 'Which milestones; every given condition must hold.' })
export class WorksMilestoneFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(30) @MaxLength(40, { each: true }) @Field(() => [String], { nullable: true, description: 'Codes.' }) codes?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: 'true: not reached; false: reached.' }) open?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Not reached though its day has passed, or not.' }) overdue?: boolean | null;
  @Field(() => DateScalar, { nullable: true, description: 'Due on or after this day.' }) dueFrom?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Due on or before this day.' }) dueTo?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Reached on or after this day.' }) reachedFrom?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Reached on or before this day.' }) reachedTo?: string | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Of projects of these departments or any below them.' }) departmentIds?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Voided ones too.' }) withVoided?: boolean | null;
}
@InputType({ description: 'Which stops and resumptions.' })
export class WorksPauseFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Works rest now, or have gone on.' }) open?: boolean | null;
  @Field(() => DateScalar, { nullable: true, description: 'Gone on on or after this day.' }) resumedFrom?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Gone on on or before this day.' }) resumedTo?: string | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Of projects of these departments or any below them.' }) departmentIds?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Voided ones too.' }) withVoided?: boolean | null;
}
@InputType({ description: 'Which places on plans of starts.' })
export class StartPlanFilter {
  @ArrayMaxSize(20) @Field(() => [Int], { nullable: true, description: 'Years.' }) years?: number[] | null;
  @ArrayMaxSize(2) @Field(() => [StartKindEnum], { nullable: true, description: 'New starts or resumptions.' }) kinds?: (keyof typeof StartKindEnum)[] | null;
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Of projects of these departments or any below them.' }) departmentIds?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Those taken off too.' }) withRemoved?: boolean | null;
}
@InputType({ description: 'Which projects figures of starts are about.' })
export class StartFilter {
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Departments, with those below them.' }) departmentIds?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Parks.' }) parkIds?: string[] | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Total investment in 元 from which projects count, itself included, on the plan too; the zone\'s threshold, and for the plan none, when absent.' }) minTotal?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Every size, unknown amounts too.' }) anySize?: boolean | null;
}

@InputType({ description: 'A milestone and its planned day.' })
export class WorksPlanItemInput {
  @MaxLength(40) @Field({ description: 'Which, by the zone\'s list.' }) code!: string;
  @Field(() => DateScalar, { description: 'The planned day.' }) plannedOn!: string;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ description: 'Milestones planned for a project, all or none.' })
export class WorksPlanInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @ArrayMaxSize(30) @Field(() => [WorksPlanItemInput], { description: 'The milestones.' }) items!: WorksPlanItemInput[];
}
@InputType({ description: 'Another planned day.' })
export class WorksReviseInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The milestone.' }) milestoneId!: string;
  @Field(() => Int, { description: 'Version of the milestone that the caller has seen.' }) expectedVersion!: number;
  @Field(() => DateScalar, { description: 'The new day.' }) revisedOn!: string;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Why; required.' }) reason?: string | null;
}
@InputType({ description: 'A milestone reached, planned or not.' })
export class WorksReachInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @MaxLength(40) @Field({ description: 'Which, by the zone\'s list.' }) code!: string;
  @Field(() => Int, { description: 'Version of the milestone that the caller has seen; 0 where none was on record.' }) expectedVersion!: number;
  @Field(() => DateScalar, { description: 'The day it was reached; not after today.' }) reachedOn!: string;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @ArrayMaxSize(20) @Field(() => [ID], { nullable: true, description: 'Uploaded photos and papers; evidence of the project too.' }) fileIds?: string[] | null;
}
@InputType({ description: 'A milestone planned or reached in error.' })
export class WorksVoidInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The milestone.' }) milestoneId!: string;
  @Field(() => Int, { description: 'Version of the milestone that the caller has seen.' }) expectedVersion!: number;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Why; required.' }) reason?: string | null;
}
@InputType({ description: 'Works that stopped.' })
export class WorksSuspendInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => DateScalar, { description: 'The day; not after today.' }) suspendedOn!: string;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Why; required.' }) reason?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'When works are expected to go on.' }) expectedOn?: string | null;
}
@InputType({ description: 'Works that went on after a stop on record.' })
export class WorksResumeInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The stop.' }) pauseId!: string;
  @Field(() => Int, { description: 'Version of the stop that the caller has seen.' }) expectedVersion!: number;
  @Field(() => DateScalar, { description: 'The day; not after today.' }) resumedOn!: string;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ description: 'Works that went on after a rest that nobody recorded.' })
export class WorksResumptionRecordInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => DateScalar, { description: 'The day; not after today.' }) resumedOn!: string;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ description: 'A stop or resumption recorded in error.' })
export class WorksPauseVoidInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The stop or resumption.' }) pauseId!: string;
  @Field(() => Int, { description: 'Version that the caller has seen.' }) expectedVersion!: number;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Why; required.' }) reason?: string | null;
}
@InputType({ description: 'Projects put on the plan of starts of a year, all or none.' })
export class StartPlanAddInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @ArrayMaxSize(START_PLAN_MOST) @Field(() => [ID], { description: 'The projects.' }) projectIds!: string[];
  @Min(2000) @Max(2100) @Field(() => Int, { description: 'The year.' }) year!: number;
  @Field(() => StartKindEnum, { nullable: true, description: 'New start or resumption.' }) kind?: keyof typeof StartKindEnum | null;
  @Min(1) @Max(12) @Field(() => Int, { nullable: true, description: 'By which month, 1 to 12.' }) month?: number | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Which issue of the list.' }) batch?: string | null;
}
@InputType({ description: 'A project taken off the plan.' })
export class StartPlanRemoveInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The place on the plan.' }) startPlanId!: string;
  @Field(() => Int, { description: 'Version that the caller has seen.' }) expectedVersion!: number;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Why; required.' }) reason?: string | null;
}
