import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type ProtectionState, type StatusAct, type StatusRequestState } from '@yinfeng/recruitment';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Staff } from '../directory/directory.types.js';
import * as E from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

export const StatusActEnum = E.describedEnum('StatusAct', 'What can be done to a project apart from its stage.', {
  SUSPEND: '暂停.', RESUME: '恢复: goes on after a suspension.', WITHDRAW: '退库: taken off the library.', LOSE: '流失: lost to another place.', REOPEN: '重新启用: back after 退库 or 流失.', RELEASE: '退回公海.', EXTEND: '延长首报保护期.',
} satisfies Record<StatusAct, string>);
export const StatusRequestStateEnum = E.describedEnum('StatusRequestState', 'Where a change of status stands.', {
  WAITING: 'Waits for a second person.', APPLIED: 'Took effect at once: no second person was needed.', APPROVED: 'Approved, and took effect.', REJECTED: 'Turned down; the project is as it was.', OVERTAKEN: 'The project has changed meanwhile.',
} satisfies Record<StatusRequestState, string>);
export const StatusOutcomeEnum = E.describedEnum('StatusOutcome', 'What became of an act.', { DONE: 'It took effect, or was decided.', WAITING: 'Waits for a second person.' });
export const ProtectionStateEnum = E.describedEnum('ProtectionState', 'Where a protection stands.', {
  PROTECTED: '保护期内.', LAPSED: '已届满.', SECURED: 'Signed: protected without end.', RELEASED: 'In the pool: free for all.',
} satisfies Record<ProtectionState, string>);

