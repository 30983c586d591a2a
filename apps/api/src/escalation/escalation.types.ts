import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { EscalationAnswerHow, EscalationLevel, EscalationSource, EscalationState, ReminderEscalationEnd } from '@yinfeng/construction';
import type { ReminderKind } from '@yinfeng/reminders';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Department, Staff } from '../directory/directory.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { EscalationStateEnum } from '../lights/lights.types.js';
import { Project } from '../projects/projects.types.js';
import { ReminderKindEnum } from '../reminders/reminders.types.js';

export const EscalationLevelEnum = describedEnum('EscalationLevel', 'How far up a reminder went.', { GROUP_LEADER: 'Leader of the group.', UNIT_HEAD: 'Head of the unit.', ZONE_LEADER: 'A leader of the zone.' } satisfies Record<EscalationLevel, string>);
export const EscalationAnswerHowEnum = describedEnum('EscalationAnswerHow', 'What comes of a reminder that went up.', { NOTED: 'Looked into; the words say what was done.', NEW_DAY: 'Whoever let it lie is reminded again on a new day.', TAKEN_OVER: 'The reminder is the answering person\'s from now on.' } satisfies Record<EscalationAnswerHow, string>);
export const ReminderEscalationEndEnum = describedEnum('ReminderEscalationEnd', 'How a step up ended.', { DONE: 'What was asked was done.', CANCELLED: 'The reminder was taken back.', RESTS: 'The project rests, or is gone.', TAKEN_OVER: 'Somebody above took it over.' } satisfies Record<ReminderEscalationEnd, string>);
export const EscalationSourceEnum = describedEnum('EscalationSource', 'Who took a step up.', { LIGHT: 'A rule\'s light.', PERSON: 'A person.', REMINDER: 'A reminder that nobody acted on.' } satisfies Record<EscalationSource, string>);

@ObjectType({ implements: () => [Node], description: 'A step up of a reminder that nobody acted on: the next person by the tree of the organisation is named.' })
export class ReminderEscalation extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field(() => ReminderKindEnum, { description: 'Kind of the reminder.' }) kind!: ReminderKind;
  @Field({ description: 'Code of the row of policy reminderRules whose ladder it climbs.' }) rule!: string;
  @Field(() => Int, { description: 'Which step of that ladder, from 1.' }) step!: number;
  @Field(() => EscalationLevelEnum, { description: 'What the step is; where the post is vacant the next above is named.' }) level!: EscalationLevel;
  @Field({ description: 'What about, in the reminder\'s words.' }) matter!: string;
  @Field(() => Staff, { description: 'Who let it lie.' }) from!: Staff;
  @Field(() => Staff, { description: 'Who was named.' }) to!: Staff;
  @Field(() => Department, { nullable: true, description: 'Unit of whoever let it lie.' }) department?: Department | null;
  @Field(() => Project, { nullable: true, description: 'The project, if it is about one.' }) project?: Project | null;
  @Field(() => DateScalar, { description: 'From which day the working days are counted.' }) sinceOn!: string;
  @Field(() => Int, { description: 'Working days that it lay, until today or its end.' }) workingDays!: number;
  @Field(() => DateScalar, { description: 'Day of the step.' }) openedOn!: string;
  @Field(() => Date, { description: 'When the step was taken.' }) openedAt!: Date;
  @Field(() => EscalationStateEnum, { description: 'Where it stands.' }) state!: EscalationState;
  @Field(() => String, { nullable: true, description: 'What the person above said.' }) answer?: string | null;
  @Field(() => EscalationAnswerHowEnum, { nullable: true, description: 'What comes of it.' }) answerHow?: EscalationAnswerHow | null;
  @Field(() => DateScalar, { nullable: true, description: 'The new day, if one was given.' }) answerUntil?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who answered.' }) answeredBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was answered.' }) answeredAt?: Date | null;
  @Field(() => ReminderEscalationEndEnum, { nullable: true, description: 'How it ended.' }) closedHow?: ReminderEscalationEnd | null;
  @Field(() => Date, { nullable: true, description: 'When it ended.' }) closedAt?: Date | null;
}
@ObjectType({ description: 'Steps up, newest first.' })
export class ReminderEscalationConnection extends connectionOf(ReminderEscalation, 'ReminderEscalation') {}
@ObjectType({ description: 'A step up after an act on it.' })
export class ReminderEscalationPayload {
  @Field(() => ReminderEscalation, { nullable: true, description: 'The step as it is now.' }) reminderEscalation?: ReminderEscalation | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@InputType({ description: 'Which steps up; every given condition must hold.' })
export class ReminderEscalationFilter {
  @ArrayMaxSize(3) @Field(() => [EscalationStateEnum], { nullable: true, description: 'States.' }) states?: EscalationState[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Addressed to the caller.' }) mine?: boolean | null;
  @Field(() => ID, { nullable: true, description: 'About this project.' }) projectId?: string | null;
}
@InputType({ description: 'What comes of a reminder that went up.' })
export class ReminderEscalationAnswerInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.' }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The step.' }) reminderEscalationId!: string;
  @Field(() => Int, { description: 'Version of the step that the caller has seen.' }) expectedVersion!: number;
  @Field(() => EscalationAnswerHowEnum, { description: 'What comes of it.' }) how!: EscalationAnswerHow;
  @MaxLength(2000) @Field({ description: 'What was said or done.' }) note!: string;
  @Field(() => DateScalar, { nullable: true, description: 'With NEW_DAY: the day; a rest day rolls on to the next working day.' }) newDay?: string | null;
}

