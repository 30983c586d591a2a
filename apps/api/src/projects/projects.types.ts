import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import { Department, Industry, Park, Staff } from '../directory/directory.types.js';
import { Enterprise } from '../enterprises/enterprises.types.js';
import * as E from '../graphql/enums.js';
import { LeadCompleteness, Referrer } from '../leads/leads.types.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'An amount in units of its currency (元, not 万元).' })
export class Money {
  @Field(() => DecimalScalar, { description: 'Exact amount.' }) amount!: string;
  @Field(() => DecimalScalar, { description: 'The same in 万, exact.' }) wan!: string;
  @Field(() => DecimalScalar, { description: 'The same in 亿, exact.' }) yi!: string;
  @Field(() => E.CurrencyEnum, { description: 'Currency.' }) currency!: string;
  @Field(() => String, { nullable: true, description: 'The text it was read from.' }) raw?: string | null;
  @Field({ description: '约, 超, 以上: the number is not exact.' }) approximate!: boolean;
}
@ObjectType({ description: 'A further amount of a project: fixed, filed, registered, arrived, ….' })
export class ProjectAmount {
  @Field({ description: 'TOTAL, FIXED, FILED, CONTRACT_FOREIGN, REGISTERED, ARRIVED_TOTAL, ARRIVED_YEAR, FOREIGN_YEAR, STATISTICAL, OUTPUT_YEAR or TAX_YEAR.' }) kind!: string;
  @Field(() => Int, { nullable: true, description: 'The year it is for.' }) year?: number | null;
  @Field(() => DecimalScalar, { description: 'Exact amount in units of the currency.' }) amount!: string;
  @Field(() => DecimalScalar, { nullable: true, description: 'Upper end of a range.' }) upperBound?: string | null;
  @Field(() => E.CurrencyEnum, { description: 'Currency.' }) currency!: string;
  @Field(() => String, { nullable: true, description: 'The text it was read from.' }) raw?: string | null;
  @Field({ description: 'The number is not exact.' }) approximate!: boolean;
  @Field(() => String, { nullable: true, description: 'LOWER, UPPER or RANGE.' }) bound?: string | null;
  @Field({ description: 'Typed to satisfy a form; do not rely on it.' }) placeholder!: boolean;
  @Field(() => DateScalar, { nullable: true, description: 'As of which day.' }) asOf?: string | null;
  @Field(() => String, { nullable: true, description: 'Where it was read.' }) source?: string | null;
}
@ObjectType({ description: 'An enterprise in its role for a project.' })
export class ProjectEnterprise {
  @Field(() => E.EnterpriseRoleEnum, { description: 'Role.' }) role!: string;
  @Field(() => Int, { description: 'Place among those of its role, from 0; the first investor leads.' }) position!: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'Share in per cent.' }) sharePercent?: string | null;
  @Field(() => Enterprise, { description: 'The enterprise.' }) enterprise!: Enterprise;
}
@ObjectType({ description: '首报: who reported the project first. Never changed.' })
export class FirstReport {
  @Field({ description: 'Number of the receipt.' }) number!: string;
  @Field(() => Date, { description: 'The instant that decides the order.' }) reportedAt!: Date;
  @Field(() => Staff, { nullable: true, description: 'The reporter.' }) reporter?: Staff | null;
  @Field(() => String, { nullable: true, description: 'The name of the reporter as it was then.' }) reporterName?: string | null;
  @Field(() => Department, { nullable: true, description: 'The unit of the reporter.' }) department?: Department | null;
  @Field(() => String, { nullable: true, description: 'What the lead came from.' }) source?: string | null;
  @Field(() => String, { nullable: true, description: 'Who referred it.' }) referrer?: string | null;
  @Field(() => String, { nullable: true, description: 'Digest of the receipt, 64 hexadecimal digits: over what was said, by whom, when, and the receipt before it. Absent for reports that came with a ledger. See receiptVerify.' }) digest?: string | null;
  @Field({ description: 'The credit of the first report stands: it was not lost by a release or a late reopening (zone policy).' }) credited!: boolean;
  @Field(() => E.CreditReasonEnum, { nullable: true, description: 'Why it stands or fell; absent while it was never in question.' }) creditReason?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who took the project from the pool later, shown beside.' }) laterClaimant?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When.' }) laterClaimedAt?: Date | null;
}
@ObjectType({ implements: () => [Node], description: 'Something a project has reached, with the day it counts for.' })
export class Milestone extends Node {
  @Field(() => E.MilestoneKindEnum, { description: 'What was reached.' }) kind!: string;
  @Field(() => DateScalar, { nullable: true, description: 'Day of the event.' }) eventOn?: string | null;
  @Field(() => Date, { description: 'When it was entered.' }) enteredAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When it was approved.' }) approvedAt?: Date | null;
  @Field(() => DateScalar, { description: 'The day it counts for, by the rule of the zone.' }) countingOn!: string;
  @Field(() => E.DatePrecisionEnum, { description: 'How precisely the day is known.' }) precision!: string;
  @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field({ description: 'Reached although the gate missed something; see gateBypasses.' }) bypassed!: boolean;
}
@ObjectType({ implements: () => [Node], description: 'A move to another stage that was asked for.' })
export class StageRequest extends Node {
  @Field(() => Int, { description: 'Version.' }) version!: number;
  @Field(() => E.StageEnum, { description: 'From.' }) fromStage!: string;
  @Field(() => E.StageEnum, { description: 'To.' }) toStage!: string;
  @Field(() => E.StageRequestStateEnum, { description: 'Where it stands.' }) state!: string;
  @Field(() => DateScalar, { nullable: true, description: 'Day of the event.' }) eventOn?: string | null;
  @Field(() => String, { nullable: true, description: 'Note of the asker.' }) note?: string | null;
  @Field(() => Date, { description: 'When it was asked.' }) requestedAt!: Date;
  @Field(() => Staff, { nullable: true, description: 'Who asked.' }) requestedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was decided.' }) decidedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'Who decided.' }) decidedBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Note of the decision.' }) decisionNote?: string | null;
  @Field(() => Date, { nullable: true, description: 'When the approved move was taken back.' }) reversedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'Who took it back.' }) reversedBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Why it was taken back.' }) reverseReason?: string | null;
}
@ObjectType({ description: 'One thing that happened to a project.' })
export class TimelineEntry {
  @Field(() => ID, { description: 'Id within timelines.' }) id!: string;
  @Field(() => Date, { description: 'When.' }) at!: Date;
  @Field(() => E.TimelineKindEnum, { description: 'What.' }) kind!: string;
  @Field(() => String, { nullable: true, description: 'By whom.' }) actorName?: string | null;
  @Field(() => String, { nullable: true, description: 'Stage, direction or kind it is about.' }) subject?: string | null;
  @Field(() => String, { nullable: true, description: 'The words: content, reason, note.' }) text?: string | null;
  @Field({ description: 'A line that tells it, in the language of the caller.' }) title!: string;
}
@ObjectType({ description: 'The story of a project, newest first.' })
export class TimelineConnection extends connectionOf(TimelineEntry, 'TimelineEntry') {}

