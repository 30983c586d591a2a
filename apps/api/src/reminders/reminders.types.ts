import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type ReminderKind, type ReminderState, type Repeat, type SnoozePreset } from '@yinfeng/reminders';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Staff } from '../directory/directory.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

export const ReminderKindEnum = describedEnum('ReminderKind', 'What a person is reminded of.', {
  FOLLOW_UP: 'A follow-up day that was agreed.', IDLE: 'Silence and what follows from it: the limit of stage or class is passed, a release into the pool is near or done, a protection ends.', TRIAGE: 'A lead whose time for judgement runs out.',
  APPROVAL: 'A stage move or a change of status that waits for a decision.', HANDOFF: '移交: to be accepted, or returned to its submitter.', DISPUTE: 'A first report is disputed, or a dispute was decided.',
  COMMITMENT: '承诺事项: what one side promised and is due.',
  TASKFORCE: '专班: one was named to serve in the taskforce of a project.',
  SERVICE_CALL: '吹哨: a call to report in to, to solve, that comes up the ladder, or to rate.',
  ESCALATION: '督办: a step of the ladder that names the recipient.',
  DEADLINE: 'What a record says is due by a day, told by a rule of the zone before, on or after it: permits, milestones, commitments, arrivals, reports of investment, terms of agreements.',
  REPORT: '报告报送: a report of one\'s unit that is due, or one that is late.', NO_PROGRESS: '当月无进展: projects in one\'s charge that have not moved this month.',
  PERSONAL: '个人提醒: what its person asked to be reminded of.', TRANSFER: '转交: a colleague gave a reminder that comes later, or took one back.', DATA_FAULT: '数据质量: what is missing or contradictory in one\'s projects, once a week.',
} satisfies Record<ReminderKind, string>);
export const ReminderStateEnum = describedEnum('ReminderState', 'Where a reminder stands.', {
  PLANNED: 'To come, or put off.', DELIVERED: 'In the inbox.', DONE: 'Done by its recipient or by the act itself.', CANCELLED: 'No longer of any matter, cancelled by its person, or handed over (`handedTo`).',
} satisfies Record<ReminderState, string>);
export const SnoozePresetEnum = describedEnum('SnoozePreset', 'A usual time to be reminded again.', {
  NEXT_WORKING_DAY: 'The next working day.', NEXT_WEEK: 'The first working day on or after next Monday.', ONE_WEEK: 'The working day on or after this day next week.',
} satisfies Record<SnoozePreset, string>);

export const ReminderRepeatEnum = describedEnum('ReminderRepeat', 'How often a personal reminder comes.', {
  NONE: 'Once, on the very day, also a rest day.', DAILY: 'Every working day.', WEEKLY: 'Every week on the same weekday; a rest day rolls on to the next working day.', MONTHLY: 'Every month on the same day, the last where there is none; a rest day rolls on.',
} satisfies Record<Repeat, string>);

@ObjectType({ description: 'What somebody asked to be reminded of, and how often.' })
export class PersonalReminder {
  @Field({ description: 'In their own words.' }) text!: string;
  @Field(() => DateScalar, { description: 'Its first day.' }) startsOn!: string;
  @Field({ description: 'HH:MM in Shanghai.' }) time!: string;
  @Field(() => ReminderRepeatEnum, { description: 'How often.' }) repeat!: Repeat;
  @Field(() => DateScalar, { nullable: true, description: 'Not after this day.' }) untilOn?: string | null;
  @Field(() => Int, { nullable: true, description: 'At most so many times.' }) times?: number | null;
  @Field(() => Date, { nullable: true, description: 'When it was cancelled.' }) endedAt?: Date | null;
}
@ObjectType({ description: 'A reminder that went from one person to another.' })
export class ReminderTransfer {
  @Field(() => Staff, { description: 'Who had it.' }) from!: Staff;
  @Field(() => Staff, { description: 'Who has it since.' }) to!: Staff;
  @Field(() => Staff, { description: 'Who did it.' }) givenBy!: Staff;
  @Field(() => String, { nullable: true, description: 'Why.' }) reason?: string | null;
  @Field(() => Date, { description: 'When.' }) at!: Date;
  @Field({ description: 'Whoever gave it away took it back.' }) takenBack!: boolean;
}

