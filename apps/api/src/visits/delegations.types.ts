import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { DELEGATION_KINDS, VISIT_DIMENSIONS } from '@yinfeng/recruitment';
import { ArrayMaxSize, IsBoolean, MaxLength } from 'class-validator';
import { Department, Staff } from '../directory/directory.types.js';
import { describedEnum, DirectionEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';
import { Signing } from '../signings/signings.types.js';
import { PersonMetInput } from './visits.types.js';

export const DelegationKindEnum = describedEnum('DelegationKind', 'What kind of delegation.', { TRIP: '出访团组: a trip of many visits.', RECEPTION: '来访接待: visitors received over several days.', EVENT: '推介会、展会: an event; leads and signings count to one event only.' } satisfies Record<(typeof DELEGATION_KINDS)[number], string>);
export const DelegationStateEnum = describedEnum('DelegationState', 'Where a delegation stands.', { OPEN: 'Visits may still be logged to it.', CLOSED: 'Done.' });
export const VisitDimensionEnum = describedEnum('VisitDimension', 'What the visit log is counted by.', {
  DIRECTION: '外出、来访、活动、电话.', STAFF: 'Who logged it.', DEPARTMENT: 'The unit of who logged it.', LEADER_LEVEL: '带队领导级别, by the zone\'s words.', RESULT: '成果类型.',
} satisfies Record<(typeof VISIT_DIMENSIONS)[number], string>);

@ObjectType({ isAbstract: true })
export abstract class VisitCountFields {
  @Field(() => Int, { description: 'Entries of the log.' }) visits!: number;
  @Field(() => Int, { description: '批次; an entry that says nothing is one.' }) batches!: number;
  @Field(() => Int, { description: '人次; without a head-count, as many as were met.' }) persons!: number;
  @Field(() => Int, { description: '新增批次.' }) newBatches!: number;
  @Field(() => Int, { description: '新增人次.' }) newPersons!: number;
  @Field(() => Int, { description: '领导带队: entries led by somebody whose level counts.' }) leaderLed!: number;
  @Field(() => Int, { description: 'Distinct enterprises.' }) enterprises!: number;
  @Field(() => Int, { description: 'Distinct projects.' }) projects!: number;
}
@ObjectType({ description: 'Counts over visits.' })
export class VisitCounts extends VisitCountFields {}
@ObjectType({ description: 'Counts under one key.' })
export class VisitCountRow extends VisitCountFields {
  @Field(() => String, { nullable: true, description: 'The key as filters take it; null where visits say nothing.' }) key?: string | null;
  @Field({ description: 'Its name.' }) label!: string;
}
@ObjectType({ description: 'What the visit log comes to.' })
export class VisitFigures {
  @Field(() => VisitCounts, { description: 'All together; `visits` equals the totalCount of the list under the same filter.' }) total!: VisitCounts;
  @Field(() => [VisitCountRow], { description: 'By the dimension asked for, most visits first, at most 500.' }) rows!: VisitCountRow[];
}
@ObjectType({ implements: () => [Node], description: 'A trip, reception or event of many visits.' })
export class Delegation extends Node {
  @Field(() => Int, { description: 'Version for edits.' }) version!: number;
  @Field(() => DelegationKindEnum, { description: 'Kind.' }) kind!: string;
  @Field({ description: 'Name.' }) name!: string;
  @Field(() => String, { nullable: true, description: 'Purpose.' }) purpose?: string | null;
  @Field(() => DateScalar, { description: 'First day.' }) fromOn!: string;
  @Field(() => DateScalar, { description: 'Last day.' }) toOn!: string;
  @Field(() => [String], { description: 'Where to.' }) places!: string[];
  @Field(() => String, { nullable: true, description: '带队领导.' }) leaderName?: string | null;
  @Field(() => String, { nullable: true, description: '领导级别.' }) leaderLevel?: string | null;
  @Field(() => Department, { nullable: true, description: '主办单位.' }) hostDepartment?: Department | null;
  @Field(() => [Staff], { description: 'Who goes along.' }) members!: Staff[];
  @Field(() => String, { nullable: true, description: '取得成果.' }) result?: string | null;
  @Field(() => String, { nullable: true, description: '下一步打算.' }) nextSteps?: string | null;
  @Field(() => ID, { nullable: true, description: 'The report, as a file.' }) reportFileId?: string | null;
  @Field(() => DelegationStateEnum, { description: 'Where it stands.' }) state!: string;
  @Field(() => Date, { nullable: true, description: 'When it was closed.' }) closedAt?: Date | null;
  @Field(() => Staff, { description: 'Who made it.' }) createdBy!: Staff;
  @Field(() => Date, { description: 'When.' }) createdAt!: Date;
  @Field(() => [Project], { description: 'Leads that count to this event, as far as the caller may see them.' }) leads!: Project[];
  @Field(() => [Signing], { description: 'Signings that count to this event, as far as the caller may see them.' }) signings!: Signing[];
}
@ObjectType({ description: 'Delegations, latest first.' })
export class DelegationConnection extends connectionOf(Delegation, 'Delegation') {}
@ObjectType({ description: 'A delegation after an act on it.' })
export class DelegationPayload {
  @Field(() => Delegation, { nullable: true, description: 'The delegation as it is now.' }) delegation?: Delegation | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
@InputType({ isAbstract: true })
abstract class DelegationWords {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Purpose.' }) purpose?: string | null;
  @ArrayMaxSize(30) @MaxLength(100, { each: true }) @Field(() => [String], { nullable: true, description: 'Where to.' }) places?: string[] | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: '带队领导.' }) leaderName?: string | null;
  @MaxLength(50) @Field(() => String, { nullable: true, description: '领导级别: a code of rule visits.leaderLevels, or words.' }) leaderLevel?: string | null;
  @Field(() => ID, { nullable: true, description: '主办单位; the caller\'s unit when absent.' }) hostDepartmentId?: string | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Who goes along, beside whoever made it.' }) memberIds?: string[] | null;
  @MaxLength(4000) @Field(() => String, { nullable: true, description: '取得成果.' }) result?: string | null;
  @MaxLength(4000) @Field(() => String, { nullable: true, description: '下一步打算.' }) nextSteps?: string | null;
  @Field(() => ID, { nullable: true, description: 'The report; a file that the caller uploaded.' }) reportFileId?: string | null;
}
@InputType({ description: 'A delegation.' })
export class DelegationCreateInput extends DelegationWords {
  @Field(() => DelegationKindEnum, { description: 'Kind.' }) kind!: keyof typeof DelegationKindEnum;
  @MaxLength(200) @Field({ description: 'Name.' }) name!: string;
  @Field(() => DateScalar, { description: 'First day.' }) fromOn!: string;
  @Field(() => DateScalar, { description: 'Last day, within 366 days.' }) toOn!: string;
}
@InputType({ description: 'Changes of a delegation; what is left out stays.' })
export class DelegationEditInput extends DelegationWords {
  @Field(() => ID, { description: 'The delegation.' }) delegationId!: string;
  @Field(() => Int, { description: 'Version that the change was made on.' }) expectedVersion!: number;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Name.' }) name?: string;
  @Field(() => DateScalar, { nullable: true, description: 'First day.' }) fromOn?: string;
  @Field(() => DateScalar, { nullable: true, description: 'Last day.' }) toOn?: string;
  @IsBoolean() @Field(() => Boolean, { nullable: true, description: 'true: done, no more visits; false: open again.' }) closed?: boolean | null;
}
@InputType({ description: 'A lead or a signing that an event brought: exactly one of the two.' })
export class EventYieldInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The event.' }) delegationId!: string;
  @Field(() => ID, { nullable: true, description: 'The lead.' }) projectId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The signing.' }) signingId?: string | null;
}
@InputType({ description: 'Which delegations.' })
export class DelegationFilter {
  @ArrayMaxSize(3) @Field(() => [DelegationKindEnum], { nullable: true, description: 'Kinds.' }) kinds?: (keyof typeof DelegationKindEnum)[] | null;
  @ArrayMaxSize(2) @Field(() => [DelegationStateEnum], { nullable: true, description: 'States.' }) states?: (keyof typeof DelegationStateEnum)[] | null;
  @Field(() => DateScalar, { nullable: true, description: 'Under way on this day or later.' }) from?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Begun by this day.' }) to?: string | null;
}
@InputType({ description: 'A visit that was logged without a project, and its project.' })
export class VisitBindInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The visit.' }) visitId!: string;
  @Field(() => Int, { description: 'Version of the visit.' }) expectedVersion!: number;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
}
@InputType({ description: 'A binding to take back.' })
export class VisitUnbindInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The visit.' }) visitId!: string;
  @Field(() => Int, { description: 'Version of the visit.' }) expectedVersion!: number;
}
@InputType({ description: 'Changes of one\'s own visit; what is left out stays, null takes it away.' })
export class VisitEditInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The visit.' }) visitId!: string;
  @Field(() => Int, { description: 'Version of the visit.' }) expectedVersion!: number;
  @Field(() => DirectionEnum, { nullable: true, description: 'Who went where.' }) direction?: keyof typeof DirectionEnum;
  @Field(() => DateScalar, { nullable: true, description: 'Day; not after today.' }) visitedOn?: string;
  @MaxLength(5000) @Field(() => String, { nullable: true, description: 'What was said.' }) content?: string;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Result.' }) result?: string | null;
  @MaxLength(30) @Field(() => String, { nullable: true, description: '成果类型, a code of rule visits.resultKinds.' }) resultKind?: string | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Next step.' }) nextStep?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Next follow-up; not before the visit.' }) nextFollowUpOn?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: '带队领导.' }) leaderName?: string | null;
  @MaxLength(50) @Field(() => String, { nullable: true, description: '领导级别.' }) leaderLevel?: string | null;
  @Field(() => Int, { nullable: true, description: '人次, 0 to 10,000.' }) headcount?: number | null;
  @Field(() => Int, { nullable: true, description: '批次, 1 to 1,000.' }) batches?: number | null;
  @Field(() => Int, { nullable: true, description: '新增批次, no more than batches.' }) newBatches?: number | null;
  @Field(() => Int, { nullable: true, description: '新增人次, 0 to 10,000.' }) newPersons?: number | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'City.' }) city?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Place.' }) place?: string | null;
  @ArrayMaxSize(50) @Field(() => [PersonMetInput], { nullable: true, description: 'Persons met.' }) met?: PersonMetInput[] | null;
}