@ObjectType({ implements: () => [Node], description: 'The one record of a project, from lead to production.' })
export class Project extends Node {
  @Field(() => Int, { description: 'Version for edits.' }) version!: number;
  @Field({ description: 'Code, unique in the zone.' }) code!: string;
  @Field({ description: 'Name.' }) name!: string;
  @Field(() => E.StageEnum, { description: 'Stage.' }) stage!: string;
  @Field(() => E.ProjectStatusEnum, { description: 'Status, apart from the stage.' }) status!: string;
  @Field(() => String, { nullable: true, description: 'Why it is not active.' }) statusReason?: string | null;
  @Field(() => E.LightEnum, { description: 'Light.' }) light!: string;
  @Field(() => Date, { description: 'Since when stage and status hold.' }) stateAt!: Date;
  @Field(() => String, { nullable: true, description: '项目分类.' }) class?: string | null;
  @Field(() => E.GradeEnum, { nullable: true, description: 'A 重点, B 一般, C 储备; absent when its class is another.' }) priority?: string | null;
  @Field(() => E.GradeEnum, { nullable: true, description: 'How likely it lands.' }) likelihood?: string | null;
  @Field({ description: 'Counted by itself; false for a phase inside the original contract.' }) counted!: boolean;
  @Field(() => E.CapitalSourceEnum, { description: '内资 or 外资.' }) capitalSource!: string;
  @Field(() => E.SizeClassEnum, { description: 'Size by total investment; computed.' }) sizeClass!: string;
  @Field(() => String, { nullable: true, description: '项目内容.' }) content?: string | null;
  @Field(() => String, { nullable: true, description: '产业类别: 农业, 工业, 服务业.' }) sector?: string | null;
  @Field(() => String, { nullable: true, description: 'Local industry chain.' }) localChain?: string | null;
  @Field(() => String, { nullable: true, description: '来源地, 省-市.' }) sourceRegion?: string | null;
  @Field(() => String, { nullable: true, description: 'Site.' }) site?: string | null;
  @Field(() => String, { nullable: true, description: '地块编号.' }) parcel?: string | null;
  @Field(() => String, { nullable: true, description: '招商类型.' }) channel?: string | null;
  @Field(() => String, { nullable: true, description: 'Land needed.' }) landNeed?: string | null;
  @Field(() => String, { nullable: true, description: '环境影响 and what it needs of the environment.' }) environmentNeed?: string | null;
  @Field(() => String, { nullable: true, description: '能耗: energy needed.' }) energyNeed?: string | null;
  @Field(() => String, { nullable: true, description: 'Expected output.' }) outputEstimate?: string | null;
  @Field(() => String, { nullable: true, description: 'Expected tax.' }) taxEstimate?: string | null;
  @Field(() => String, { nullable: true, description: '进度安排: when it is to start and to produce, in words.' }) timing?: string | null;
  @Field(() => Money, { nullable: true, description: 'Total investment.' }) totalInvestment?: Money | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Fixed-asset investment in 元.' }) fixedInvestment?: string | null;
  @Field(() => [ProjectAmount], { description: 'Further amounts.' }) amounts!: ProjectAmount[];
  @Field(() => Industry, { nullable: true, description: 'Industry.' }) industry?: Industry | null;
  @Field(() => Department, { nullable: true, description: 'Unit in charge.' }) department?: Department | null;
  @Field(() => Department, { nullable: true, description: 'The service department that has accepted it; the unit in charge keeps the first report.' }) serviceDepartment?: Department | null;
  @Field(() => Staff, { nullable: true, description: 'Person in charge.' }) owner?: Staff | null;
  @Field(() => Park, { nullable: true, description: 'Park.' }) park?: Park | null;
  @Field(() => String, { nullable: true, description: 'Name of the main enterprise.' }) enterpriseName?: string | null;
  @Field(() => Enterprise, { nullable: true, description: 'Main enterprise.' }) enterprise?: Enterprise | null;
  @Field(() => [ProjectEnterprise], { description: 'Enterprises in their roles.' }) enterprises!: ProjectEnterprise[];
  @Field(() => FirstReport, { description: '首报. After a merge the earliest of all.' }) firstReport!: FirstReport;
  @Field(() => [FirstReport], { description: 'Every first report of the project, those of merged projects included; the one that counts comes first.' }) firstReports!: FirstReport[];
  @Field(() => Referrer, { nullable: true, description: 'Who introduced it first.' }) introducer?: Referrer | null;
  @Field(() => DateScalar, { nullable: true, description: 'Next follow-up.' }) nextFollowUpAt?: string | null;
  @Field({ description: 'The next follow-up lies in a year whose working calendar is not published: its reminder comes by Monday to Friday and moves when the year is published.' }) nextFollowUpProvisional!: boolean;
  @Field(() => String, { nullable: true, description: 'Next step.' }) nextStep?: string | null;
  @Field(() => Int, { description: 'Number of visits.' }) visitCount!: number;
  @Field(() => DateScalar, { description: 'Last activity.' }) lastActivityOn!: string;
  @Field(() => DateScalar, { nullable: true, description: 'From this day it counts as idle by the limit of its stage; absent without a limit or beyond the published calendar. `idleClock` has the class\'s too.' }) idleDueOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'A lead must be judged by this day.' }) triageDueOn?: string | null;
  @Field(() => [Milestone], { description: 'What it has reached.' }) milestones!: Milestone[];
  @Field(() => StageRequest, { nullable: true, description: 'The stage move that waits for approval.' }) waitingRequest?: StageRequest | null;
  @Field(() => Date, { description: 'When it was put on record.' }) createdAt!: Date;
  @Field(() => Date, { description: 'Last change.' }) updatedAt!: Date;
}
@ObjectType({ description: 'Projects in order.' })
export class ProjectConnection extends connectionOf(Project, 'Project') {}

