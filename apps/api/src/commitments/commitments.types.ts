import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { COMMITMENT_KINDS, COMMITMENT_SIDES, COMMITMENT_STATES, REVIEW_STATES } from '@yinfeng/recruitment';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Department, Staff } from '../directory/directory.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { MoneyInput } from '../projects/projects.inputs.js';
import { Money, Project } from '../projects/projects.types.js';
import { Signing } from '../signings/signings.types.js';

const KEY = 'The same key with the same input within 7 days gives the first result.';
const VERSION = 'Version of the commitment that the caller has seen.';

export const CommitmentSideEnum = describedEnum('CommitmentSide', 'Who promised.', { ZONE: '我方: the zone.', INVESTOR: '企业: the investor.' } satisfies Record<(typeof COMMITMENT_SIDES)[number], string>);
export const CommitmentKindEnum = describedEnum('CommitmentKind', 'What is promised; the first eleven by the zone, then by the investor, OTHER by either.', {
  LAND: '供地', PLANT: '厂房', INFRASTRUCTURE: '基础设施配套', SERVICE: '代办服务', TALENT: '人才政策', FUND: '基金参投', TAX_REBATE: '税收返还', SUBSIDY: '财政奖补', LAND_PRICE: '地价优惠', FEE_RELIEF: '规费减免', RENT_RELIEF: '租金减免',
  INVESTMENT: '投资额', START: '开工', COMPLETION: '竣工', PRODUCTION: '投产', INTENSITY: '投资强度', OUTPUT: '产值', TAX: '税收', JOBS: '就业', REGISTRATION: '注册落户', OTHER: '其他',
} satisfies Record<(typeof COMMITMENT_KINDS)[number], string>);
export const CommitmentStateEnum = describedEnum('CommitmentState', 'Whether it was kept.', { OPEN: '未兑现', KEPT: '已兑现', BROKEN: '未履约', WAIVED: '已免除' } satisfies Record<(typeof COMMITMENT_STATES)[number], string>);
export const ReviewStateEnum = describedEnum('CommitmentReviewState', 'Where the fair-competition review stands.', { NOT_NEEDED: 'Not asked for by the zone.', PENDING: '待审查', PASSED: '通过', REFUSED: '不通过' } satisfies Record<(typeof REVIEW_STATES)[number], string>);

