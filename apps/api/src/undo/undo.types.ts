import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { BULK_MOST } from '@yinfeng/recruitment';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Staff } from '../directory/directory.types.js';
import { Enterprise } from '../enterprises/enterprises.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

export const MergeKindEnum = describedEnum('MergeKind', 'What is merged.', { PROJECT: 'Projects.', ENTERPRISE: 'Enterprises.', CONTACT: 'Contacts.' });
export const MergeChoiceEnum = describedEnum('MergeChoice', 'Whose value a merged record has.', { KEEP_SURVIVOR: 'That of the record that stays.', TAKE_OTHER: 'That of the record that goes.' });
export const UndoKindEnum = describedEnum('UndoKind', 'What can be taken back.', { MERGE: '合并: by mergeUndo.', DELETION: '删除: by deletionUndo.', BULK: '批量修改: by bulkUndo.', STAGE: '阶段推进: by stageUndo.' });
export const UndoEntityEnum = describedEnum('UndoEntity', 'What kind of record an act was about.', { PROJECT: 'Projects.', ENTERPRISE: 'Enterprises.', CONTACT: 'Contacts.', VISIT: 'A visit.', SIGNING: 'A signing.' });

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
const ERRORS = 'What the person can put right; empty when done.';

@ObjectType({ description: 'Something that was left as it is by an undo, because it has changed since.' })
export class LeftBehind {
  @Field({ description: 'Table of the record: project, visit, milestone, ….' }) entity!: string;
  @Field(() => String, { nullable: true, description: 'UUID of the record, where it has one.' }) recordId?: string | null;
  @Field(() => [String], { description: 'Columns that were not put back.' }) columns!: string[];
}
@ObjectType({ implements: () => [Node], description: 'An act that can be taken back, or the taking back of a stage move: who, why, until when, and its reversal.' })
export class UndoAct extends Node {
  @Field(() => UndoKindEnum, { description: 'Kind of act.' }) kind!: string;
  @Field(() => UndoEntityEnum, { description: 'Kind of record.' }) entity!: string;
  @Field({ description: 'The records in words.' }) title!: string;
  @Field(() => ID, { nullable: true, description: 'MERGE: the record that stays; DELETION: the deleted one; STAGE: the project; BULK: none.' }) subjectId?: string | null;
  @Field(() => ID, { nullable: true, description: 'MERGE: the record that went; its id leads to the one that stays.' }) otherId?: string | null;
  @Field(() => String, { nullable: true, description: 'Why.' }) reason?: string | null;
  @Field(() => Staff, { nullable: true, description: 'By whom.' }) doneBy?: Staff | null;
  @Field(() => Date, { description: 'When.' }) doneAt!: Date;
  @Field(() => DateScalar, { description: 'Last day on which it can be taken back.' }) until!: string;
  @Field({ description: 'It can still be taken back.' }) open!: boolean;
  @Field(() => Int, { description: 'How many changes of rows it keeps.' }) changedCount!: number;
  @Field(() => Date, { nullable: true, description: 'When it was taken back.' }) undoneAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'Who took it back.' }) undoneBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Why it was taken back.' }) undoReason?: string | null;
  @Field(() => [LeftBehind], { description: 'What had changed since and was left as it is.' }) leftBehind!: LeftBehind[];
}
@ObjectType({ description: 'Something that the caller can still take back.' })
export class Undoable {
  @Field(() => ID, { description: 'The act; of a stage move the project.' }) id!: string;
  @Field(() => UndoKindEnum, { description: 'How it is taken back.' }) kind!: string;
  @Field(() => UndoEntityEnum, { description: 'Kind of record.' }) entity!: string;
  @Field({ description: 'The records in words.' }) title!: string;
  @Field(() => Date, { description: 'When it was done.' }) doneAt!: Date;
  @Field(() => String, { nullable: true, description: 'Name of who did it.' }) doneBy?: string | null;
  @Field(() => DateScalar, { description: 'Last day on which it can be taken back.' }) until!: string;
}
@ObjectType({ description: 'What can still be taken back, latest first.' })
export class UndoableConnection extends connectionOf(Undoable, 'Undoable') {}

@ObjectType({ description: 'A field of two records side by side.' })
export class MergeField {
  @Field({ description: 'Name for `choices`.' }) field!: string;
  @Field({ description: 'In words.' }) label!: string;
  @Field(() => String, { nullable: true, description: 'Value of the record that stays.' }) survivor?: string | null;
  @Field(() => String, { nullable: true, description: 'Value of the record that goes.' }) other?: string | null;
  @Field({ description: 'Both say the same.' }) same!: boolean;
  @Field({ description: 'Both say something, and not the same.' }) conflict!: boolean;
  @Field({ description: 'Without a choice the other value is taken, because the staying record has none.' }) takesOther!: boolean;
}
@ObjectType({ description: 'Rows that would move.' })
export class MergeMove {
  @Field({ description: 'What they are.' }) what!: string;
  @Field(() => Int, { description: 'How many.' }) count!: number;
}
@ObjectType({ description: 'What a merge would do.' })
export class MergePreview {
  @Field(() => [MergeField], { description: 'The fields side by side.' }) fields!: MergeField[];
  @Field(() => [MergeMove], { description: 'What would move to the record that stays.' }) moves!: MergeMove[];
  @Field(() => [String], { description: 'What stands in the way; the merge is refused while there is any.' }) blockers!: string[];
  @Field(() => [String], { description: 'What to know before.' }) warnings!: string[];
}

