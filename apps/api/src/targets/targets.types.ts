import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type TARGET_ADD_OUTCOMES, type TargetPriority, type TargetPurpose, type TargetState } from '@yinfeng/recruitment';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Department, Staff } from '../directory/directory.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';

export const TargetPurposeEnum = describedEnum('TargetPurpose', 'What a list of target enterprises is for.', {
  TARGET: '目标企业.', CHAIN_BUILD: '建链.', CHAIN_SUPPLEMENT: '补链.', CHAIN_STRENGTHEN: '强链.', CHAIN_EXTEND: '延链.',
} satisfies Record<TargetPurpose, string>);
export const TargetStateEnum = describedEnum('TargetState', 'How far a target enterprise is.', {
  NEW: '待对接.', CONTACTED: '已对接.', REPORTED: '已报送线索: set by leadReport alone.', DROPPED: '已放弃, with a reason.',
} satisfies Record<TargetState, string>);
export const TargetOpenStateEnum = describedEnum('TargetOpenState', 'A state that a person may set.', { NEW: '待对接.', CONTACTED: '已对接.', DROPPED: '已放弃, with a reason.' });
export const TargetPriorityEnum = describedEnum('TargetPriority', 'How much a target enterprise matters.', { A: '重点.', B: '一般.', C: '储备.' } satisfies Record<TargetPriority, string>);
export const TargetAddOutcomeEnum = describedEnum('TargetAddOutcome', 'What became of a name.', {
  ADDED: 'Stands on the list now.', ALREADY: 'Stood on the list before.', REPEATED: 'Comes earlier in the same paste.', REFUSED: 'Is no name of an enterprise, or no enterprise that the caller may see.',
} satisfies Record<(typeof TARGET_ADD_OUTCOMES)[number], string>);

@ObjectType({ description: 'How many targets of a list are how far.' })
export class TargetCount {
  @Field(() => TargetStateEnum, { description: 'How far.' }) state!: TargetState;
  @Field(() => Int, { description: 'How many.' }) count!: number;
}
@ObjectType({ implements: () => [Node], description: 'A list of enterprises that a team means to win.' })
export class TargetList extends Node {
  @Field(() => Int, { description: 'Version for edits.' }) version!: number;
  @Field({ description: 'Name, unlike that of any other list in use.' }) name!: string;
  @Field(() => TargetPurposeEnum, { description: 'What it is for.' }) purpose!: TargetPurpose;
  @Field(() => String, { nullable: true, description: 'The industry chain it is about.' }) chain?: string | null;
  @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => Department, { nullable: true, description: 'The unit it belongs to; absent: the whole zone.' }) department?: Department | null;
  @Field(() => Staff, { nullable: true, description: 'Who made it.' }) createdBy?: Staff | null;
  @Field(() => Date, { description: 'When it was made.' }) createdAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When it was put aside.' }) archivedAt?: Date | null;
  @Field(() => [TargetCount], { description: 'Targets by state, all four of them.' }) counts!: TargetCount[];
}
@ObjectType({ description: 'Lists of target enterprises, newest first.' })
export class TargetListConnection extends connectionOf(TargetList, 'TargetList') {}
@ObjectType({ implements: () => [Node], description: 'An enterprise on a list, on its way to a lead.' })
export class TargetEnterprise extends Node {
  @Field(() => Int, { description: 'Version for edits.' }) version!: number;
  @Field(() => TargetList, { description: 'The list.' }) list!: TargetList;
  @Field({ description: 'Name of the enterprise.' }) name!: string;
  @Field(() => String, { nullable: true, description: '统一社会信用代码.' }) uscc?: string | null;
  @Field(() => String, { nullable: true, description: '产业链环节.' }) segment?: string | null;
  @Field(() => String, { nullable: true, description: 'Why it is wanted.' }) reason?: string | null;
  @Field(() => TargetPriorityEnum, { description: 'How much it matters.' }) priority!: TargetPriority;
  @Field(() => TargetStateEnum, { description: 'How far it is.' }) state!: TargetState;
  @Field(() => String, { nullable: true, description: 'Why it was dropped.' }) dropReason?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who works on it.' }) assignee?: Staff | null;
  @Field(() => Date, { description: 'When it was put on the list.' }) createdAt!: Date;
}
@ObjectType({ description: 'Target enterprises by priority, oldest first.' })
export class TargetEnterpriseConnection extends connectionOf(TargetEnterprise, 'TargetEnterprise') {}
@ObjectType({ description: 'A list after an act on it.' })
export class TargetListPayload {
  @Field(() => TargetList, { nullable: true, description: 'The list as it is now.' }) list?: TargetList | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'What became of one name.' })
