import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type EscalationState, type LightMeasure } from '@yinfeng/construction';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Department, Staff } from '../directory/directory.types.js';
import { describedEnum, LightEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

export const LightMeasureEnum = describedEnum('LightMeasure', 'What a rule of lights measures.', {
  START_OVERDUE: 'Months since the month in which it was to start or resume.', SCHEDULE_BEHIND: 'Points of the year\'s investment behind the time-proportional plan.', SCHEDULE_AHEAD: 'Points ahead of it.',
  STATISTICS_MISSING: 'Months since its start without entry into statistics.', MILESTONE_LATE: 'Working days that a milestone is late.', PERMIT_OVERDUE: 'Working days that a permit is overdue.', CALL_OVERDUE: 'Working days that a service call is overdue.',
  HANDOFF_OVERDUE: 'Working days that a handoff is overdue, or that a signed project is not handed over.', COMMITMENT_OVERDUE: 'Working days that a promise is overdue.', PLAN_NOT_REPORTED: 'Working days that a month\'s investment is not reported.',
  DUTY_MISSED: 'How many duties of the taskforce are missed.', AFTERCARE_OVERDUE: 'Working days that a visit to a landed firm is overdue.', REMINDER_ESCALATED: 'Steps that a reminder went up because nobody acted on it.',
} satisfies Record<LightMeasure, string>);
export const EscalationStateEnum = describedEnum('EscalationState', 'Where an escalation stands.', { OPEN: '待办理: waits for whom it names.', ANSWERED: '已办理: what was done is on record; the light may still show.', CLOSED: '已结案.' } satisfies Record<EscalationState, string>);
export const EscalationCloseEnum = describedEnum('EscalationClose', 'How an escalation ended.', { LIGHT_OUT: 'The light went out.', PERSON: 'By a person, with a reason.' });

@ObjectType({ description: 'Who is named next if nothing changes: the next step of the zone\'s ladder.' })
export class LightNext {
  @Field({ description: 'Code of the step.' }) level!: string;
  @Field(() => Staff, { nullable: true, description: 'Who that is today; null: nobody holds the post.' }) who?: Staff | null;
  @Field(() => DateScalar, { nullable: true, description: 'From which day; null: it depends on what is reported, or on how often the light comes on.' }) on?: string | null;
}
@ObjectType({ implements: () => [Node], description: 'A light that a rule of the zone shows of a project, or has shown: one turn of it.' })
export class ProjectLight extends Node {
  @Field({ description: 'Code of the rule.' }) rule!: string;
  @Field(() => LightEnum, { description: 'The light.' }) light!: string;
  @Field({ description: 'A colour that rewards: it darkens no project and is not escalated.' }) award!: boolean;
  @Field(() => LightMeasureEnum, { description: 'What is measured.' }) measure!: LightMeasure;
  @Field(() => DecimalScalar, { description: 'How much today, in the unit of the measure; of a turn that is over: when it began.' }) value!: string;
  @Field(() => DateScalar, { nullable: true, description: 'From which day it is measured: the day due, the month planned, the start.' }) fromOn?: string | null;
  @Field(() => DateScalar, { description: 'Since when this light shows.' }) sinceOn!: string;
  @Field(() => DateScalar, { nullable: true, description: 'Day it went out or changed; null: it shows.' }) untilOn?: string | null;
  @Field(() => String, { nullable: true, description: 'What it is about, in the record\'s words.' }) title?: string | null;
  @Field(() => Int, { nullable: true, description: 'How many things are overdue.' }) count?: number | null;
  @Field(() => ID, { nullable: true, description: 'The record that is overdue longest.' }) subjectId?: string | null;
  @Field(() => Department, { nullable: true, description: 'Who has to act.' }) department?: Department | null;
  @Field(() => LightNext, { nullable: true, description: 'Who is named next; null: the ladder ends here, or the light rewards.' }) next?: LightNext | null;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
}
@ObjectType({ description: 'Turns of lights, newest first.' })
export class ProjectLightConnection extends connectionOf(ProjectLight, 'ProjectLight') {}
@ObjectType({ description: 'How many projects show a light by a rule.' })
export class LightFigure {
  @Field({ description: 'Code of the rule; SILENCE: the light that visits keep (policy idle).' }) rule!: string;
  @Field({ description: 'The rule in words.' }) label!: string;
  @Field({ description: 'A colour that rewards.' }) award!: boolean;
  @Field(() => LightEnum, { description: 'The light.' }) light!: string;
  @Field(() => Department, { nullable: true, description: 'Who has to act; null: no department.' }) department?: Department | null;
  @Field(() => Int, { description: 'How many projects.' }) count!: number;
}

@ObjectType({ implements: () => [Node], description: '提醒、约谈、督办: a step of the zone\'s ladder that names a person.' })
export class Escalation extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => String, { nullable: true, description: 'Code of the rule whose light opened it; null: a person did.' }) rule?: string | null;
  @Field(() => LightEnum, { nullable: true, description: 'The light that opened it.' }) light?: string | null;
  @Field({ description: 'Code of the step.' }) level!: string;
  @Field({ description: 'What about.' }) matter!: string;
  @Field(() => DateScalar, { description: 'Day it was opened.' }) openedOn!: string;
  @Field(() => Date, { description: 'When it was opened.' }) openedAt!: Date;
  @Field(() => Staff, { nullable: true, description: 'Who issued it; null: the rule.' }) openedBy?: Staff | null;
  @Field(() => Staff, { nullable: true, description: 'Who has to act; null: nobody held the post.' }) to?: Staff | null;
  @Field(() => DateScalar, { description: 'To be answered by this working day.' }) dueOn!: string;
  @Field({ description: 'Open, and its day has passed.' }) overdue!: boolean;
  @Field(() => EscalationStateEnum, { description: 'Where it stands.' }) state!: EscalationState;
  @Field(() => String, { nullable: true, description: 'What was done.' }) answer?: string | null;
  @Field(() => ID, { nullable: true, description: 'What shows it; download it at /files/<id>.' }) answerFileId?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who answered.' }) answeredBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was answered.' }) answeredAt?: Date | null;
  @Field(() => EscalationCloseEnum, { nullable: true, description: 'How it ended.' }) closedHow?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who closed it.' }) closedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it ended.' }) closedAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'Why it was closed.' }) closeReason?: string | null;
  @Field(() => LightNext, { nullable: true, description: 'Who is named next if the light goes on.' }) next?: LightNext | null;
}
@ObjectType({ description: 'Escalations, newest first.' })
export class EscalationConnection extends connectionOf(Escalation, 'Escalation') {}
@ObjectType({ description: 'An escalation after an act on it.' })
export class EscalationPayload {
  @Field(() => Escalation, { nullable: true, description: 'The escalation as it is now.' }) escalation?: Escalation | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@InputType({ description: 'Which escalations; every given condition must hold. A week\'s list: openedFrom and openedTo.' })
export class EscalationFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(3) @Field(() => [EscalationStateEnum], { nullable: true, description: 'States.' }) states?: EscalationState[] | null;
  @ArrayMaxSize(10) @Field(() => [String], { nullable: true, description: 'Codes of steps.' }) levels?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Addressed to these people.' }) toStaffIds?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Addressed to the caller.' }) mine?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Open and past their day; false: the others.' }) overdue?: boolean | null;
  @Field(() => DateScalar, { nullable: true, description: 'Opened on or after this day.' }) openedFrom?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Opened on or before this day.' }) openedTo?: string | null;
}
const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
const VERSION = 'Version of the escalation that the caller has seen.';
@InputType({ description: 'A step of the ladder taken by a person.' })
export class EscalationIssueInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @MaxLength(40) @Field({ description: 'Code of the step, one of the zone\'s ladder.' }) level!: string;
  @Field(() => ID, { description: 'Who has to act.' }) toStaffId!: string;
  @MaxLength(500) @Field({ description: 'What about.' }) matter!: string;
  @Field(() => DateScalar, { nullable: true, description: 'To be answered by this day; by the working days of the ladder when absent.' }) dueOn?: string | null;
}
@InputType({ description: 'What was done about an escalation.' })
export class EscalationAnswerInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The escalation.' }) escalationId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @MaxLength(2000) @Field({ description: 'What was done.' }) answer!: string;
  @Field(() => ID, { nullable: true, description: 'What shows it, an uploaded file.' }) fileId?: string | null;
}
@InputType({ description: 'An escalation ended though its light may still show.' })
export class EscalationCloseInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The escalation.' }) escalationId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @MaxLength(2000) @Field({ description: 'Why.' }) reason!: string;
}
