import { Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { DuplicateDecided, FindingKind, FindingState } from '@yinfeng/recruitment';
import type { DuplicateLevel } from '@yinfeng/enterprises';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Staff } from '../directory/directory.types.js';
import { Enterprise } from '../enterprises/enterprises.types.js';
import * as E from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf } from '../graphql/relay.js';
import { Project } from '../projects/projects.types.js';

@ObjectType({ description: 'What was decided about two records that look alike.' })
export class DuplicateDecision {
  @Field(() => E.DuplicateVerdictEnum, { description: 'The decision.' }) verdict!: string;
  @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who decided.' }) decidedBy?: Staff | null;
  @Field(() => Date, { description: 'When.' }) decidedAt!: Date;
  @Field(() => Int, { description: 'Raised by each change.' }) version!: number;
}
@ObjectType({ description: 'One of two records that look alike. Of one that the caller may not see, only unit and person are told.' })
export class DuplicateSide {
  @Field(() => Project, { nullable: true, description: 'The project, if the caller may see it.' }) project?: Project | null;
  @Field(() => Enterprise, { nullable: true, description: 'The enterprise, if the caller may see it.' }) enterprise?: Enterprise | null;
  @Field(() => String, { nullable: true, description: 'The unit in charge.' }) reportedBy?: string | null;
  @Field(() => String, { nullable: true, description: 'Whom to ask.' }) askPerson?: string | null;
}
@ObjectType({ description: 'Two records that a scan found to look alike.' })
export class DuplicateFinding {
  @Field(() => E.DuplicateFindingKindEnum, { description: 'Projects or enterprises.' }) kind!: string;
  @Field(() => E.DuplicateLevelEnum, { description: 'How alike.' }) level!: string;
  @Field(() => Float, { description: 'Confidence, 0 to 1.' }) confidence!: number;
  @Field(() => [E.DuplicateReasonEnum], { description: 'Why.' }) reasons!: string[];
  @Field(() => E.DuplicateFindingStateEnum, { description: 'Where it stands.' }) state!: string;
  @Field(() => Date, { description: 'When a scan first found it.' }) firstSeenAt!: Date;
  @Field(() => Date, { description: 'When a scan last found it.' }) lastSeenAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When a scan no longer found it.' }) closedAt?: Date | null;
  @Field(() => DuplicateSide, { description: 'The one.' }) first!: DuplicateSide;
  @Field(() => DuplicateSide, { description: 'The other.' }) second!: DuplicateSide;
  @Field(() => DuplicateDecision, { nullable: true, description: 'What was decided about the two.' }) decision?: DuplicateDecision | null;
}
@ObjectType({ description: 'Findings, worst first.' })
export class DuplicateFindingConnection extends connectionOf(DuplicateFinding, 'DuplicateFinding') {}

@ObjectType({ description: 'A run through everything that the zone has on record.' })
export class DuplicateScan {
  @Field(() => E.DuplicateScanStateEnum, { description: 'Where it stands.' }) state!: string;
  @Field(() => Int, { description: 'Records gone through.' }) done!: number;
  @Field(() => Int, { description: 'Records there were at the start.' }) total!: number;
  @Field(() => Int, { description: 'Pairs found.' }) found!: number;
  @Field(() => Int, { description: 'Earlier findings that no longer hold.' }) closed!: number;
  @Field(() => Staff, { nullable: true, description: 'Who asked for it.' }) requestedBy?: Staff | null;
  @Field(() => Date, { description: 'When it was asked for.' }) requestedAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When it ended.' }) finishedAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'Reference of what went wrong, for the administrator.' }) failure?: string | null;
}
@ObjectType({ description: 'A scan, new or under way.' })
export class DuplicateScanPayload {
  @Field(() => DuplicateScan, { nullable: true, description: 'The scan.' }) scan?: DuplicateScan | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'The decision as it stands.' })
export class DuplicateDecisionPayload {
  @Field(() => DuplicateDecision, { nullable: true, description: 'The decision.' }) decision?: DuplicateDecision | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@ObjectType({ description: 'One thing that two projects say of themselves.' })
export class DuplicateField {
  @Field({ description: 'Name of the field.' }) field!: string;
  @Field({ description: 'Its label in the language of the caller.' }) label!: string;
  @Field(() => String, { nullable: true, description: 'What the one says.' }) a?: string | null;
  @Field(() => String, { nullable: true, description: 'What the other says.' }) b?: string | null;
  @Field({ description: 'Both say the same, or share something.' }) same!: boolean;
  @Field({ description: 'Both say something, and only one can be right of one project.' }) conflict!: boolean;
}
@ObjectType({ description: 'Two projects beside each other.' })
export class DuplicateComparison {
  @Field(() => E.DuplicateLevelEnum, { nullable: true, description: 'How alike; absent when they are not.' }) level?: string | null;
  @Field(() => Float, { nullable: true, description: 'Confidence, 0 to 1.' }) confidence?: number | null;
  @Field(() => [E.DuplicateReasonEnum], { description: 'Why.' }) reasons!: string[];
  @Field(() => E.DuplicateVerdictEnum, { nullable: true, description: 'What was decided about them.' }) decided?: string | null;
  @Field(() => [DuplicateField], { description: 'Field by field; phones are masked.' }) rows!: DuplicateField[];
}

@InputType({ description: 'Which findings; every given condition must hold.' })
export class DuplicateFindingFilter {
  @ArrayMaxSize(4) @Field(() => [E.DuplicateLevelEnum], { nullable: true, description: 'Levels.' }) levels?: DuplicateLevel[] | null;
  @ArrayMaxSize(3) @Field(() => [E.DuplicateFindingStateEnum], { nullable: true, description: 'States.' }) states?: FindingState[] | null;
  @ArrayMaxSize(2) @Field(() => [E.DuplicateFindingKindEnum], { nullable: true, description: 'Projects or enterprises.' }) kinds?: FindingKind[] | null;
}
@InputType({ description: 'Starts a scan.' })
export class DuplicateScanInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.' }) idempotencyKey?: string | null;
}
@InputType({ description: 'Decides about two projects or two enterprises that look alike.' })
export class DuplicateDecideInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.' }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The one, a project or an enterprise.' }) firstId!: string;
  @Field(() => ID, { description: 'The other, of the same kind.' }) secondId!: string;
  @Field(() => E.DuplicateVerdictEnum, { description: 'What they are.' }) verdict!: DuplicateDecided;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Why.' }) note?: string | null;
  @Field(() => Int, { nullable: true, description: 'Version of the decision that is changed; absent for the first one.' }) expectedVersion?: number | null;
}