@ObjectType({ description: 'What was escalated: by a light, by a person, or because nobody acted on a reminder.' })
export class WeeklyEscalation {
  @Field(() => ID, { description: 'The escalation itself: an Escalation or a ReminderEscalation.' }) escalationId!: string;
  @Field(() => EscalationSourceEnum, { description: 'Who took the step.' }) source!: EscalationSource;
  @Field({ description: 'Code of the step.' }) level!: string;
  @Field({ description: 'What about.' }) matter!: string;
  @Field(() => Staff, { nullable: true, description: 'Whose it is: who let it lie, who issued it, or who is in charge of the project.' }) from?: Staff | null;
  @Field(() => Staff, { nullable: true, description: 'Who was named.' }) to?: Staff | null;
  @Field(() => Department, { nullable: true, description: 'Unit that has to act.' }) department?: Department | null;
  @Field(() => Project, { nullable: true, description: 'The project, if it is about one.' }) project?: Project | null;
  @Field(() => DateScalar, { description: 'Since when it lies.' }) sinceOn!: string;
  @Field(() => Int, { description: 'Working days that it lay, until today or its end.' }) workingDays!: number;
  @Field(() => DateScalar, { description: 'Day of the step.' }) openedOn!: string;
  @Field(() => Date, { description: 'When the step was taken.' }) openedAt!: Date;
  @Field(() => EscalationStateEnum, { description: 'Where it stands.' }) state!: EscalationState;
  @Field({ description: 'Whether somebody answered.' }) answered!: boolean;
  @Field(() => String, { nullable: true, description: 'The answer.' }) answer?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who answered.' }) answeredBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was answered.' }) answeredAt?: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it ended.' }) closedAt?: Date | null;
}
@ObjectType({ description: 'What was escalated in a week, the newest first.' })
export class WeeklyEscalationConnection extends connectionOf(WeeklyEscalation, 'WeeklyEscalation') {}
@ObjectType({ description: 'How much of a unit went to one level in a week.' })
export class WeeklyEscalationFigure {
  @Field(() => EscalationSourceEnum, { description: 'Who took the steps.' }) source!: EscalationSource;
  @Field({ description: 'Code of the step.' }) level!: string;
  @Field(() => Department, { nullable: true, description: 'Unit that has to act; null: none.' }) department?: Department | null;
  @Field(() => Int, { description: 'How many.' }) count!: number;
  @Field(() => Int, { description: 'Of these answered.' }) answered!: number;
  @Field(() => Int, { description: 'Of these still open.' }) open!: number;
}
@InputType({ description: 'Which of a week\'s escalations; every given condition must hold.' })
export class WeeklyEscalationFilter {
  @Field(() => ID, { nullable: true, description: 'Of this unit and all below it.' }) departmentId?: string | null;
  @ArrayMaxSize(10) @Field(() => [String], { nullable: true, description: 'Codes of steps.' }) levels?: string[] | null;
  @ArrayMaxSize(3) @Field(() => [EscalationSourceEnum], { nullable: true, description: 'Who took the step.' }) sources?: EscalationSource[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Answered; false: not answered.' }) answered?: boolean | null;
  @Field(() => ID, { nullable: true, description: 'About this project.' }) projectId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Let lie by the caller.' }) mine?: boolean | null;
}