@ObjectType({ implements: () => [Node], description: '承诺事项: what one side promised the other.' })
export class Commitment extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field(() => CommitmentSideEnum, { description: 'Who promised.' }) side!: string;
  @Field(() => CommitmentKindEnum, { description: 'What kind of promise.' }) kind!: string;
  @Field({ description: 'In words.' }) content!: string;
  @Field(() => Money, { nullable: true, description: 'Amount.' }) amount?: Money | null;
  @Field(() => String, { nullable: true, description: 'Quantity beside money: 100 亩, 300 人.' }) quantity?: string | null;
  @Field(() => String, { nullable: true, description: 'Law, regulation or policy it rests on.' }) legalBasis?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'By when.' }) dueOn?: string | null;
  @Field({ description: 'Open and past its day.' }) overdue!: boolean;
  @Field(() => ReviewStateEnum, { description: '公平竞争审查.' }) reviewState!: string;
  @Field(() => Staff, { nullable: true, description: 'Who reviewed it.' }) reviewedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was reviewed.' }) reviewedAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'Note of the review.' }) reviewNote?: string | null;
  @Field(() => CommitmentStateEnum, { description: 'Whether it was kept.' }) state!: string;
  @Field(() => Staff, { nullable: true, description: 'Who settled it.' }) settledBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When that was entered.' }) settledAt?: Date | null;
  @Field(() => DateScalar, { nullable: true, description: 'Day it was kept, broken or waived.' }) settledOn?: string | null;
  @Field(() => String, { nullable: true, description: 'Note of the settlement.' }) settleNote?: string | null;
  @Field(() => ID, { nullable: true, description: 'What proves it; download it at /files/<id>.' }) fileId?: string | null;
  @Field(() => Department, { nullable: true, description: 'Department in charge of it since the handoff; null: whoever is in charge of the project.' }) department?: Department | null;
  @Field(() => Staff, { nullable: true, description: 'Who put it on record.' }) createdBy?: Staff | null;
  @Field(() => Date, { description: 'When it was put on record.' }) createdAt!: Date;
  @Field(() => Signing, { nullable: true, description: 'The agreement it stands in.' }) signing?: Signing | null;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
}
@ObjectType({ description: 'Commitments in order.' })
export class CommitmentConnection extends connectionOf(Commitment, 'Commitment') {}
@ObjectType({ description: 'A commitment after an act on it.' })
export class CommitmentPayload {
  @Field(() => Commitment, { nullable: true, description: 'The commitment as it is now.' }) commitment?: Commitment | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@InputType({ description: 'A promise of one side.' })
export class CommitmentAddInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => ID, { nullable: true, description: 'The agreement it stands in.' }) signingId?: string | null;
  @Field(() => CommitmentSideEnum, { description: 'Who promises.' }) side!: keyof typeof CommitmentSideEnum;
  @Field(() => CommitmentKindEnum, { description: 'What kind of promise.' }) kind!: keyof typeof CommitmentKindEnum;
  @MaxLength(2000) @Field({ description: 'In words.' }) content!: string;
  @Field(() => MoneyInput, { nullable: true, description: 'Amount.' }) amount?: MoneyInput | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Quantity beside money.' }) quantity?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Law, regulation or policy it rests on.' }) legalBasis?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'By when.' }) dueOn?: string | null;
}
@InputType({ description: 'A change of an open commitment; absent means unchanged, null clears. New words, kind, amount or basis are reviewed anew.' })
export class CommitmentEditInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The commitment.' }) commitmentId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @Field(() => ID, { nullable: true, description: 'The agreement it stands in.' }) signingId?: string | null;
  @Field(() => CommitmentKindEnum, { nullable: true, description: 'What kind of promise.' }) kind?: keyof typeof CommitmentKindEnum | null;
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'In words.' }) content?: string | null;
  @Field(() => MoneyInput, { nullable: true, description: 'Amount.' }) amount?: MoneyInput | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Quantity beside money.' }) quantity?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Law, regulation or policy it rests on.' }) legalBasis?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'By when.' }) dueOn?: string | null;
}
@InputType({ description: 'A fair-competition review; never by who wrote the commitment.' })
export class CommitmentReviewInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The commitment.' }) commitmentId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @Field({ description: 'true: lawful, needs a legal basis; false: refused, with a note.' }) pass!: boolean;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Required when refused.' }) note?: string | null;
}
@InputType({ description: 'Whether a commitment was kept.' })
export class CommitmentSettleInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The commitment.' }) commitmentId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @Field(() => CommitmentStateEnum, { description: 'KEPT, BROKEN, WAIVED; OPEN takes a settlement back.' }) outcome!: keyof typeof CommitmentStateEnum;
  @Field(() => DateScalar, { nullable: true, description: 'On which day; today when absent.' }) settledOn?: string | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Required but for KEPT.' }) note?: string | null;
  @Field(() => ID, { nullable: true, description: 'What proves it, an uploaded file.' }) fileId?: string | null;
}
@InputType({ description: 'Which commitments.' })
export class CommitmentFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(2) @Field(() => [CommitmentSideEnum], { nullable: true, description: 'Sides.' }) sides?: (keyof typeof CommitmentSideEnum)[] | null;
  @ArrayMaxSize(4) @Field(() => [CommitmentStateEnum], { nullable: true, description: 'States.' }) states?: (keyof typeof CommitmentStateEnum)[] | null;
  @ArrayMaxSize(4) @Field(() => [ReviewStateEnum], { nullable: true, description: 'Where the review stands.' }) reviewStates?: (keyof typeof ReviewStateEnum)[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Open and past its day, or not.' }) overdue?: boolean | null;
  @Field(() => DateScalar, { nullable: true, description: 'Due on or before this day.' }) dueBefore?: string | null;
}
