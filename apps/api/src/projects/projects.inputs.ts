import { Field, ID, InputType, Int } from '@nestjs/graphql';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { EnterpriseInput } from '../enterprises/enterprises.inputs.js';
import * as E from '../graphql/enums.js';
import { ReferrerInput } from '../leads/leads.types.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
const VERSION = 'Version of the project that the caller has seen.';

@InputType({ description: 'An amount: as text with its unit ("3.5亿元", "约1200万美元"), or exact with its currency.' })
export class MoneyInput {
  @MaxLength(100)
  @Field(() => String, { nullable: true, description: 'Text with its unit.' }) raw?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Exact amount in units of the currency (元).' }) amount?: string | null;
  @Field(() => E.CurrencyEnum, { nullable: true, description: 'Currency of `amount`; CNY when absent.' }) currency?: 'CNY' | 'USD' | 'EUR' | 'HKD' | 'JPY' | null;
}
@InputType({ description: 'A person to talk to.' })
export class ContactInput {
  @MaxLength(100)
  @Field(() => String, { nullable: true, description: 'Name, or 周总 when only that is known.' }) name?: string | null;
  @MaxLength(100)
  @Field(() => String, { nullable: true, description: 'Title.' }) title?: string | null;
  @ArrayMaxSize(5) @MaxLength(40, { each: true })
  @Field(() => [String], { nullable: true, description: 'Phones.' }) phones?: string[] | null;
}
@InputType({ description: 'Which projects; every given condition must hold.' })
export class ProjectFilter {
  @ArrayMaxSize(7) @Field(() => [E.StageEnum], { nullable: true, description: 'Stages.' }) stages?: (keyof typeof E.StageEnum)[] | null;
  @ArrayMaxSize(5) @Field(() => [E.ProjectStatusEnum], { nullable: true, description: 'Statuses.' }) statuses?: (keyof typeof E.ProjectStatusEnum)[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Departments, with those below them.' }) departmentIds?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Persons in charge.' }) ownerIds?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Parks.' }) parkIds?: string[] | null;
  @ArrayMaxSize(50) @MaxLength(8, { each: true }) @Field(() => [String], { nullable: true, description: 'GB/T 4754 codes, each with all below it.' }) industries?: string[] | null;
  @ArrayMaxSize(50) @MaxLength(20, { each: true }) @Field(() => [String], { nullable: true, description: 'Provinces or countries of origin.' }) sourceRegions?: string[] | null;
  @ArrayMaxSize(3) @Field(() => [E.CapitalSourceEnum], { nullable: true, description: 'Capital sources.' }) capitalSources?: string[] | null;
  @ArrayMaxSize(7) @Field(() => [E.SizeClassEnum], { nullable: true, description: 'Size classes.' }) sizeClasses?: string[] | null;
  @ArrayMaxSize(3) @Field(() => [E.LightEnum], { nullable: true, description: 'Lights.' }) lights?: string[] | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Part of the name or of the enterprise, or the beginning of the code.' }) text?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Next follow-up on or before this day.' }) followUpBefore?: string | null;
  @Field(() => ID, { nullable: true, description: 'Made by this import.' }) importId?: string | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Handed over to these service departments or any below them, and accepted there.' }) serviceDepartmentIds?: string[] | null;
}

