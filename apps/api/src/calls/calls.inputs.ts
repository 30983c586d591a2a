import { Field, ID, InputType, Int } from '@nestjs/graphql';
import type { CallMeasure, CallState, CallUrgency } from '@yinfeng/construction';
import { ArrayMaxSize, Max, MaxLength, Min } from 'class-validator';
import { DateScalar } from '../graphql/scalars.js';
import { ServiceCallMeasureEnum, ServiceCallStateEnum, ServiceCallUrgencyEnum } from './calls.types.js';

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
const FILES = 'Files that the caller uploaded, at most 9.';

@InputType({ description: 'Exactly the rows of a figure.' })
export class ServiceCallFigureFilter {
  @Field(() => ServiceCallMeasureEnum, { description: 'What it counts.' }) measure!: CallMeasure;
  @Field(() => DateScalar, { description: 'First day.' }) from!: string;
  @Field(() => DateScalar, { description: 'Last day.' }) to!: string;
}
@InputType({ description: 'Which calls; every given condition must hold.' })
export class ServiceCallFilter {
  @ArrayMaxSize(7) @Field(() => [ServiceCallStateEnum], { nullable: true, description: 'Where they stand.' }) state?: CallState[] | null;
  @ArrayMaxSize(40) @Field(() => [String], { nullable: true, description: 'Types.' }) types?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Led by these departments or any below them.' }) leadDepartmentIds?: string[] | null;
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Open, and the day that counts has passed; or not.' }) overdue?: boolean | null;
  @Min(0) @Field(() => Int, { nullable: true, description: 'At least so many working days old.' }) ageFrom?: number | null;
  @Min(0) @Field(() => Int, { nullable: true, description: 'At most so many working days old.' }) ageTo?: number | null;
  @Field(() => Boolean, { nullable: true, description: 'Raised by the caller, in the caller\'s charge, or waiting for the caller\'s departments.' }) mine?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Raised by the enterprise itself.' }) byEnterprise?: boolean | null;
  @Field(() => ServiceCallFigureFilter, { nullable: true, description: 'Exactly the rows of a figure.' }) figure?: ServiceCallFigureFilter | null;
}
@InputType({ description: 'A problem of a project.' })
export class ServiceCallRaiseInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @MaxLength(40) @Field({ description: 'Type, see serviceCallTypes.' }) type!: string;
  @MaxLength(100) @Field({ description: 'In a line.' }) title!: string;
  @MaxLength(2000) @Field({ description: 'In full.' }) content!: string;
  @Field(() => ServiceCallUrgencyEnum, { nullable: true, description: 'How pressing; NORMAL when absent.' }) urgency?: CallUrgency | null;
  @Field(() => DateScalar, { nullable: true, description: '期望解决时间.' }) wishOn?: string | null;
  @Field(() => ID, { nullable: true, description: 'Who at the enterprise has the problem.' }) contactId?: string | null;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'Name of the caller, when it is no contact on record.' }) callerName?: string | null;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'Phone of the caller.' }) callerPhone?: string | null;
  @Field(() => ID, { nullable: true, description: 'The department that leads; absent: by the type\'s rule.' }) leadDepartmentId?: string | null;
  @ArrayMaxSize(10) @Field(() => [ID], { nullable: true, description: 'Departments called along.' }) helperIds?: string[] | null;
  @ArrayMaxSize(9) @Field(() => [ID], { nullable: true, description: FILES }) fileIds?: string[] | null;
}
@InputType({ isAbstract: true })
export abstract class ServiceCallAct {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The call.' }) serviceCallId!: string;
  @Field(() => Int, { description: 'Version of the call that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ isAbstract: true })
abstract class ServiceCallReason extends ServiceCallAct {
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'Why; required.' }) reason?: string | null;
}
@InputType({ description: '报到.' })
export class ServiceCallReportInInput extends ServiceCallAct {
  @Field(() => ID, { nullable: true, description: 'Who of the department takes it in charge; absent: the caller.' }) inChargeId?: string | null;
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'First words to the enterprise, shown by its link.' }) note?: string | null;
}
@InputType({ description: 'What is being done.' })
export class ServiceCallProgressInput extends ServiceCallAct {
  @MaxLength(2000) @Field({ description: 'In words.' }) content!: string;
  @Field(() => Boolean, { nullable: true, description: 'Shown to the enterprise by its link; false when absent.' }) public?: boolean | null;
  @ArrayMaxSize(9) @Field(() => [ID], { nullable: true, description: FILES }) fileIds?: string[] | null;
}
@InputType({ description: 'To another department.' })
export class ServiceCallTransferInput extends ServiceCallReason {
  @Field(() => ID, { description: 'The department that leads from now on.' }) leadDepartmentId!: string;
  @ArrayMaxSize(10) @Field(() => [ID], { nullable: true, description: 'Departments called along.' }) helperIds?: string[] | null;
}
@InputType({ description: 'Solved.' })
export class ServiceCallResolveInput extends ServiceCallAct {
  @MaxLength(2000) @Field({ description: 'What was done; the enterprise reads it.' }) whatWasDone!: string;
  @ArrayMaxSize(9) @Field(() => [ID], { nullable: true, description: FILES }) fileIds?: string[] | null;
}
@InputType({ description: 'Not solved after all.' })
export class ServiceCallReopenInput extends ServiceCallReason {}
@InputType({ description: 'Up the ladder.' })
export class ServiceCallEscalateInput extends ServiceCallReason {}
@InputType({ description: 'No longer needed.' })
export class ServiceCallWithdrawInput extends ServiceCallReason {}
@InputType({ description: 'Closed without a rating.' })
export class ServiceCallCloseInput extends ServiceCallAct {}
@InputType({ description: 'How well it was solved.' })
export class ServiceCallRateInput extends ServiceCallAct {
  @Field(() => Int, { description: 'From 1 to the zone\'s scale, usually 5.' }) score!: number;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'In words.' }) words?: string | null;
}
@InputType({ description: '挂牌: onto the public problem list.' })
export class ServiceCallPublishInput extends ServiceCallReason {
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Title on the list; absent: the call\'s own, names and numbers masked by the zone\'s rule.' }) title?: string | null;
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'Words on the list; absent: the call\'s own, masked likewise.' }) content?: string | null;
}
@InputType({ description: '摘牌: off the public problem list.' })
export class ServiceCallUnpublishInput extends ServiceCallReason {}
@InputType({ description: 'A link for an enterprise.' })
export class ServiceCallLinkCreateInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: `${KEY} The secret is not told again.` }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => ID, { nullable: true, description: 'Whom it is given to.' }) contactId?: string | null;
  @Field(() => ID, { nullable: true, description: 'A call of the project: the link follows it instead of raising one.' }) serviceCallId?: string | null;
  @Min(1) @Max(365) @Field(() => Int, { nullable: true, description: 'For how many days; by the zone\'s rule when absent, usually 7 to raise and 180 to follow.' }) days?: number | null;
}
@InputType({ description: 'A link that is no longer good.' })
export class ServiceCallLinkRevokeInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The link.' }) linkId!: string;
  @Field(() => Int, { description: 'Version of the link that the caller has seen.' }) expectedVersion!: number;
}
