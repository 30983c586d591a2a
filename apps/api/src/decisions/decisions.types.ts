import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { DECISION_RESULTS } from '@yinfeng/recruitment';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Staff } from '../directory/directory.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { Node } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

const KEY = 'The same key with the same input within 7 days gives the first result.';

export const DecisionResultEnum = describedEnum('DecisionResult', 'What a meeting decided.', { PASSED: '通过', REJECTED: '否决', DEFERRED: '暂缓' } satisfies Record<(typeof DECISION_RESULTS)[number], string>);
export const DecisionStepStateEnum = describedEnum('DecisionStepState', 'Where a step of the chain stands.', {
  PASSED: '通过', REJECTED: '否决; may be decided anew.', DEFERRED: '暂缓; may be decided anew.', OPEN: 'To be decided next.', BLOCKED: 'Waits for the step before it.',
});
export const AdmissionStateEnum = describedEnum('AdmissionState', 'Where a score sheet stands.', { WAITING: 'Waits for another person.', CONFIRMED: 'Confirmed.', RETURNED: 'Sent back with a reason.' });

@ObjectType({ implements: () => [Node], description: 'What a meeting decided on a project.' })
export class ProjectDecision extends Node {
  @Field(() => Int, { description: 'Version, for revoking it.' }) version!: number;
  @Field({ description: 'The chain it belongs to.' }) chain!: string;
  @Field({ description: 'The step of the chain.' }) step!: string;
  @Field(() => DateScalar, { description: 'Day of the meeting.' }) meetingOn!: string;
  @Field(() => DecisionResultEnum, { description: 'What was decided.' }) result!: string;
  @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => ID, { nullable: true, description: 'The minutes; download them at /files/<id>.' }) fileId?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who recorded it.' }) recordedBy?: Staff | null;
  @Field(() => Date, { description: 'When it was recorded.' }) recordedAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When it was revoked; absent: it stands.' }) revokedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'Who revoked it.' }) revokedBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Why it was revoked.' }) revokeReason?: string | null;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
}
@ObjectType({ description: 'A step of the chain of decisions of a project.' })
export class DecisionStep {
  @Field({ description: 'Key of the step, for decisionRecord.' }) step!: string;
  @Field({ description: 'The meeting, in the language of the caller.' }) label!: string;
  @Field(() => Int, { description: '1 for the first.' }) position!: number;
  @Field(() => DecisionStepStateEnum, { description: 'Where it stands.' }) state!: string;
  @Field(() => DateScalar, { nullable: true, description: 'Day of the meeting that says so.' }) on?: string | null;
}
@InputType({ description: 'What a meeting decided.' })
export class DecisionRecordInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @MaxLength(40) @Field({ description: 'Key of the step, see Project.decisions.' }) step!: string;
  @Field(() => DateScalar, { description: 'Day of the meeting; not after today, not before the step before it.' }) meetingOn!: string;
  @Field(() => DecisionResultEnum, { description: 'What was decided.' }) result!: keyof typeof DecisionResultEnum;
  @Field(() => ID, { nullable: true, description: 'The minutes, an uploaded file.' }) fileId?: string | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ description: 'Takes a decision back; its row stays.' })