@InputType({ isAbstract: true })
abstract class ProjectFacts {
  @MaxLength(5000) @Field(() => String, { nullable: true, description: '项目内容.' }) content?: string | null;
  @Field(() => EnterpriseInput, { nullable: true, description: 'The investor.' }) enterprise?: EnterpriseInput | null;
  @Field(() => ContactInput, { nullable: true, description: 'Whom to talk to.' }) contact?: ContactInput | null;
  @Field(() => MoneyInput, { nullable: true, description: 'Total investment.' }) totalInvestment?: MoneyInput | null;
  @Field(() => MoneyInput, { nullable: true, description: 'Fixed-asset investment, in CNY.' }) fixedInvestment?: MoneyInput | null;
  @MaxLength(8) @Field(() => String, { nullable: true, description: 'GB/T 4754 code.' }) industryCode?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: '来源地, 省-市.' }) sourceRegion?: string | null;
  @Field(() => E.CapitalSourceEnum, { nullable: true, description: '内资 or 外资.' }) capitalSource?: 'DOMESTIC' | 'FOREIGN' | 'UNKNOWN' | null;
  @Field(() => ID, { nullable: true, description: 'Park.' }) parkId?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Site.' }) site?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: '地块编号; width, blanks and dashes do not matter when parcels are compared.' }) parcel?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Land needed.' }) landNeed?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: '环境影响 and what it needs of the environment.' }) environmentNeed?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: '能耗: energy needed.' }) energyNeed?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Expected output.' }) outputEstimate?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Expected tax.' }) taxEstimate?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: '进度安排: when it is to start and to produce, in words.' }) timing?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Next follow-up; in a year whose working calendar is published.' }) nextFollowUpOn?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Next step.' }) nextStep?: string | null;
}
@InputType({ description: 'A first report (首报).' })
export class LeadReportInput extends ProjectFacts {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @MaxLength(200) @Field({ description: 'Name of the project.' }) name!: string;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'What the lead came from: code or label of `leadSources.sources`, or free words where the zone takes them.' }) source?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Who referred it, in words; the name of `introducer` when absent.' }) referrer?: string | null;
  @Field(() => ReferrerInput, { nullable: true, description: 'Who introduced it, filed with the instant that a reward asks for; once for a project.' }) introducer?: ReferrerInput | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: '招商类型: code or label of `leadSources.channels`, or free words where the zone takes them.' }) channel?: string | null;
  @Field(() => ID, { nullable: true, description: 'The target enterprise it came from; its name stands in for an enterprise that is not named. All targets of the enterprise become REPORTED.' }) targetId?: string | null;
  @Field(() => ID, { nullable: true, description: '增资扩产: the project that it grew from, seen by the reporter; the lead is linked to it as EXPANSION_OF.' }) grownFromId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'The reporter has seen the L2 duplicates and says that this is another project.' }) confirmNotDuplicate?: boolean | null;
}
@InputType({ description: 'A judgement on a lead.' })
export class LeadJudgeInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The lead.' }) projectId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @Field({ description: 'true: into reserve; false: turned down.' }) accept!: boolean;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Required when turned down.' }) reason?: string | null;
}
@InputType({ description: 'A correction or completion; absent means unchanged, null clears.' })
export class ProjectEditInput extends ProjectFacts {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Name.' }) name?: string | null;
  @Field(() => ID, { nullable: true, description: 'Another unit takes charge; needs project.assign.' }) departmentId?: string | null;
  @Field(() => ID, { nullable: true, description: 'Another person takes charge; needs project.assign.' }) assigneeId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'The editor has seen the duplicates that the change brings and says that they are other projects; remembered for each pair.' }) confirmNotDuplicate?: boolean | null;
  @Field(() => E.GradeEnum, { nullable: true, description: 'How likely it lands.' }) likelihood?: string | null;
  @Field(() => E.GradeEnum, { nullable: true, description: 'A 重点, B 一般, C 储备; kept as its class.' }) priority?: string | null;
}
@InputType({ description: 'Asks for the next stage.' })
export class StageRequestInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @Field(() => E.StageEnum, { description: 'The stage to enter.' }) toStage!: keyof typeof E.StageEnum;
  @Field(() => DateScalar, { nullable: true, description: 'Day of the event; not after today.' }) eventOn?: string | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Before NEGOTIATING and SIGNED: the undecided L1 and L2 duplicates are other projects; remembered for each pair.' }) confirmNotDuplicate?: boolean | null;
}
@InputType({ description: 'Decides a stage request; never by the one who asked.' })
export class StageApproveInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The request.' }) requestId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @Field({ defaultValue: true, description: 'true: approve; false: turn down, with a note.' }) approve!: boolean;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Required when turned down.' }) note?: string | null;
}
@InputType({ description: 'Adds a file as evidence for a gate.' })
export class EvidenceAddInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @MaxLength(40) @Field({ description: 'The item of the gate, e.g. businessLicence.' }) item!: string;
  @Field(() => ID, { description: 'An uploaded file.' }) fileId!: string;
}
@InputType({ description: 'What a project is compared by, e.g. while its name is typed.' })
export class DuplicateCheckInput {
  @MaxLength(200) @Field({ description: 'Name of the project, from two letters on.' }) name!: string;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Name of the enterprise.' }) enterpriseName?: string | null;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'Credit code of the enterprise.' }) uscc?: string | null;
  @MaxLength(64) @Field(() => String, { nullable: true, description: 'Code of the project.' }) code?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Company founded for the project.' }) registeredCompany?: string | null;
  @ArrayMaxSize(5) @MaxLength(40, { each: true }) @Field(() => [String], { nullable: true, description: 'Phones of its contacts; those of agents, on record with many firms, are not compared.' }) phones?: string[] | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: '地块编号.' }) parcel?: string | null;
  @Field(() => MoneyInput, { nullable: true, description: 'Total investment.' }) totalInvestment?: MoneyInput | null;
  @MaxLength(8) @Field(() => String, { nullable: true, description: 'GB/T 4754 code.' }) industryCode?: string | null;
  @Field(() => ID, { nullable: true, description: 'The project itself when it is edited.' }) exceptProjectId?: string | null;
}
