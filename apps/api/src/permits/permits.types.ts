import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type PERMIT_ACTS, type PERMIT_DIMENSIONS, type PERMIT_MEASURES, type PERMIT_STATES } from '@yinfeng/construction';
import { ArrayMaxSize } from 'class-validator';
import { Department, Staff } from '../directory/directory.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

export const PermitStateEnum = describedEnum('PermitState', 'Where a permit stands.', {
  NOT_STARTED: '未开始: something before it is not done.', READY: '可申报: everything before it is done.', APPLIED: '办理中: its clock runs.', SUPPLEMENT: '待补正: more was asked for, its clock stands.',
  GRANTED: '已办结.', REFUSED: '不予许可: may be applied for again.', NOT_NEEDED: '无需办理: what waits for it goes on.',
} satisfies Record<(typeof PERMIT_STATES)[number], string>);
export const PermitActEnum = describedEnum('PermitAct', 'What happened to a permit.', {
  OPENED: '列入清单', EDITED: '变更', SKIPPED: '标为无需办理', APPLIED: '申报', STOPPED: '要求补正', RESUMED: '补正完成', GRANTED: '办结', REFUSED: '不予许可', PROMISE_KEPT: '承诺兑现', TAKEN_BACK: '撤回上一步',
} satisfies Record<(typeof PERMIT_ACTS)[number], string>);
export const PermitMeasureEnum = describedEnum('PermitMeasure', 'How the time of a permit is told.', { DAYS: 'In working days.', MINUTES: 'In minutes at the counter, beside the working days.' } satisfies Record<(typeof PERMIT_MEASURES)[number], string>);
export const PermitDimensionEnum = describedEnum('PermitDimension', 'What figures of permits are told by.', { CODE: 'Which permit.', DEPARTMENT: 'Which department handles it.' } satisfies Record<(typeof PERMIT_DIMENSIONS)[number], string>);