export class DecisionRevokeInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The decision.' }) decisionId!: string;
  @Field(() => Int, { description: 'Version of the decision that the caller has seen.' }) expectedVersion!: number;
  @MaxLength(1000) @Field({ description: 'Why.' }) reason!: string;
}
@ObjectType({ description: 'A project after a decision on it.' })
export class DecisionPayload {
  @Field(() => ProjectDecision, { nullable: true, description: 'The decision.' }) decision?: ProjectDecision | null;
  @Field(() => Project, { nullable: true, description: 'The project as it is now.' }) project?: Project | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@ObjectType({ description: 'A criterion as it was scored, with its words of that day.' })
export class AdmissionPoints {
  @Field({ description: 'Key of the criterion.' }) key!: string;
  @Field({ description: 'In Chinese.' }) zh!: string;
  @Field({ description: 'In English.' }) en!: string;
  @Field(() => Int, { description: 'Most points.' }) max!: number;
  @Field(() => DecimalScalar, { description: 'Points given.' }) points!: string;
}
@ObjectType({ implements: () => [Node], description: '准入评审: a score sheet; scored by one person, confirmed by another.' })
export class AdmissionSheet extends Node {
  @Field(() => Int, { description: 'Version, for deciding.' }) version!: number;
  @Field(() => Int, { description: '1 for the first; the latest counts.' }) round!: number;
  @Field(() => AdmissionStateEnum, { description: 'Where it stands.' }) state!: string;
  @Field(() => [AdmissionPoints], { description: 'Points by criterion.' }) points!: AdmissionPoints[];
  @Field(() => [String], { description: 'Keys of what vetoes the project.' }) vetoes!: string[];
  @Field(() => DecimalScalar, { description: 'Sum of the points, of 100.' }) total!: string;
  @Field(() => DecimalScalar, { description: 'From how many points a project passed then.' }) passAt!: string;
  @Field({ description: 'Confirmed, nothing vetoed, enough points.' }) passed!: boolean;
  @Field(() => String, { nullable: true, description: 'Note of the scorer.' }) note?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who scored.' }) scoredBy?: Staff | null;
  @Field(() => Date, { description: 'When it was scored.' }) scoredAt!: Date;
  @Field(() => Staff, { nullable: true, description: 'Who confirmed it or sent it back.' }) decidedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When that was.' }) decidedAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'Note of that.' }) decisionNote?: string | null;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
}
@ObjectType({ description: 'A criterion to score, with what the record proposes.' })
export class AdmissionCriterion {
  @Field({ description: 'Key, for admissionScore.' }) key!: string;
  @Field({ description: 'In words, in the language of the caller.' }) label!: string;
  @Field(() => Int, { description: 'Most points.' }) max!: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'Proposed points, where amounts and land are on record.' }) suggested?: string | null;
  @Field(() => String, { nullable: true, description: 'How the proposal comes about.' }) basis?: string | null;
}
@ObjectType({ description: 'What vetoes a project.' })
export class AdmissionVeto {
  @Field({ description: 'Key, for admissionScore.' }) key!: string;
  @Field({ description: 'In words, in the language of the caller.' }) label!: string;
}
@ObjectType({ description: 'What is scored in this zone today, and what the record of this project proposes.' })
export class AdmissionForm {
  @Field(() => [AdmissionCriterion], { description: 'Criteria; their points add up to 100.' }) criteria!: AdmissionCriterion[];
  @Field(() => [AdmissionVeto], { description: 'Vetoes.' }) vetoes!: AdmissionVeto[];
  @Field(() => Int, { description: 'From how many points a project passes.' }) passAt!: number;
  @Field({ description: 'The gate into SIGNED asks for a passed sheet of this project.' }) required!: boolean;
}
@InputType({ description: 'Points for a criterion.' })
export class AdmissionPointsInput {
  @MaxLength(40) @Field({ description: 'Key of the criterion.' }) criterion!: string;
  @Field(() => DecimalScalar, { description: '0 to its maximum, one decimal place at most.' }) points!: string;
}
@InputType({ description: 'A score sheet; every criterion once.' })
export class AdmissionScoreInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @ArrayMaxSize(30) @Field(() => [AdmissionPointsInput], { description: 'Points by criterion.' }) points!: AdmissionPointsInput[];
  @ArrayMaxSize(30) @MaxLength(40, { each: true }) @Field(() => [String], { nullable: true, description: 'Keys of what vetoes the project.' }) vetoes?: string[] | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ description: 'Confirms a score sheet or sends it back; never by the one who scored.' })
export class AdmissionDecideInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The sheet.' }) sheetId!: string;
  @Field(() => Int, { description: 'Version of the sheet that the caller has seen.' }) expectedVersion!: number;
  @Field({ description: 'true: confirmed; false: sent back, with a note.' }) confirm!: boolean;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Required when sent back.' }) note?: string | null;
}
@ObjectType({ description: 'A score sheet after an act on it.' })
export class AdmissionPayload {
  @Field(() => AdmissionSheet, { nullable: true, description: 'The sheet.' }) sheet?: AdmissionSheet | null;
  @Field(() => Project, { nullable: true, description: 'The project as it is now.' }) project?: Project | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
