import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { ReportActKind, ReportCheck, ReportState } from '@yinfeng/construction';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Department, Staff } from '../directory/directory.types.js';
import { describedEnum, StageEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';

const KEY = 'The same key with the same input within 7 days gives the first result.';
const VERSION = 'Version that the caller has seen.';

export const ReportStateEnum = describedEnum('ReportState', 'Whether a report was handed in.', { DUE: '待报送: not yet, in time or not (see `overdue`).', FILED: '已报送: up to and including its moment.', LATE: '逾期报送: after it.', EXCUSED: '已免报: need not be.' } satisfies Record<ReportState, string>);
export const ReportActEnum = describedEnum('ReportActKind', 'What was done with a report.', { FILE: '报送', EXCUSE: '免报', WITHDRAW: '撤回: a hand-in or an excuse was taken back.' } satisfies Record<ReportActKind, string>);
export const ReportCheckEnum = describedEnum('ReportCheck', 'What a report is looked through for, among the projects of its unit and all below it.', {
  NO_PROGRESS_REASONS: '无进展未说明: no progress in the last whole calendar month (`month`), and no reason.', NEXT_STEPS: '无下一步: under way without what, who and when of a next step.',
  VISITS_LOGGED: '走访未登记: the follow-up day has passed, and no visit was logged on or after it.', CHANGED_PROJECTS: '新增或有变化: what the report is about; no fault.',
} satisfies Record<ReportCheck, string>);

@ObjectType({ description: 'How many projects a check finds: now while the report is open, as they were kept once it was handed in or excused. `reportGaps` lists exactly these.' })
export class ReportCheckFigure {
  @Field(() => ReportCheckEnum, { description: 'What was looked for.' }) check!: ReportCheck;
  @Field({ description: 'Whether it is a fault to be put right.' }) fault!: boolean;
  @Field(() => Int, { description: 'Projects, among those that the caller may see.' }) count!: number;
}
@ObjectType({ description: 'Who was told of a report, and when.' })
export class ReportTold {
  @Field(() => Staff, { nullable: true, description: 'Who.' }) staff?: Staff | null;
  @Field(() => Date, { description: 'When it came into the inbox.' }) at!: Date;
  @Field({ description: 'That it is late; false: that it is due.' }) late!: boolean;
}
@ObjectType({ description: 'A file of a report; download it at /files/<id>.' })
export class ReportDocument {
  @Field(() => ID, { description: 'Id of the stored file.' }) id!: string;
  @Field({ description: 'Name.' }) name!: string;
  @Field({ description: 'Media type.' }) mediaType!: string;
}
@ObjectType({ description: 'Something done with a report. Nothing of it is ever changed.' })
export class ReportActEntry {
  @Field(() => ReportActEnum, { description: 'What.' }) act!: ReportActKind;
  @Field(() => Date, { description: 'When.' }) at!: Date;
  @Field(() => Staff, { nullable: true, description: 'By whom.' }) by?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Note or reason.' }) words?: string | null;
  @Field({ description: 'After the moment it was due.' }) late!: boolean;
  @Field(() => ReportDocument, { nullable: true, description: 'What was handed in with it.' }) file?: ReportDocument | null;
}
@ObjectType({ implements: () => [Node], description: '应报报告: one report of one unit for one period, opened by the zone\'s rule (policy `reportsDue`).' })
export class ReportFiling extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field({ description: 'Code of the report in the rule.' }) code!: string;
  @Field(() => Department, { description: 'The unit; it stands for all below it.' }) department!: Department;
  @Field(() => DateScalar, { description: 'The day of the rule, before a holiday moved it; it names the period.' }) periodOn!: string;
  @Field(() => DateScalar, { description: 'The day on which the one before was due: what happened after that belongs to this one.' }) fromOn!: string;
  @Field(() => DateScalar, { description: 'Shanghai day by which it is handed in.' }) dueOn!: string;
  @Field(() => Date, { description: 'The moment; that very second is in time.' }) dueAt!: Date;
  @Field(() => DateScalar, { description: 'First day of the calendar month whose silence asks for reasons: the last one that is over when it is due.' }) month!: string;
  @Field({ description: 'The day lies in a year whose holidays are not published yet: Monday to Friday count, and it may move.' }) provisional!: boolean;
  @Field(() => Date, { description: 'Since when it is asked for.' }) openedAt!: Date;
  @Field(() => ReportStateEnum, { description: 'Whether it was handed in.' }) state!: ReportState;
  @Field({ description: 'Not handed in, and past its moment.' }) overdue!: boolean;
  @Field(() => Date, { nullable: true, description: 'When it was handed in.' }) filedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'By whom.' }) filedBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Note of whoever handed it in.' }) note?: string | null;
  @Field(() => ReportDocument, { nullable: true, description: 'What was handed in.' }) file?: ReportDocument | null;
  @Field(() => Date, { nullable: true, description: 'When it was excused.' }) excusedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'By whom.' }) excusedBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Why it was excused.' }) reason?: string | null;
  @Field(() => [ReportCheckFigure], { description: 'What its checks find.' }) missing!: ReportCheckFigure[];
  @Field(() => [ReportTold], { description: 'Who was told, earliest first.' }) told!: ReportTold[];
  @Field(() => [ReportActEntry], { description: 'What was done with it, newest first.' }) acts!: ReportActEntry[];
}
@ObjectType({ description: 'Reports in order.' })
export class ReportFilingConnection extends connectionOf(ReportFiling, 'ReportFiling') {}
@ObjectType({ description: 'A report after an act on it.' })
export class ReportFilingPayload {
  @Field(() => ReportFiling, { nullable: true, description: 'The report as it is now.' }) reportFiling?: ReportFiling | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@InputType({ description: 'Which reports; every given condition must hold.' })
export class ReportFilter {
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Of exactly these units.' }) departmentIds?: string[] | null;
  @ArrayMaxSize(20) @MaxLength(40, { each: true }) @Field(() => [String], { nullable: true, description: 'Codes of reports.' }) codes?: string[] | null;
  @ArrayMaxSize(4) @Field(() => [ReportStateEnum], { nullable: true, description: 'States.' }) states?: ReportState[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Not handed in and past its moment; false: the others.' }) overdue?: boolean | null;
  @Field(() => DateScalar, { nullable: true, description: 'Due on or after this day.' }) from?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Due on or before this day.' }) to?: string | null;
}
@InputType({ description: 'A report that is handed in.' })
export class ReportFileInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The report.' }) filingId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => ID, { nullable: true, description: 'What is handed in: a file that the caller uploaded or had written (weeklySheetExport).' }) fileId?: string | null;
}
@InputType({ description: 'A report that need not be handed in.' })
export class ReportExcuseInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The report.' }) filingId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @MaxLength(2000) @Field({ description: 'Why.' }) reason!: string;
}
@InputType({ description: 'A hand-in or an excuse that is taken back.' })
export class ReportWithdrawInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The report.' }) filingId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @MaxLength(2000) @Field({ description: 'Why.' }) reason!: string;
}
@ObjectType({ description: 'How a unit kept its days. `reportsDue` with the same unit, days and state lists exactly the rows of each number.' })
export class ReportPunctuality {
  @Field(() => Department, { description: 'The unit.' }) department!: Department;
  @Field(() => Int, { description: 'Fallen due in these days, by now.' }) due!: number;
  @Field(() => Int, { description: 'Handed in in time (FILED).' }) inTime!: number;
  @Field(() => Int, { description: 'Handed in late (LATE).' }) late!: number;
  @Field(() => Int, { description: 'Not handed in (DUE).' }) missing!: number;
  @Field(() => Int, { description: 'Excused (EXCUSED); left out of the share.' }) excused!: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'In time, in percent of what was due and not excused, to one decimal; null where nothing was.' }) share?: string | null;
}