@ObjectType({ implements: () => [Node], description: 'A change of status that was made or asked for, with its reason; extensions of protections and releases among them.' })
export class StatusRequest extends Node {
  @Field(() => Int, { description: 'Version.' }) version!: number;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => StatusActEnum, { description: 'What was asked for.' }) act!: StatusAct;
  @Field(() => StatusRequestStateEnum, { description: 'Where it stands.' }) state!: StatusRequestState;
  @Field(() => E.ProjectStatusEnum, { description: 'The status then.' }) fromStatus!: string;
  @Field(() => E.ProjectStatusEnum, { description: 'The status it leads to.' }) toStatus!: string;
  @Field({ description: 'Reason, from the zone\'s list (`statusReasons`).' }) reasonCode!: string;
  @Field(() => String, { nullable: true, description: 'Reason in words.' }) reason?: string | null;
  @Field(() => String, { nullable: true, description: 'Lost to which place.' }) lostToRegion?: string | null;
  @Field(() => String, { nullable: true, description: 'Lost to whom.' }) lostToCompetitor?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Lost on which day.' }) lostOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'For a release that the clock asks for: since when nothing has happened.' }) silentSince?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'The day that an approved extension reaches.' }) protectionUntil?: string | null;
  @Field(() => Date, { description: 'When it was asked.' }) requestedAt!: Date;
  @Field(() => Staff, { nullable: true, description: 'Who asked; absent when the clock did.' }) requestedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was decided or took effect.' }) decidedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'The second person.' }) decidedBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Note of the decision.' }) decisionNote?: string | null;
}
@ObjectType({ description: 'Changes of status, latest asked first.' })
export class StatusRequestConnection extends connectionOf(StatusRequest, 'StatusRequest') {}
@ObjectType({ description: 'A reason that may be given for a change of status.' })
export class StatusReason {
  @Field({ description: 'Its code.' }) code!: string;
  @Field({ description: 'In words, in the language of the caller.' }) label!: string;
  @Field(() => [StatusActEnum], { description: 'For which acts.' }) acts!: StatusAct[];
}
@ObjectType({ description: '首报保护期: how long the first report, or whoever took the project over, is protected.' })
export class Protection {
  @Field(() => ProtectionStateEnum, { description: 'Where it stands today.' }) state!: ProtectionState;
  @Field(() => DateScalar, { description: 'Since when.' }) startedOn!: string;
  @Field(() => DateScalar, { nullable: true, description: 'The last protected day; absent once signed, for then it has no end.' }) until?: string | null;
  @Field(() => Int, { description: 'How often it was extended.' }) extended!: number;
  @Field(() => Int, { description: 'How often it may still be extended.' }) extensionsLeft!: number;
  @Field(() => String, { nullable: true, description: 'Whom it protects.' }) holderName?: string | null;
}
@ObjectType({ description: 'The days on which a project\'s silence will show, if nothing happens.' })
export class IdleClock {
  @Field(() => DateScalar, { nullable: true, description: 'First step: by the limit of its stage (working days) or its class (months), whichever is sooner.' }) yellowOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Second step.' }) redOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'When its release was announced.' }) warnedOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'From this working day it goes to the pool.' }) releaseOn?: string | null;
  @Field(() => Int, { nullable: true, description: 'A day lies in this year, whose working calendar is not published yet: it is unknown and waits.' }) waitsForYear?: number | null;
}
@ObjectType({ description: 'What a light means in this zone.' })
export class LightMeaning {
  @Field(() => E.LightEnum, { description: 'The light.' }) light!: string;
  @Field({ description: 'Its meaning, in the language of the caller.' }) label!: string;
}
@ObjectType({ description: 'A project after a change of its status, or with one that waits.' })
export class StatusPayload {
  @Field(() => Project, { nullable: true, description: 'The project as it is now; absent when the caller no longer sees it (released into the pool).' }) project?: Project | null;
  @Field(() => StatusOutcomeEnum, { nullable: true, description: 'Done, or waiting.' }) outcome?: string | null;
  @Field(() => StatusRequest, { nullable: true, description: 'The request.' }) request?: StatusRequest | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
const VERSION = 'Version of the project that the caller has seen.';

@InputType({ description: 'Which changes of status; every given condition must hold.' })
export class StatusRequestFilter {
  @ArrayMaxSize(5) @Field(() => [StatusRequestStateEnum], { nullable: true, description: 'States.' }) states?: StatusRequestState[] | null;
  @ArrayMaxSize(7) @Field(() => [StatusActEnum], { nullable: true, description: 'Acts.' }) acts?: StatusAct[] | null;
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
}
@InputType({ isAbstract: true })
abstract class StatusActInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @MaxLength(40) @Field({ description: 'Reason, from `statusReasons`; OTHER needs words.' }) reasonCode!: string;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Reason in words.' }) reason?: string | null;
}
@InputType({ description: '暂停.' })
export class ProjectSuspendInput extends StatusActInput {}
@InputType({ description: '恢复.' })
export class ProjectResumeInput extends StatusActInput {}
@InputType({ description: '退库.' })
export class ProjectWithdrawInput extends StatusActInput {}
@InputType({ description: '流失.' })
export class ProjectLoseInput extends StatusActInput {
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Lost to which place.' }) lostToRegion?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Lost to whom.' }) lostToCompetitor?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'On which day; today when absent, not after today.' }) lostOn?: string | null;
}
@InputType({ description: '重新启用 after 退库 or 流失.' })
export class ProjectReopenInput extends StatusActInput {}
@InputType({ description: '延长首报保护期; always decided by a second person.' })
export class ProtectionExtendInput extends StatusActInput {}
@InputType({ description: '退回公海, by the person in charge or a head.' })
export class PoolReleaseInput extends StatusActInput {}
@InputType({ description: 'Suspends, withdraws, marks as lost, releases or reopens: names the status that is wanted.' })
export class ProjectStatusChangeInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @Field(() => E.ProjectStatusEnum, { description: 'The new status.' }) toStatus!: keyof typeof E.ProjectStatusEnum;
  @MaxLength(1000) @Field({ description: 'Why.' }) reason!: string;
}
@InputType({ description: 'Decides a change of status; never by the one who asked.' })
export class StatusApproveInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The request.' }) requestId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @Field({ defaultValue: true, description: 'true: approve; false: turn down, with a note.' }) approve!: boolean;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Required when turned down.' }) note?: string | null;
}