@ObjectType({ description: 'A project after an act on it.' })
export class ProjectPayload {
  @Field(() => Project, { nullable: true, description: 'The project as it is now.' }) project?: Project | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'What became of a stage request.' })
export class StageRequestPayload {
  @Field(() => Project, { nullable: true, description: 'The project as it is now.' }) project?: Project | null;
  @Field(() => E.StageOutcomeEnum, { nullable: true, description: 'Moved, or waiting for approval.' }) outcome?: string | null;
  @Field(() => StageRequest, { nullable: true, description: 'The request that waits.' }) request?: StageRequest | null;
  @Field(() => [UserError], { description: 'Each missing item and other refusals.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'The receipt of a first report.' })
export class Receipt {
  @Field({ description: 'Number.' }) number!: string;
  @Field(() => Date, { description: 'The instant that decides the order.' }) reportedAt!: Date;
  @Field({ description: 'Digest, 64 hexadecimal digits: over what was said, by whom, when, and the receipt before it. Keep it with the number: receiptVerify proves it later.' }) digest!: string;
}
@ObjectType({ description: 'A project on record that may be the same. Who may not see it learns only whom to ask.' })
export class DuplicateHit {
  @Field(() => E.DuplicateLevelEnum, { description: 'How alike.' }) level!: string;
  @Field(() => Float, { description: 'Confidence, 0 to 1.' }) confidence!: number;
  @Field(() => E.DuplicateActionEnum, { description: 'What the zone asks of a hit of this level.' }) action!: string;
  @Field(() => [E.DuplicateReasonEnum], { description: 'Why. Amount and industry of a project that the caller may not see are not compared.' }) reasons!: string[];
  @Field(() => E.DuplicateVerdictEnum, { nullable: true, description: 'What somebody decided about this pair; such a hit is not asked about again.' }) decided?: string | null;
  @Field(() => Project, { nullable: true, description: 'The project, if the caller may see it.' }) project?: Project | null;
  @Field(() => String, { nullable: true, description: 'The unit that reported it.' }) reportedBy?: string | null;
  @Field(() => String, { nullable: true, description: 'Whom to ask.' }) askPerson?: string | null;
  @Field(() => Date, { nullable: true, description: 'When it was reported, if the caller may see the project.' }) reportedAt?: Date | null;
}
@ObjectType({ description: 'A lead after its first report.' })
export class LeadReportPayload {
  @Field(() => Project, { nullable: true, description: 'The lead.' }) project?: Project | null;
  @Field(() => Receipt, { nullable: true, description: 'The receipt.' }) receipt?: Receipt | null;
  @Field(() => LeadCompleteness, { nullable: true, description: 'How complete the lead is, and what is missing.' }) completeness?: LeadCompleteness | null;
  @Field(() => [DuplicateHit], { description: 'Duplicates met, worst first.' }) duplicates!: DuplicateHit[];
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
