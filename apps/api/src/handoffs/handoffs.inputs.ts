import { Field, ID, InputType, Int } from '@nestjs/graphql';
import type { HandoffItemState } from '@yinfeng/construction';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { HandoffItemStateEnum } from './handoffs.types.js';

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';

@InputType({ description: 'One thing on the list of a handoff.' })
export class HandoffItemInput {
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'Which thing of the zone\'s rules; else it is known by its name.' }) code?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'What.' }) item?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Settled; as before, or false, when absent.' }) done?: boolean | null;
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'What the receiver has to know of it; as before when absent.' }) note?: string | null;
  @ArrayMaxSize(10) @Field(() => [ID], { nullable: true, description: 'Files that the caller uploaded; they become evidence of the project.' }) fileIds?: string[] | null;
}
@InputType({ description: 'A project handed over: signed, active, to a service department.' })
export class HandoffSubmitInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => ID, { description: 'The service department that receives.' }) toDepartmentId!: string;
  @ArrayMaxSize(50)
  @Field(() => [HandoffItemInput], { nullable: true, description: 'What is handed over. The zone\'s list, nothing settled, when absent; what the zone requires and what was on the list before is added in any case.' }) checklist?: HandoffItemInput[] | null;
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'Words to the receiver.' }) note?: string | null;
}
@InputType({ isAbstract: true })
abstract class HandoffDecision {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The handoff.' }) handoffId!: string;
  @Field(() => Int, { description: 'Version of the handoff that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ description: 'The receiver takes the project over.' })
export class HandoffAcceptInput extends HandoffDecision {
  @Field(() => Boolean, { nullable: true, description: 'Whether what is not decided yet is accepted with it; true when absent.' }) acceptPending?: boolean | null;
}
@InputType({ description: 'One thing that goes back.' })
export class HandoffReturnItemInput {
  @Field(() => ID, { description: 'The thing.' }) itemId!: string;
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'Why; that of the whole when absent.' }) reason?: string | null;
}
@InputType({ description: 'Back to the submitter.' })
export class HandoffReturnInput extends HandoffDecision {
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'What has to be put right; required.' }) reason?: string | null;
  @ArrayMaxSize(100) @Field(() => [HandoffReturnItemInput], { nullable: true, description: 'Things that go back, beside those returned already.' }) items?: HandoffReturnItemInput[] | null;
}
@InputType({ description: 'The receiver accepts or returns one thing, or takes that back.' })
export class HandoffItemDecideInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The thing.' }) itemId!: string;
  @Field(() => Int, { description: 'Version of the handoff that the caller has seen.' }) expectedVersion!: number;
  @Field(() => HandoffItemStateEnum, { description: 'ACCEPTED, RETURNED, or PENDING to take a decision back.' }) state!: HandoffItemState;
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'Why it is returned; required then.' }) reason?: string | null;
}
@InputType({ description: 'Taken back before it was decided.' })
export class HandoffWithdrawInput extends HandoffDecision {
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'Why.' }) reason?: string | null;
}
@InputType({ description: 'Passed on to the department that it is meant for.' })
export class HandoffReassignInput extends HandoffDecision {
  @Field(() => ID, { description: 'Another service department.' }) toDepartmentId!: string;
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'Why; required.' }) reason?: string | null;
}
