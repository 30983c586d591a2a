import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { FLOWS } from '@yinfeng/pipeline';
import { DISPUTE_EVIDENCE_KINDS, DISPUTE_SIDES, RULINGS } from '@yinfeng/recruitment';
import { ArrayMaxSize, MaxLength, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { Department, Staff } from '../directory/directory.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

export const ReceiptStateEnum = describedEnum('ReceiptState', 'What a receipt turns out to be.', {
  GENUINE: '真实有效: given out here, and the record behind it still says the same.', ALTERED: 'Given out here, but the record behind it was changed: tell the auditor.', UNKNOWN: 'No receipt of this number and digest was given out.',
});
export const DisputeStateEnum = describedEnum('DisputeState', 'Where a dispute stands.', { OPEN: '待裁定', DECIDED: '已裁定: frozen.', WITHDRAWN: '已撤回' });
export const DisputeSideEnum = describedEnum('DisputeSide', 'The two sides of a dispute.', { CLAIMANT: '主张方', HOLDER: '首报方' } satisfies Record<(typeof DISPUTE_SIDES)[number], string>);
export const DisputeEvidenceKindEnum = describedEnum('DisputeEvidenceKind', 'What is shown in a dispute.', {
  INVESTOR_LETTER: '投资方书面证明: decides by the usual rules.', VISIT_RECORD: '走访记录', CORRESPONDENCE: '往来函件、聊天记录', AGREEMENT: '协议或备忘录', OTHER: '其他',
} satisfies Record<(typeof DISPUTE_EVIDENCE_KINDS)[number], string>);
export const RulingEnum = describedEnum('DisputeRuling', 'What was ruled.', {
  FIRST_STANDS: '首报成立: the first report is credited alone.', CLAIMANT: '主张成立: the claimant is credited alone.', SHARED: '共同首报: credit is shared; the project still counts once.',
} satisfies Record<(typeof RULINGS)[number], string>);
export const RulingReasonEnum = describedEnum('DisputeRulingReason', 'Why the usual rules propose a ruling.', {
  INVESTOR_LETTER_OF_CLAIMANT: 'Only the claimant shows a letter of the investor.', INVESTOR_LETTER_OF_HOLDER: 'Only the holder shows a letter of the investor.', INVESTOR_LETTERS_OF_BOTH: 'Both show letters: joint introducers.', ORDER_OF_REPORTS: 'Nobody shows a letter: the order of reports stands.',
});
export const FlowEnum = describedEnum('PipelineMilestone', 'What a project reached.', {
  reported: '首报', reserved: '进入储备', negotiated: '进入洽谈', signed: '签约', landed: '落位', started: '开工', producing: '投产',
} satisfies Record<(typeof FLOWS)[number], string>);
export const CreditByEnum = describedEnum('CreditBy', 'Whom credit is shown by.', { STAFF: 'Persons.', DEPARTMENT: 'Units.' });

@ObjectType({ description: 'What a receipt that somebody shows turns out to be. Without a good one nothing is told.' })
export class ReceiptCheck {
  @Field(() => ReceiptStateEnum, { description: 'The verdict.' }) state!: string;
  @Field(() => String, { nullable: true, description: 'Its number.' }) number?: string | null;
  @Field(() => Date, { nullable: true, description: 'The instant of the report.' }) reportedAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'The reporter, as called then.' }) reporterName?: string | null;
  @Field(() => String, { nullable: true, description: 'The unit of the reporter.' }) departmentName?: string | null;
  @Field(() => Int, { nullable: true, description: 'Place among the receipts of the zone, from 1, in order of registration.' }) position?: number | null;
  @Field(() => Int, { nullable: true, description: 'How many receipts the zone has given out.' }) total?: number | null;
}
@ObjectType({ description: 'Something shown in a dispute.' })
export class DisputeEvidence {
  @Field(() => DisputeSideEnum, { description: 'Whose side it is for.' }) side!: string;
  @Field(() => DisputeEvidenceKindEnum, { description: 'What it is.' }) kind!: string;
  @Field({ description: 'In words.' }) note!: string;
  @Field(() => DateScalar, { nullable: true, description: 'The day it is of.' }) datedOn?: string | null;
  @Field(() => ID, { nullable: true, description: 'The file; GET /files/… for who may see the dispute\'s side.' }) fileId?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the file.' }) fileName?: string | null;
  @Field(() => Staff, { description: 'Who added it.' }) addedBy!: Staff;
  @Field(() => Date, { description: 'When.' }) addedAt!: Date;
}
@ObjectType({ description: 'The part of one first report that a person is credited with.' })
export class ReportShare {
  @Field(() => Staff, { description: 'The person.' }) staff!: Staff;
  @Field(() => Department, { nullable: true, description: 'The person\'s unit at the time of the ruling.' }) department?: Department | null;
  @Field(() => DecimalScalar, { description: 'The part; all parts of a project add up to 1.' }) share!: string;
}
@ObjectType({ description: 'What the usual rules say to the evidence so far.' })
export class RulingProposal {
  @Field(() => RulingEnum, { description: 'The ruling.' }) ruling!: string;
  @Field(() => RulingReasonEnum, { description: 'Why.' }) reason!: string;
}
@ObjectType({ implements: () => [Node], description: '首报争议: a claim to a first report, with the evidence of both sides and the ruling. Both names stay on record.' })
export class Dispute extends Node {
  @Field(() => Int, { description: 'Version for decisions.' }) version!: number;
  @Field({ description: 'Number.' }) number!: string;
  @Field(() => DisputeStateEnum, { description: 'Where it stands.' }) state!: string;
  @Field(() => Project, { nullable: true, description: 'The disputed project, for who may see it.' }) project?: Project | null;
  @Field(() => Project, { nullable: true, description: 'The claimant\'s own record of the deal, for who may see it.' }) rivalProject?: Project | null;
  @Field({ description: 'The project as the claimant calls it.' }) claimedName!: string;
  @Field(() => String, { nullable: true, description: 'The firm as the claimant calls it.' }) claimedEnterprise?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'The claimant\'s first contact with the investor.' }) firstContactOn?: string | null;
  @Field({ description: 'Why the claimant thinks to have been first.' }) ground!: string;
  @Field(() => Staff, { description: 'Who claims.' }) claimant!: Staff;
  @Field(() => Department, { nullable: true, description: 'The claimant\'s unit.' }) claimantDepartment?: Department | null;
  @Field(() => Staff, { nullable: true, description: 'Whose first report it is: whom to ask.' }) holder?: Staff | null;
  @Field(() => Department, { nullable: true, description: 'The holder\'s unit.' }) holderDepartment?: Department | null;
  @Field(() => Date, { description: 'When it was raised.' }) raisedAt!: Date;
  @Field(() => DateScalar, { nullable: true, description: 'Evidence is taken up to this working day; absent beyond the published calendar.' }) evidenceDueOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'To be decided by this working day.' }) decideDueOn?: string | null;
  @Field(() => [DisputeEvidence], { description: 'What was shown, oldest first. Whoever does not see the project sees the own side\'s alone.' }) evidence!: DisputeEvidence[];
  @Field(() => RulingEnum, { nullable: true, description: 'The ruling.' }) ruling?: string | null;
  @Field(() => String, { nullable: true, description: 'Its reasons.' }) rulingNote?: string | null;
  @Field(() => DisputeSideEnum, { nullable: true, description: 'Which side leads the project from the ruling on.' }) leadUnit?: string | null;
  @Field(() => [ReportShare], { description: 'Who is credited with which part; empty while open and when the first report stands.' }) shares!: ReportShare[];
  @Field(() => Staff, { nullable: true, description: 'Who ruled.' }) decidedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When.' }) decidedAt?: Date | null;
  @Field(() => Date, { nullable: true, description: 'When the claimant took it back.' }) withdrawnAt?: Date | null;
}
@ObjectType({ description: 'Disputes, newest first.' })
export class DisputeConnection extends connectionOf(Dispute, 'Dispute') {}
@ObjectType({ description: 'A dispute after an act on it.' })
export class DisputePayload {
  @Field(() => Dispute, { nullable: true, description: 'The dispute as it is now.' }) dispute?: Dispute | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'What one person or unit is credited with.' })