@ObjectType({ description: 'Another permit of the same project, in short.' })
export class PermitBeside {
  @Field(() => ID, { description: 'Its id.' }) id!: string;
  @Field({ description: 'Its code.' }) code!: string;
  @Field({ description: 'Its name.' }) label!: string;
  @Field({ description: 'Its name in English.' }) labelEn!: string;
  @Field({ description: 'Granted, or not needed.' }) done!: boolean;
}
@ObjectType({ description: 'A paper of a permit; it is evidence of the project too.' })
export class PermitFile {
  @Field(() => ID, { description: 'Download it at /files/<id>.' }) fileId!: string;
  @Field(() => String, { nullable: true, description: 'Which paper.' }) label?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the file.' }) name?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who added it.' }) addedBy?: Staff | null;
  @Field(() => Date, { description: 'When.' }) addedAt!: Date;
}
@ObjectType({ description: 'One thing that happened to a permit.' })
export class PermitEvent {
  @Field(() => PermitActEnum, { description: 'What.' }) act!: string;
  @Field(() => PermitStateEnum, { nullable: true, description: 'From which state; READY is told as NOT_STARTED.' }) fromState?: string | null;
  @Field(() => PermitStateEnum, { description: 'To which state.' }) toState!: string;
  @Field(() => DateScalar, { nullable: true, description: 'On which day it happened.' }) onDay?: string | null;
  @Field(() => String, { nullable: true, description: 'Why, or a note.' }) reason?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who entered it.' }) by?: Staff | null;
  @Field(() => Date, { description: 'When it was entered.' }) at!: Date;
}
@ObjectType({ implements: () => [Node], description: '证照手续: a permit or step that a project needs, with its clock in working days.' })
export class Permit extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field({ description: 'Which step of the zone\'s list; OTHER_n for one that was added.' }) code!: string;
  @Field({ description: 'Its name.' }) label!: string;
  @Field({ description: 'Its name in English.' }) labelEn!: string;
  @Field(() => PermitStateEnum, { description: 'Where it stands.' }) state!: string;
  @Field(() => Int, { description: 'Which application, from 1; 0: none yet.' }) round!: number;
  @Field(() => Department, { nullable: true, description: 'Who handles it; its service people see the project.' }) department?: Department | null;
  @Field(() => Staff, { nullable: true, description: 'The person there.' }) assignee?: Staff | null;
  @Field(() => PermitMeasureEnum, { description: 'How its time is told.' }) measured!: string;
  @Field(() => Int, { nullable: true, description: 'Working days allowed from application to grant, on the lane that it is on.' }) allowedDays?: number | null;
  @Field(() => Int, { nullable: true, description: 'Minutes allowed, of those measured in minutes.' }) allowedMinutes?: number | null;
  @Field({ description: '绿色通道: on the express lane.' }) express!: boolean;
  @Field({ description: '联合预审: reviewed together with others beforehand.' }) joint!: boolean;
  @Field(() => DateScalar, { nullable: true, description: 'Day of the application.' }) appliedOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Day of the grant.' }) grantedOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Day of the refusal.' }) refusedOn?: string | null;
  @Field(() => String, { nullable: true, description: 'Number of the certificate.' }) number?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Last day of its validity.' }) validUntil?: string | null;
  @Field(() => Int, { nullable: true, description: 'Minutes that it took.' }) minutes?: number | null;
  @Field(() => Int, { nullable: true, description: 'Working days used so far or in all, without those on which the clock stood.' }) usedDays?: number | null;
  @Field(() => Int, { description: 'Working days on which the clock stood because more was asked for.' }) stoppedDays!: number;
  @Field(() => DateScalar, { nullable: true, description: 'Since when the clock stands.' }) stoppedOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Last day in time: allowed days after the application, moved by those on which the clock stood; absent while it stands.' }) dueOn?: string | null;
  @Field({ description: 'That day lies in a year whose holidays are not published.' }) dueProvisional!: boolean;
  @Field({ description: 'Not decided, and its day has passed.' }) overdue!: boolean;
  @Field(() => Boolean, { nullable: true, description: 'Granted within the time allowed; absent before the grant, or where no time is set.' }) onTime?: boolean | null;
  @Field({ description: '告知承诺 is possible.' }) mayPromise!: boolean;
  @Field(() => String, { nullable: true, description: '告知承诺: what follows after the grant.' }) promise?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'By when it follows.' }) promiseDueOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'When it followed.' }) promiseKeptOn?: string | null;
  @Field({ description: 'It has not followed, and its day has passed.' }) promiseOverdue!: boolean;
  @Field(() => [PermitBeside], { description: 'What has to be done before it.' }) dependsOn!: PermitBeside[];
  @Field(() => [PermitBeside], { description: 'What of that is not done.' }) waitsFor!: PermitBeside[];
  @Field(() => [PermitBeside], { description: '容缺受理: what was not done when the application was taken all the same.' }) tolerated!: PermitBeside[];
  @Field(() => [String], { description: 'Papers that prove it.' }) evidence!: string[];
  @Field(() => [String], { description: 'Those of them that are not there.' }) missingEvidence!: string[];
  @Field(() => [PermitFile], { description: 'Its papers.' }) files!: PermitFile[];
  @Field(() => [PermitEvent], { description: 'Its story, newest first, at most 200.' }) events!: PermitEvent[];
  @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => String, { nullable: true, description: 'Reason or note of the last act.' }) reason?: string | null;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
}
@ObjectType({ description: 'Permits, newest first.' })
export class PermitConnection extends connectionOf(Permit, 'Permit') {}
@ObjectType({ description: 'A permit after an act on it.' })
export class PermitPayload {
  @Field(() => Permit, { nullable: true, description: 'The permit as it is now.' }) permit?: Permit | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'A project whose permits were opened.' })
export class PermitsOpenPayload {
  @Field(() => Project, { nullable: true, description: 'The project as it is now.' }) project?: Project | null;
  @Field(() => Int, { nullable: true, description: 'How many permits were added.' }) opened?: number | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'When a permit can begin and finish at the earliest.' })