@InputType({ description: 'Whose value a field gets.' })
export class MergeChoiceInput {
  @MaxLength(60) @Field({ description: 'A field of the preview.' }) field!: string;
  @Field(() => MergeChoiceEnum, { description: 'Whose value.' }) choice!: 'KEEP_SURVIVOR' | 'TAKE_OTHER';
}
@InputType({ isAbstract: true })
abstract class MergeInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The record that stays.' }) survivorId!: string;
  @Field(() => ID, { description: 'The record that goes into it.' }) otherId!: string;
  @Field(() => Int, { description: 'Version of the record that stays.' }) expectedVersion!: number;
  @Field(() => Int, { description: 'Version of the record that goes.' }) otherExpectedVersion!: number;
  @ArrayMaxSize(100) @Field(() => [MergeChoiceInput], { nullable: true, description: 'Field by field; without a choice the staying record keeps its value and a blank is filled.' }) choices?: MergeChoiceInput[] | null;
  @MaxLength(1000) @Field({ description: 'Why they are one.' }) reason!: string;
}
@InputType({ description: 'Two projects that are one.' })
export class ProjectMergeInput extends MergeInput {}
@InputType({ description: 'Two enterprises that are one.' })
export class EnterpriseMergeInput extends MergeInput {
  @Field(() => Boolean, { nullable: true, description: 'The credit codes differ and it is one enterprise all the same.' }) confirmDifferentUscc?: boolean | null;
}
@InputType({ description: 'Two contacts that are one person.' })
export class ContactMergeInput extends MergeInput {}
@InputType({ description: 'Takes an act back.' })
export class UndoInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The act.' }) actId!: string;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Why.' }) reason?: string | null;
}
@InputType({ description: 'Takes the last stage move of a project back.' })
export class StageUndoInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => Int, { description: 'Version of the project that the caller has seen.' }) expectedVersion!: number;
  @MaxLength(1000) @Field({ description: 'Why.' }) reason!: string;
}
@InputType({ isAbstract: true })
abstract class DeleteInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => Int, { description: 'Version of the record that the caller has seen.' }) expectedVersion!: number;
  @MaxLength(1000) @Field({ description: 'Why.' }) reason!: string;
}
@InputType({ description: 'Deletes a lead or reserve project on which nobody else has built.' })
export class ProjectDeleteInput extends DeleteInput {
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
}
@InputType({ description: 'Deletes a visit.' })
export class VisitDeleteInput extends DeleteInput {
  @Field(() => ID, { description: 'The visit.' }) visitId!: string;
}
@InputType({ description: 'Deletes a signing.' })
export class SigningDeleteInput extends DeleteInput {
  @Field(() => ID, { description: 'The signing.' }) signingId!: string;
}
@InputType({ description: 'The same change for many projects; absent means unchanged, null clears.' })
export class ProjectBulkEditInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @ArrayMaxSize(BULK_MOST) @Field(() => [ID], { description: `The projects, at most ${BULK_MOST}.` }) projectIds!: string[];
  @Field(() => ID, { nullable: true, description: 'Person in charge.' }) assigneeId?: string | null;
  @Field(() => ID, { nullable: true, description: 'Unit in charge.' }) departmentId?: string | null;
  @Field(() => ID, { nullable: true, description: 'Park.' }) parkId?: string | null;
  @MaxLength(20) @Field(() => String, { nullable: true, description: 'Class, e.g. A, B or C.' }) class?: string | null;
  @MaxLength(8) @Field(() => String, { nullable: true, description: 'GB/T 4754 code.' }) industryCode?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Next follow-up; in a year whose working calendar is published.' }) nextFollowUpOn?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Next step.' }) nextStep?: string | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Why.' }) reason?: string | null;
}
@InputType({ description: '离岗移交: all that one person is in charge of goes to another.' })
export class ProjectHandOverInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'Who leaves.' }) fromId!: string;
  @Field(() => ID, { description: 'Who takes over.' }) toId!: string;
  @Field(() => ID, { nullable: true, description: 'Unit in charge from now on; unchanged when absent.' }) departmentId?: string | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Why.' }) reason?: string | null;
}

@ObjectType({ isAbstract: true })
abstract class ActPayload {
  @Field(() => UndoAct, { nullable: true, description: 'The act, for its undo.' }) act?: UndoAct | null;
  @Field(() => [UserError], { description: ERRORS }) userErrors!: UserError[];
}
@ObjectType({ description: 'A project after a merge.' })
export class ProjectMergePayload extends ActPayload {
  @Field(() => Project, { nullable: true, description: 'The project that stays.' }) project?: Project | null;
}
@ObjectType({ description: 'An enterprise after a merge.' })
export class EnterpriseMergePayload extends ActPayload {
  @Field(() => Enterprise, { nullable: true, description: 'The enterprise that stays.' }) enterprise?: Enterprise | null;
}
@ObjectType({ description: 'A contact after a merge.' })
export class ContactMergePayload extends ActPayload {
  @Field(() => ID, { nullable: true, description: 'The contact that stays.' }) contactId?: string | null;
}
@ObjectType({ description: 'An act after it was done or taken back.' })
export class UndoPayload extends ActPayload {}
@ObjectType({ description: 'What became of one project of a bulk change.' })
export class BulkItem {
  @Field(() => ID, { description: 'The project as it was asked for.' }) projectId!: string;
  @Field(() => UserError, { nullable: true, description: 'Why it was not changed; absent when it was.' }) error?: UserError | null;
}
@ObjectType({ description: 'A bulk change: one act, and what became of each project.' })
export class BulkPayload extends ActPayload {
  @Field(() => Int, { nullable: true, description: 'How many projects were changed; absent when the change itself was refused.' }) changed?: number | null;
  @Field(() => [BulkItem], { nullable: true, description: 'Each project asked for, in that order; absent when the change itself was refused.' }) items?: BulkItem[] | null;
}
