import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type HandoffItemState, type HandoffSource, type HandoffState, type MissingReason } from '@yinfeng/construction';
import { ArrayMaxSize } from 'class-validator';
import { Department, Staff } from '../directory/directory.types.js';
import { describedEnum, StageEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

export const HandoffStateEnum = describedEnum('HandoffState', 'Where a handoff stands.', {
  SUBMITTED: '待接收: the receiver\'s clock runs.', RETURNED: '已退回: with a reason; the next attempt starts the clock again.', ACCEPTED: '已接收: the project may start.',
  WITHDRAWN: '已撤回: taken back before it was decided.', REASSIGNED: '已转派: passed on to another department; the next attempt is there.',
} satisfies Record<HandoffState, string>);
export const HandoffItemStateEnum = describedEnum('HandoffItemState', 'What the receiver says of one thing.', {
  PENDING: '待办理: nothing yet.', ACCEPTED: '已接收.', RETURNED: '已退回: with a reason.',
} satisfies Record<HandoffItemState, string>);
export const HandoffSourceEnum = describedEnum('HandoffSource', 'Which records say something of a thing by themselves.', {
  AGREEMENT: 'Agreements on record.', COMMITMENTS: 'Open commitments.', CONTACTS: 'Contacts of the project and its enterprise.', PROBLEMS: 'Open problems.',
  LAND: 'Land needed.', ENERGY: 'Energy needed.', ENVIRONMENT: 'What it needs of the environment.', PERMITS: 'Permits needed.', FREE: 'None: people say it.',
} satisfies Record<HandoffSource, string>);
export const HandoffMissingReasonEnum = describedEnum('HandoffMissingReason', 'Why a project stands between two chairs.', {
  NOT_SUBMITTED: '尚未提交: never submitted, or withdrawn.', RETURNED: '退回未补: returned and not submitted again.', WAITING: '待接收: waits at the receiver.',
} satisfies Record<MissingReason, string>);

@ObjectType({ description: 'A record that a thing stands for, as it is now.' })
export class HandoffEntry {
  @Field(() => ID, { description: 'Signing, commitment, contact, permit or problem; read it by `node`.' }) id!: string;
  @Field({ description: 'What it is. Contacts by name and title: numbers stay with the contact.' }) text!: string;
  @Field({ description: 'Still open, in force, in use.' }) open!: boolean;
}
@ObjectType({ description: 'A file shown with a thing.' })
export class HandoffFile {
  @Field(() => ID, { description: 'The file; download it at /files/<id>.' }) id!: string;
  @Field({ description: 'Name.' }) name!: string;
  @Field({ description: 'Media type.' }) mediaType!: string;
}
@ObjectType({ description: 'One thing on the list of a handoff.' })
export class HandoffItem {
  @Field(() => ID, { nullable: true, description: 'To decide it by; null in a draft.' }) id?: string | null;
  @Field({ description: 'Its name in the rules of the zone.' }) code!: string;
  @Field({ description: 'What: 协议, 承诺事项, 联系人, …' }) item!: string;
  @Field({ description: 'What, in English.' }) itemEn!: string;
  @Field({ description: 'The handoff is accepted only with it.' }) required!: boolean;
  @Field(() => HandoffSourceEnum, { description: 'Which records say something of it.' }) source!: HandoffSource;
  @Field({ description: 'Settled, as the submitter says.' }) done!: boolean;
  @Field(() => String, { nullable: true, description: 'What the receiver has to know of it.' }) note?: string | null;
  @Field(() => String, { nullable: true, description: 'What the project\'s own fields, or the zone\'s list of permits, said of it when it was submitted.' }) content?: string | null;
  @Field(() => [HandoffEntry], { description: 'The records that it stands for, at most 100.' }) entries!: HandoffEntry[];
  @Field(() => [HandoffFile], { description: 'Files shown with it, in this attempt or one before.' }) files!: HandoffFile[];
  @Field({ description: 'The records or files show something of it.' }) onRecord!: boolean;
  @Field(() => HandoffItemStateEnum, { description: 'What the receiver says of it.' }) state!: HandoffItemState;
  @Field(() => Staff, { nullable: true, description: 'Who decided it.' }) decidedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was decided.' }) decidedAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'Why it was returned.' }) returnReason?: string | null;
  @Field(() => String, { nullable: true, description: 'Why it was returned in the attempt before.' }) previousReason?: string | null;
  @Field({ description: 'Accepted in the attempt before and not asked again.' }) carried!: boolean;
}
@ObjectType({ implements: () => [Node], description: '移交: one attempt to hand a project from negotiation to construction.' })
export class Handoff extends Node {
  @Field(() => Int, { description: 'Version for decisions.' }) version!: number;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => Int, { description: 'Which attempt, from 1.' }) attempt!: number;
  @Field(() => [Handoff], { description: 'All attempts of the project, this one included, in order.' }) attempts!: Handoff[];
  @Field(() => HandoffStateEnum, { description: 'Where it stands.' }) state!: HandoffState;
  @Field(() => Department, { nullable: true, description: 'The unit that hands over.' }) fromDepartment?: Department | null;
  @Field(() => Department, { description: 'The service department that receives.' }) toDepartment!: Department;
  @Field(() => [HandoffItem], { description: 'What is handed over.' }) checklist!: HandoffItem[];
  @Field(() => String, { nullable: true, description: 'Words to the receiver.' }) note?: string | null;
  @Field(() => Staff, { description: 'Who submitted it.' }) submittedBy!: Staff;
  @Field(() => Date, { description: 'When it was submitted; the clock starts.' }) submittedAt!: Date;
  @Field(() => DateScalar, { nullable: true, description: 'To be accepted or returned by this working day.' }) dueOn?: string | null;
  @Field({ description: 'Not decided, and its day has passed.' }) overdue!: boolean;
  @Field({ description: 'Its open day lies in a year whose working calendar is not published.' }) provisional!: boolean;
  @Field(() => Staff, { nullable: true, description: 'Who decided, withdrew or passed it on.' }) decidedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When that was.' }) decidedAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'Why it was returned, withdrawn or passed on.' }) returnReason?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'After a return: to be submitted again by this working day.' }) resubmitDueOn?: string | null;
}
@ObjectType({ description: 'Handoffs, newest first.' })
export class HandoffConnection extends connectionOf(Handoff, 'Handoff') {}
@ObjectType({ description: 'A handoff after an act on it.' })
export class HandoffPayload {
  @Field(() => Handoff, { nullable: true, description: 'The handoff as it is now.' }) handoff?: Handoff | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'What a handoff submitted now would hold.' })