export class PermitPlanStep {
  @Field(() => Permit, { description: 'The permit.' }) permit!: Permit;
  @Field(() => DateScalar, { nullable: true, description: 'Applied for on this day, or earliest from it on.' }) startsOn?: string | null;
  @Field(() => DateScalar, { description: 'Granted on this day, or at the earliest when every step takes the time allowed.' }) finishesOn!: string;
  @Field({ description: 'Counted into a year whose holidays are not published.' }) provisional!: boolean;
  @Field({ description: 'On the path that decides the last day.' }) critical!: boolean;
}
@ObjectType({ description: '最早办结: how long the permits of a project take when every step takes the time allowed, from today.' })
export class PermitPlan {
  @Field(() => DateScalar, { description: 'Day on which the last one is granted.' }) finishOn!: string;
  @Field({ description: 'Counted into a year whose holidays are not published.' }) provisional!: boolean;
  @Field(() => [PermitPlanStep], { description: 'Every permit that is needed, by its last day.' }) steps!: PermitPlanStep[];
}
@ObjectType({ description: 'Permits granted in a period, counted.' })
export class PermitCounts {
  @Field(() => Int, { description: 'Permits granted: exactly those of `permits` with the same filter and grantedFrom, grantedTo.' }) granted!: number;
  @Field(() => Int, { description: 'Projects that they are of.' }) projects!: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'Working days used on average, to one decimal; days on which the clock stood do not count.' }) averageDays?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Working days used in the middle of all.' }) medianDays?: string | null;
  @Field(() => Int, { description: 'Those for which a time is allowed.' }) timed!: number;
  @Field(() => Int, { description: 'Of them, those within it.' }) onTime!: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'On time of timed in per cent, to one decimal.' }) onTimeRate?: string | null;
  @Field(() => Int, { description: 'Those on the express lane.' }) express!: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'Express of granted in per cent, to one decimal.' }) expressRate?: string | null;
  @Field(() => Int, { description: 'Those granted on a promise.' }) promised!: number;
  @Field(() => Int, { description: 'Those whose minutes are told.' }) clocked!: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'Their minutes on average, to one decimal.' }) averageMinutes?: string | null;
}
@ObjectType({ description: 'Permits of one kind or department.' })
export class PermitFigureRow extends PermitCounts {
  @Field(() => String, { nullable: true, description: 'Code, or id of the department; absent: nobody is named.' }) key?: string | null;
  @Field({ description: 'In words.' }) label!: string;
}
@ObjectType({ description: 'Figures of permits granted in a period.' })
export class PermitFigures {
  @Field(() => DateScalar, { description: 'First day.' }) from!: string;
  @Field(() => DateScalar, { description: 'Last day.' }) to!: string;
  @Field(() => PermitCounts, { description: 'Of all.' }) total!: PermitCounts;
  @Field(() => [PermitFigureRow], { description: 'By the dimension asked for, at most 500.' }) rows!: PermitFigureRow[];
}

@InputType({ description: 'Which permits; every given condition must hold.' })
export class PermitFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(7) @Field(() => [PermitStateEnum], { nullable: true, description: 'States.' }) states?: (keyof typeof PermitStateEnum)[] | null;
  @ArrayMaxSize(60) @Field(() => [String], { nullable: true, description: 'Codes of the zone\'s list.' }) codes?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Handled by these departments or any below them.' }) departmentIds?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Handled by these people.' }) staffIds?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Past its day, or with a promise past its own; false: neither.' }) overdue?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'On the express lane, or not.' }) express?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Applied for on a promise, or not.' }) promised?: boolean | null;
  @Field(() => DateScalar, { nullable: true, description: 'Being handled, and due on or before this day.' }) dueBefore?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Granted on this day or later.' }) grantedFrom?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Granted on this day or before.' }) grantedTo?: string | null;
}