export class CreditRow {
  @Field(() => Staff, { nullable: true, description: 'The person; null where a ledger\'s reporter is not on staff.' }) staff?: Staff | null;
  @Field(() => Department, { nullable: true, description: 'The unit.' }) department?: Department | null;
  @Field(() => Int, { description: 'In how many projects.' }) projects!: number;
  @Field(() => DecimalScalar, { description: 'Credit: the sum of the shares, 0.5 for one half.' }) credit!: string;
}
@ObjectType({ description: 'Credit for what was reached in a period. Each project is shared out once.' })
export class CreditSheet {
  @Field(() => Int, { description: 'Distinct projects, as pipelineFlow counts them.' }) projects!: number;
  @Field(() => DecimalScalar, { description: 'All credit together: as much as there are projects whose first report is credited.' }) credit!: string;
  @Field(() => Int, { description: 'Projects whose first report lost its credit when they went into the pool or were reopened too late: they count for the zone, and as first report for nobody. Credit and uncredited together are the projects.' }) uncredited!: number;
  @Field(() => [CreditRow], { description: 'The largest credits first.' }) rows!: CreditRow[];
}

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
@InputType({ description: 'A claim to a first report.' })
export class DisputeRaiseInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { nullable: true, description: 'The claimant\'s own record of the deal, if there is one.' }) rivalProjectId?: string | null;
  @MaxLength(200) @Field({ description: 'The project as the claimant knows it; the disputed report is found by it, as a duplicate is.' }) name!: string;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'The firm.' }) enterpriseName?: string | null;
  @MaxLength(30) @Field(() => String, { nullable: true, description: 'Its credit code.' }) uscc?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Day of the first contact with the investor; not after today.' }) firstContactOn?: string | null;
  @MaxLength(2000) @Field({ description: 'Why the claimant was first.' }) ground!: string;
}
@InputType({ description: 'Something shown for one\'s own side.' })
export class DisputeEvidenceAddInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The dispute.' }) disputeId!: string;
  @Field(() => DisputeEvidenceKindEnum, { description: 'What it is.' }) kind!: keyof typeof DisputeEvidenceKindEnum;
  @MaxLength(2000) @Field({ description: 'In words.' }) note!: string;
  @Field(() => ID, { nullable: true, description: 'A file that the caller uploaded to /files.' }) fileId?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'The day it is of; not after today.' }) datedOn?: string | null;
}
@InputType({ description: 'A claim taken back by the claimant.' })
export class DisputeWithdrawInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The dispute.' }) disputeId!: string;
  @Field(() => Int, { description: 'Version of the dispute.' }) expectedVersion!: number;
}
@InputType({ description: 'A person\'s part.' })
export class ReportShareInput {
  @Field(() => ID, { description: 'The person.' }) staffId!: string;
  @Field(() => DecimalScalar, { description: 'Above 0, at most 1; all parts add up to 1.' }) share!: string;
}
@InputType({ description: 'A ruling. It is never changed; new facts are a new dispute.' })
export class DisputeDecideInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The dispute.' }) disputeId!: string;
  @Field(() => Int, { description: 'Version of the dispute.' }) expectedVersion!: number;
  @Field(() => RulingEnum, { description: 'The ruling.' }) ruling!: keyof typeof RulingEnum;
  @MaxLength(2000) @Field({ description: 'Its reasons.' }) note!: string;
  @ArrayMaxSize(20) @ValidateNested({ each: true }) @Type(() => ReportShareInput) @Field(() => [ReportShareInput], { nullable: true, description: 'For SHARED; absent: holder and claimant by the zone\'s rule (half each).' }) shares?: ReportShareInput[] | null;
  @Field(() => DisputeSideEnum, { nullable: true, description: 'Which side leads from now on; absent: the claimant after CLAIMANT, else the holder.' }) leadUnit?: keyof typeof DisputeSideEnum | null;
}
@InputType({ description: 'Which disputes; every given condition must hold.' })
export class DisputeFilter {
  @ArrayMaxSize(3) @Field(() => [DisputeStateEnum], { nullable: true, description: 'States.' }) states?: (keyof typeof DisputeStateEnum)[] | null;
  @Field(() => ID, { nullable: true, description: 'About this project.' }) projectId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Only those that the caller raised.' }) mine?: boolean | null;
}
