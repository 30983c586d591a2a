import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type HandoffState } from '@yinfeng/construction';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Department, Staff } from '../directory/directory.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

export const HandoffStateEnum = describedEnum('HandoffState', 'Where a handoff stands.', {
  SUBMITTED: '待接收: the receiver\'s clock runs.', RETURNED: '已退回: with a reason; the next attempt starts the clock again.', ACCEPTED: '已接收: the project may start.',
} satisfies Record<HandoffState, string>);

@ObjectType({ description: 'One thing on the list of a handoff.' })
export class HandoffItem {
  @Field({ description: 'What: 协议, 承诺事项, 联系人, …' }) item!: string;
  @Field({ description: 'Settled.' }) done!: boolean;
  @Field(() => String, { nullable: true, description: 'What the receiver has to know of it.' }) note?: string | null;
}
@ObjectType({ implements: () => [Node], description: '移交: one attempt to hand a project from negotiation to construction.' })
export class Handoff extends Node {
  @Field(() => Int, { description: 'Version for decisions.' }) version!: number;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => Int, { description: 'Which attempt, from 1.' }) attempt!: number;
  @Field(() => HandoffStateEnum, { description: 'Where it stands.' }) state!: HandoffState;
  @Field(() => Department, { nullable: true, description: 'The unit that hands over.' }) fromDepartment?: Department | null;
  @Field(() => Department, { description: 'The service department that receives.' }) toDepartment!: Department;
  @Field(() => [HandoffItem], { description: 'What is handed over.' }) checklist!: HandoffItem[];
  @Field(() => String, { nullable: true, description: 'Words to the receiver.' }) note?: string | null;
  @Field(() => Staff, { description: 'Who submitted it.' }) submittedBy!: Staff;
  @Field(() => Date, { description: 'When it was submitted; the clock starts.' }) submittedAt!: Date;
  @Field(() => DateScalar, { nullable: true, description: 'To be accepted or returned by this working day.' }) dueOn?: string | null;
  @Field({ description: 'Not decided, and its day has passed.' }) overdue!: boolean;
  @Field(() => Staff, { nullable: true, description: 'Who accepted or returned it.' }) decidedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was decided.' }) decidedAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'Why it was returned.' }) returnReason?: string | null;
}
@ObjectType({ description: 'Handoffs, newest first.' })
export class HandoffConnection extends connectionOf(Handoff, 'Handoff') {}
@ObjectType({ description: 'A handoff after an act on it.' })
export class HandoffPayload {
  @Field(() => Handoff, { nullable: true, description: 'The handoff as it is now.' }) handoff?: Handoff | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@InputType({ description: 'Which handoffs; every given condition must hold.' })
export class HandoffFilter {
  @ArrayMaxSize(3) @Field(() => [HandoffStateEnum], { nullable: true, description: 'States.' }) state?: HandoffState[] | null;
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Handed to these departments or any below them.' }) toDepartmentIds?: string[] | null;
  @Field(() => DateScalar, { nullable: true, description: 'Due before this day.' }) dueBefore?: string | null;
}

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
@InputType({ description: 'One thing on the list of a handoff.' })
export class HandoffItemInput {
  @MaxLength(100) @Field({ description: 'What.' }) item!: string;
  @Field(() => Boolean, { nullable: true, description: 'Settled; false when absent.' }) done?: boolean | null;
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'What the receiver has to know of it.' }) note?: string | null;
}
@InputType({ description: 'A project handed over: signed, active, to a service department.' })
export class HandoffSubmitInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => ID, { description: 'The service department that receives.' }) toDepartmentId!: string;
  @ArrayMaxSize(50)
  @Field(() => [HandoffItemInput], { nullable: true, description: 'What is handed over; the zone\'s list, nothing settled, when absent.' }) checklist?: HandoffItemInput[] | null;
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'Words to the receiver.' }) note?: string | null;
}
@InputType({ isAbstract: true })
abstract class HandoffDecision {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The handoff.' }) handoffId!: string;
  @Field(() => Int, { description: 'Version of the handoff that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ description: 'The receiver takes the project over.' })
export class HandoffAcceptInput extends HandoffDecision {}
@InputType({ description: 'Back to the submitter.' })
export class HandoffReturnInput extends HandoffDecision {
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'What has to be put right; required.' }) reason?: string | null;
}