@ObjectType({ implements: () => [Node], description: 'What one person is told about one subject, once per cause; at 09:00 in Shanghai of a working day, personal ones at any time.' })
export class Reminder extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field(() => ReminderKindEnum, { description: 'What it is about.' }) kind!: ReminderKind;
  @Field(() => ReminderStateEnum, { description: 'Where it stands.' }) state!: ReminderState;
  @Field({ description: 'One line to show, in the language of the caller.' }) title!: string;
  @Field(() => DateScalar, { description: 'The day it is about, or the day it was put off to.' }) dueOn!: string;
  @Field(() => Date, { description: 'When it comes: 09:00 in Shanghai of the working day on or after its day.' }) dueAt!: Date;
  @Field({ description: 'Open, and its day was counted through a year whose working calendar is not published: Monday to Friday are taken as working days, and it is counted anew when the year is published.' }) provisional!: boolean;
  @Field({ description: 'Still open and its time has come.' }) overdue!: boolean;
  @Field(() => Date, { nullable: true, description: 'When it last came into the inbox.' }) deliveredAt?: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it was done.' }) doneAt?: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it would have come before it was last put off.' }) snoozedFrom?: Date | null;
  @Field(() => Date, { description: 'When it was planned.' }) createdAt!: Date;
  @Field(() => Project, { nullable: true, description: 'The project it is about.' }) project?: Project | null;
  @Field({ description: 'Open and silenced by its person: in the list under `muted`, and nowhere else.' }) muted!: boolean;
  @Field(() => PersonalReminder, { nullable: true, description: 'Of a personal reminder of one\'s own: what was asked for.' }) personal?: PersonalReminder | null;
  @Field(() => Staff, { nullable: true, description: 'To whom it was handed over.' }) handedTo?: Staff | null;
  @Field(() => [ReminderTransfer], { description: 'Who gave it to whom, oldest first; the latest 50.' }) transfers!: ReminderTransfer[];
}
@ObjectType({ description: 'The caller\'s own reminders, earliest due first.' })
export class ReminderConnection extends connectionOf(Reminder, 'Reminder') {}
@ObjectType({ description: 'A reminder after an act on it.' })
export class ReminderPayload {
  @Field(() => Reminder, { nullable: true, description: 'The reminder as it is now.' }) reminder?: Reminder | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@ObjectType({ description: 'A reminder to come by a rule of the zone, should nothing change until then.' })
export class ReminderForecast {
  @Field(() => DateScalar, { description: 'The working day on which it comes, at 09:00 in Shanghai.' }) on!: string;
  @Field({ description: 'The day was counted through a year whose working calendar is not published.' }) provisional!: boolean;
  @Field({ description: 'Code of the row of policy reminderRules.' }) rule!: string;
  @Field(() => Int, { description: 'Working days from the day on which it is due.' }) offset!: number;
  @Field({ description: 'Kind of deadline.' }) source!: string;
  @Field(() => String, { nullable: true, description: 'Which clock of a record that has several.' }) part?: string | null;
  @Field(() => String, { nullable: true, description: 'What is due, in words.' }) title?: string | null;
  @Field(() => DateScalar, { description: 'When it is due.' }) dueOn!: string;
  @Field(() => ID, { description: 'The deadline, as in `deadlines`.' }) deadlineId!: string;
  @Field(() => [Staff], { description: 'Who will be told.' }) people!: Staff[];
}
@InputType({ description: 'Which of the caller\'s reminders; every given condition must hold.' })
export class ReminderFilter {
  @ArrayMaxSize(4) @Field(() => [ReminderStateEnum], { nullable: true, description: 'States; what is still open (PLANNED, DELIVERED) when absent.' }) state?: ReminderState[] | null;
  @ArrayMaxSize(20) @Field(() => [ReminderKindEnum], { nullable: true, description: 'Kinds.' }) kind?: ReminderKind[] | null;
  @Field(() => DateScalar, { nullable: true, description: 'Due before this Shanghai day.' }) dueBefore?: string | null;
  @Field(() => ID, { nullable: true, description: 'About this project.' }) projectId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'true: only what the caller has silenced; otherwise only what not.' }) muted?: boolean | null;
}

export const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
@InputType({ isAbstract: true })
abstract class ReminderAct {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The reminder; its recipient alone may act on it.' }) reminderId!: string;
  @Field(() => Int, { description: 'Version of the reminder that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ description: 'It is done.' })
export class ReminderCompleteInput extends ReminderAct {}
@InputType({ description: 'The last act on it is taken back.' })
export class ReminderReopenInput extends ReminderAct {
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Why, told to whoever it is taken back from.' }) reason?: string | null;
}
@InputType({ description: 'Not now. Either a day or a preset.' })
export class ReminderSnoozeInput extends ReminderAct {
  @Field(() => DateScalar, { nullable: true, description: 'A day after today, in a year whose working calendar is published; a rest day rolls on to the next working day.' }) until?: string | null;
  @Field(() => SnoozePresetEnum, { nullable: true, description: 'A usual time instead of a day.' }) preset?: SnoozePreset | null;
}