export class HandoffDraft {
  @Field(() => [HandoffItem], { description: 'What the zone asks, what the records propose, what was accepted or returned before.' }) items!: HandoffItem[];
  @Field(() => ID, { nullable: true, description: 'The department that would receive it: that of the attempt before, else whom the zone names.' }) toDepartmentId?: string | null;
  @Field(() => DateScalar, { description: 'Submitted today, to be decided by this working day.' }) dueOn!: string;
  @Field({ description: 'That day lies in a year whose working calendar is not published.' }) provisional!: boolean;
}
@ObjectType({ description: 'A project that is signed and has not been handed over in time.' })
export class HandoffMissing {
  @Field({ description: 'Code of the project.' }) code!: string;
  @Field({ description: 'Name of the project.' }) name!: string;
  @Field(() => StageEnum, { description: 'Where it stands.' }) stage!: string;
  @Field(() => Project, { nullable: true, description: 'The project; null to who will receive it and does not see it yet.' }) project?: Project | null;
  @Field(() => DateScalar, { description: 'The day that counts as its signing; of what came with a ledger, the day on which it came.' }) signedOn!: string;
  @Field(() => DateScalar, { description: 'To be handed over by this working day.' }) dueOn!: string;
  @Field({ description: 'That day lies in a year whose working calendar is not published.' }) provisional!: boolean;
  @Field(() => Int, { description: 'Days since the signing.' }) daysWaited!: number;
  @Field(() => Int, { description: 'Working days past its day.' }) workingDaysLate!: number;
  @Field(() => HandoffMissingReasonEnum, { description: 'What it waits for.' }) why!: MissingReason;
  @Field(() => Handoff, { nullable: true, description: 'The last attempt, where the project may be seen.' }) handoff?: Handoff | null;
  @Field(() => Department, { nullable: true, description: 'The unit that negotiated.' }) department?: Department | null;
  @Field(() => Staff, { nullable: true, description: 'Person in charge.' }) owner?: Staff | null;
  @Field(() => [Department], { description: 'Departments on the receiving side: that of the attempt, else whom the zone names, else every service centre.' }) receivers!: Department[];
  @Field(() => Department, { nullable: true, description: 'Whose turn it is.' }) nextDepartment?: Department | null;
  @Field(() => Staff, { nullable: true, description: 'Whose turn it is, where it is one person\'s.' }) nextStaff?: Staff | null;
  @Field(() => [Staff], { description: 'Heads of both sides.' }) heads!: Staff[];
}
@ObjectType({ description: 'Projects between two chairs, longest first.' })
export class HandoffMissingConnection extends connectionOf(HandoffMissing, 'HandoffMissing') {}

@InputType({ description: 'Which handoffs; every given condition must hold.' })
export class HandoffFilter {
  @ArrayMaxSize(5) @Field(() => [HandoffStateEnum], { nullable: true, description: 'States.' }) state?: HandoffState[] | null;
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Handed to these departments or any below them.' }) toDepartmentIds?: string[] | null;
  @Field(() => DateScalar, { nullable: true, description: 'Due before this day.' }) dueBefore?: string | null;
}
@InputType({ description: 'Which projects between two chairs; every given condition must hold.' })
export class HandoffMissingFilter {
  @ArrayMaxSize(3) @Field(() => [HandoffMissingReasonEnum], { nullable: true, description: 'What they wait for.' }) why?: MissingReason[] | null;
  @Field(() => ID, { nullable: true, description: 'This project.' }) projectId?: string | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Negotiated by these departments or any below them.' }) departmentIds?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'To be received by these departments or any below them.' }) receiverIds?: string[] | null;
}