export class TargetAdded {
  @Field(() => Int, { description: 'Its place in the paste, from 1; items follow the names.' }) position!: number;
  @Field({ description: 'The name as it was read.' }) name!: string;
  @Field(() => TargetAddOutcomeEnum, { description: 'What became of it.' }) outcome!: string;
  @Field(() => ID, { nullable: true, description: 'The target on the list, new or known; absent when refused.' }) targetId?: string | null;
}
@ObjectType({ description: 'A list after names were put on it.' })
export class TargetAddPayload {
  @Field(() => TargetList, { nullable: true, description: 'The list as it is now.' }) list?: TargetList | null;
  @Field(() => Int, { nullable: true, description: 'How many are new.' }) added?: number | null;
  @Field(() => [TargetAdded], { description: 'What became of each name, in order.' }) items!: TargetAdded[];
  @Field(() => [UserError], { description: 'Why nothing was done; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'A target after an act on it.' })
export class TargetPayload {
  @Field(() => TargetEnterprise, { nullable: true, description: 'The target as it is now.' }) target?: TargetEnterprise | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'Targets after they were given to a person.' })
export class TargetAssignPayload {
  @Field(() => [TargetEnterprise], { description: 'The targets as they are now; empty when refused.' }) targets!: TargetEnterprise[];
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
@InputType({ description: 'Which lists.' })
export class TargetListFilter {
  @Field(() => Boolean, { nullable: true, description: 'true: those put aside; those in use when absent.' }) archived?: boolean | null;
  @ArrayMaxSize(5) @Field(() => [TargetPurposeEnum], { nullable: true, description: 'What they are for.' }) purposes?: TargetPurpose[] | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Part of the name or of the chain.' }) text?: string | null;
}
@InputType({ description: 'Which targets of a list; every given condition must hold.' })
export class TargetFilter {
  @ArrayMaxSize(4) @Field(() => [TargetStateEnum], { nullable: true, description: 'How far.' }) states?: TargetState[] | null;
  @ArrayMaxSize(3) @Field(() => [TargetPriorityEnum], { nullable: true, description: 'How much they matter.' }) priorities?: TargetPriority[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Whose.' }) assigneeIds?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: 'true: nobody\'s.' }) unassigned?: boolean | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Part of the name or of the segment.' }) text?: string | null;
}
@InputType({ isAbstract: true })
abstract class TargetListFields {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'The industry chain it is about.' }) chain?: string | null;
  @Field(() => TargetPurposeEnum, { nullable: true, description: 'What it is for.' }) purpose?: TargetPurpose | null;
  @Field(() => ID, { nullable: true, description: 'The unit it belongs to; null: the whole zone.' }) departmentId?: string | null;
}
@InputType({ description: 'A new list; of one\'s own unit unless another is named.' })
export class TargetListCreateInput extends TargetListFields {
  @MaxLength(100) @Field({ description: 'Name.' }) name!: string;
}
@InputType({ description: 'Changes of a list; absent means unchanged, null clears.' })
export class TargetListEditInput extends TargetListFields {
  @Field(() => ID, { description: 'The list.' }) listId!: string;
  @Field(() => Int, { description: 'Version of the list that the caller has seen.' }) expectedVersion!: number;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Name.' }) name?: string | null;
}
@InputType({ description: 'Puts a list aside, or takes it back.' })
export class TargetListArchiveInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The list.' }) listId!: string;
  @Field(() => Int, { description: 'Version of the list that the caller has seen.' }) expectedVersion!: number;
  @Field({ defaultValue: true, description: 'false: takes it back.' }) archive!: boolean;
}
@InputType({ description: 'One enterprise for a list: by name, or one on record.' })
export class TargetItemInput {
  @MaxLength(300) @Field(() => String, { nullable: true, description: 'Name.' }) name?: string | null;
  @Field(() => ID, { nullable: true, description: 'An enterprise on record, instead of a name.' }) enterpriseId?: string | null;
  @MaxLength(40) @Field(() => String, { nullable: true, description: '统一社会信用代码; a malformed one is left out.' }) uscc?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: '产业链环节.' }) segment?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Why it is wanted.' }) reason?: string | null;
  @Field(() => TargetPriorityEnum, { nullable: true, description: 'How much it matters; B when absent.' }) priority?: TargetPriority | null;
}
@InputType({ description: 'Enterprises for a list, pasted or one by one; at most 500 at once.' })
export class TargetAddInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The list.' }) listId!: string;
  @MaxLength(50_000) @Field(() => String, { nullable: true, description: 'Names as pasted: lines, semicolons, 、 and commas separate them; numbering is left out.' }) names?: string | null;
  @ArrayMaxSize(500) @Field(() => [TargetItemInput], { nullable: true, description: 'One by one.' }) items?: TargetItemInput[] | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: '产业链环节 of all that name none.' }) segment?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Why they are wanted, for all that say nothing.' }) reason?: string | null;
  @Field(() => TargetPriorityEnum, { nullable: true, description: 'How much they matter, for all that say nothing; B when absent.' }) priority?: TargetPriority | null;
}
@InputType({ description: 'A target and the version that the caller has seen.' })
export class TargetVersionInput {
  @Field(() => ID, { description: 'The target.' }) targetId!: string;
  @Field(() => Int, { description: 'Version of the target that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ description: 'Gives targets to a person, all or none of them.' })
export class TargetAssignInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @ArrayMaxSize(200) @Field(() => [TargetVersionInput], { description: 'Which targets; at most 200.' }) targets!: TargetVersionInput[];
  @Field(() => ID, { nullable: true, description: 'To whom; absent: they are nobody\'s any more.' }) assigneeId?: string | null;
}
@InputType({ description: 'Changes of a target; absent means unchanged, null clears.' })
export class TargetUpdateInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The target.' }) targetId!: string;
  @Field(() => Int, { description: 'Version of the target that the caller has seen.' }) expectedVersion!: number;
  @Field(() => TargetOpenStateEnum, { nullable: true, description: 'How far it is.' }) state?: 'NEW' | 'CONTACTED' | 'DROPPED' | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Required when dropped.' }) dropReason?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: '产业链环节.' }) segment?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Why it is wanted.' }) reason?: string | null;
  @Field(() => TargetPriorityEnum, { nullable: true, description: 'How much it matters.' }) priority?: TargetPriority | null;
}