@ObjectType({ description: 'A reason that the zone knows for a month without progress (policy `noProgressReasons`).' })
export class NoProgressReason {
  @Field({ description: 'Code, for acts.' }) code!: string;
}
@ObjectType({ implements: () => [Node], description: 'Why nothing happened to a project in a calendar month. What was said is never changed: a correction is a new one, which replaces it.' })
export class NoProgressNote extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field(() => DateScalar, { description: 'First day of the month.' }) month!: string;
  @Field({ description: 'Code of the reason.' }) reason!: string;
  @Field({ description: 'In words; numbers are masked as those of a visit.' }) words!: string;
  @Field(() => Staff, { nullable: true, description: 'Who said so.' }) saidBy?: Staff | null;
  @Field(() => Date, { description: 'When.' }) saidAt!: Date;
  @Field({ description: 'Whether it counts: neither corrected nor taken back.' }) stands!: boolean;
  @Field(() => Date, { nullable: true, description: 'When a correction took its place.' }) replacedAt?: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it was taken back.' }) withdrawnAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'By whom.' }) withdrawnBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Why it was taken back.' }) withdrawReason?: string | null;
}
@ObjectType({ description: 'A reason after an act on it.' })
export class NoProgressNotePayload {
  @Field(() => NoProgressNote, { nullable: true, description: 'The reason as it is now; after a correction the new one.' }) noProgressNote?: NoProgressNote | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@InputType({ description: 'Which projects without progress; every given condition must hold.' })
export class NoProgressFilter {
  @Field(() => Boolean, { nullable: true, description: 'With a reason that stands; false: without.' }) explained?: boolean | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Of these departments or any below them.' }) departmentIds?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'In the charge of these people.' }) ownerIds?: string[] | null;
  @ArrayMaxSize(7) @Field(() => [StageEnum], { nullable: true, description: 'Stages.' }) stages?: (keyof typeof StageEnum)[] | null;
}
@InputType({ description: 'Why a project did not move in a month.' })
export class NoProgressExplainInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => DateScalar, { description: 'Any day of the month, this one or an earlier one.' }) month!: string;
  @MaxLength(40) @Field({ description: 'Code of a reason of the zone (noProgressReasons).' }) reason!: string;
  @MaxLength(1000) @Field({ description: 'In words.' }) words!: string;
}
@InputType({ description: 'Another reason in the place of one that stands; absent means as before.' })
export class NoProgressCorrectInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The reason that is put right.' }) noteId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'Code of a reason of the zone.' }) reason?: string | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'In words.' }) words?: string | null;
}
@InputType({ description: 'A reason that is taken back.' })
export class NoProgressWithdrawInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The reason.' }) noteId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @MaxLength(1000) @Field({ description: 'Why it is taken back.' }) why!: string;
}
