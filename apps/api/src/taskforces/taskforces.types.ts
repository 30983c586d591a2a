import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type DutyAct, type DutySpan, type TaskforceRole } from '@yinfeng/construction';
import { ArrayMaxSize, MaxLength, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { Deadline } from '../deadlines/deadlines.types.js';
import { Department, Staff } from '../directory/directory.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';
import { Visit } from '../visits/visits.types.js';

export const TaskforceRoleEnum = describedEnum('TaskforceRole', 'What somebody is in a taskforce; the zone\'s own words are in its rule `taskforce`.', {
  LEADER: '包保领导: one at a time.', AGENT: '具办人: does the daily work.', SECRETARY: '服务秘书: advised to serve few projects.', CONTACT: '项目联系人.', MEMBER: '成员.',
} satisfies Record<TaskforceRole, string>);
export const DutyActEnum = describedEnum('DutyAct', 'What a duty asks for; which entries of the visit log count is the zone\'s rule.', { DISPATCH: '调度: a meeting on the project.', SITE_VISIT: '现场走访.', CONTACT: '联系: any contact.' } satisfies Record<DutyAct, string>);
export const DutySpanEnum = describedEnum('DutySpan', 'How often a duty is asked for.', {
  DAY: 'On each working day.', WEEK: 'In a week, Monday to Sunday; less where holidays cut it.', MONTH: 'In a month.',
} satisfies Record<DutySpan, string>);
export const TaskforceWarningCodeEnum = describedEnum('TaskforceWarningCode', 'What is to be thought of; never refused.', { SECRETARY_LOAD: 'A secretary serves more projects than the zone advises.' });

@ObjectType({ description: 'Somebody\'s time in a role of a taskforce; it ends, but is never changed or removed.' })
export class TaskforceMember {
  @Field(() => ID, { description: 'Names it in taskforceMemberEnd.' }) id!: string;
  @Field(() => Staff, { description: 'Who.' }) staff!: Staff;
  @Field(() => TaskforceRoleEnum, { description: 'As what.' }) role!: TaskforceRole;
  @Field(() => DateScalar, { description: 'First day.' }) sinceOn!: string;
  @Field(() => DateScalar, { nullable: true, description: 'Last day; absent: serves still.' }) untilOn?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who named them.' }) addedBy?: Staff | null;
  @Field(() => Date, { description: 'When that was entered.' }) addedAt!: Date;
  @Field(() => Staff, { nullable: true, description: 'Who ended it.' }) endedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When the end was entered.' }) endedAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'Why it ended.' }) endReason?: string | null;
}
@ObjectType({ description: 'Something to be thought of.' })
export class TaskforceWarning {
  @Field(() => TaskforceWarningCodeEnum, { description: 'What kind.' }) code!: 'SECRETARY_LOAD';
  @Field({ description: 'In words, in the language of the caller.' }) message!: string;
  @Field(() => ID, { description: 'The person.' }) staffId!: string;
  @Field(() => Int, { description: 'How many projects the person serves.' }) count!: number;
  @Field(() => Int, { description: 'How many the zone advises at most.' }) most!: number;
}
@ObjectType({ description: 'A duty of a taskforce in one span, looked up in the visit log.' })
export class DutyCheck {
  @Field({ description: 'Code in rule taskforce.duties, e.g. LEADER_DISPATCH.' }) code!: string;
  @Field({ description: 'In words, in the language of the caller.' }) label!: string;
  @Field(() => TaskforceRoleEnum, { description: 'Whose duty.' }) role!: TaskforceRole;
  @Field(() => DutyActEnum, { description: 'What it asks for.' }) what!: DutyAct;
  @Field(() => Int, { description: 'How often the rule asks for it.' }) times!: number;
  @Field(() => DutySpanEnum, { description: 'In which span.' }) per!: DutySpan;
  @Field(() => DateScalar, { description: 'First day looked at.' }) fromOn!: string;
  @Field(() => DateScalar, { description: 'Last day looked at.' }) toOn!: string;
  @Field(() => DateScalar, { description: 'By when: the last working day of the span.' }) dueOn!: string;
  @Field(() => Int, { description: 'How often it is asked for: in proportion to the working days on which somebody had the role; 0 when there are none.' }) asked!: number;
  @Field(() => Int, { description: 'How often the log shows it.' }) done!: number;
  @Field(() => Int, { description: 'What lacks.' }) missing!: number;
  @Field(() => [Staff], { description: 'Who had it to do.' }) members!: Staff[];
  @Field(() => [Visit], { description: 'The visits that count, the first day first; at most 50, `done` counts all.' }) visits!: Visit[];
}
@ObjectType({ implements: () => [Node], description: '专班 / 包保: the named people of a project. One stands at a time; dissolved ones stay on record.' })
export class Taskforce extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => DateScalar, { description: 'Since which day.' }) formedOn!: string;
  @Field(() => Staff, { nullable: true, description: 'Who formed it.' }) formedBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Words to it, e.g. the document that names it.' }) note?: string | null;
  @Field(() => [TaskforceMember], { description: 'Who serves now; of a dissolved one, who served to its last day. Leader first.' }) members!: TaskforceMember[];
  @Field(() => [TaskforceMember], { description: 'Everybody who ever served, with the days.' }) history!: TaskforceMember[];
  @Field(() => [Department], { description: 'Departments in it: their construction staff see the project.' }) departments!: Department[];
  @Field(() => DateScalar, { nullable: true, description: 'When it was dissolved.' }) dissolvedOn?: string | null;
  @Field(() => Staff, { nullable: true, description: 'By whom.' }) dissolvedBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Why.' }) dissolveReason?: string | null;
}
@ObjectType({ description: 'Taskforces, newest first.' })
export class TaskforceConnection extends connectionOf(Taskforce, 'Taskforce') {}
@ObjectType({ description: 'A taskforce after an act on it.' })
export class TaskforcePayload {
  @Field(() => Taskforce, { nullable: true, description: 'The taskforce as it is now.' }) taskforce?: Taskforce | null;
  @Field(() => [TaskforceWarning], { description: 'What is to be thought of, done all the same.' }) warnings!: TaskforceWarning[];
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'A duty that a taskforce has not done in a week.' })
export class DutyGap extends DutyCheck {
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => Taskforce, { description: 'The taskforce.' }) taskforce!: Taskforce;
}
@ObjectType({ description: 'What was not done, newest taskforce first.' })
export class DutyGapConnection extends connectionOf(DutyGap, 'DutyGap') {}
@ObjectType({ description: 'How many projects somebody serves as secretary.' })
export class SecretaryLoad {
  @Field(() => Staff, { description: 'Who.' }) staff!: Staff;
  @Field(() => Int, { description: 'Projects under way whose taskforce they serve as secretary, in the whole zone.' }) projects!: number;
  @Field(() => Int, { description: 'How many the zone advises at most.' }) most!: number;
  @Field({ description: 'More than that.' }) over!: boolean;
}
@ObjectType({ description: 'Secretaries, most projects first.' })
export class SecretaryLoadConnection extends connectionOf(SecretaryLoad, 'SecretaryLoad') {}

@ObjectType({ description: 'A duty that still lacks this week.' })
export class DutyToDo extends DutyCheck {
  @Field({ description: 'The caller has this role.' }) mine!: boolean;
}
@ObjectType({ description: 'A project of one of the caller\'s taskforces, with what lies before them on a day.' })
export class TaskforceDay {
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => Taskforce, { description: 'The taskforce.' }) taskforce!: Taskforce;
  @Field(() => [TaskforceRoleEnum], { description: 'As what the caller serves.' }) roles!: TaskforceRole[];
  @Field(() => [Deadline], { description: 'Due on the day or before it and not done, earliest first; at most 20. Duties are in `duties`.' }) due!: Deadline[];
  @Field(() => Int, { description: 'How much is overdue, all counted.' }) overdue!: number;
  @Field(() => [DutyToDo], { description: 'Duties of the taskforce that lack in the week of the day.' }) duties!: DutyToDo[];
  @Field(() => Int, { description: 'Service calls not settled yet.' }) openCalls!: number;
  @Field(() => [Deadline], { description: 'The next milestones; at most 3.' }) nextMilestones!: Deadline[];
}
@ObjectType({ description: 'The day of somebody who serves in taskforces, what is due first first.' })
export class TaskforceDayConnection extends connectionOf(TaskforceDay, 'TaskforceDay') {}

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
const VERSION = 'Version of the taskforce that the caller has seen.';
@InputType({ description: 'Somebody in a role.' })
export class TaskforceMemberInput {
  @Field(() => ID, { description: 'Who; somebody who may see projects.' }) staffId!: string;
  @Field(() => TaskforceRoleEnum, { description: 'As what.' }) role!: TaskforceRole;
  @Field(() => DateScalar, { nullable: true, description: 'First day, not after today; the day of forming when absent.' }) sinceOn?: string | null;
}
@InputType({ description: 'A taskforce formed for a project under way, from the stage on that the zone says.' })
export class TaskforceFormInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => DateScalar, { nullable: true, description: 'Since which day, not after today; today when absent.' }) formedOn?: string | null;
  @ArrayMaxSize(100) @ValidateNested({ each: true }) @Type(() => TaskforceMemberInput) @Field(() => [TaskforceMemberInput], { description: 'Its people; one leader at most.' }) members!: TaskforceMemberInput[];
  @ArrayMaxSize(50) @Field(() => [ID], { nullable: true, description: 'Departments in it.' }) departmentIds?: string[] | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Words to it.' }) note?: string | null;
}
@InputType({ description: 'One more person, or one more role of a person.' })
export class TaskforceMemberAddInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The taskforce.' }) taskforceId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @Field(() => ID, { description: 'Who; somebody who may see projects.' }) staffId!: string;
  @Field(() => TaskforceRoleEnum, { description: 'As what.' }) role!: TaskforceRole;
  @Field(() => DateScalar, { nullable: true, description: 'First day, not after today; today when absent.' }) sinceOn?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Of a leader: takes the place of the present one, whose last day is that first day.' }) replace?: boolean | null;
}
@InputType({ description: 'Somebody leaves a role.' })
export class TaskforceMemberEndInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The entry, from Taskforce.members.' }) memberId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @Field(() => DateScalar, { nullable: true, description: 'Last day, not after today; today when absent.' }) untilOn?: string | null;
  @MaxLength(1000) @Field({ description: 'Why.' }) reason!: string;
}
@InputType({ description: 'Which departments belong to a taskforce from now on.' })
export class TaskforceDepartmentsSetInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The taskforce.' }) taskforceId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @ArrayMaxSize(50) @Field(() => [ID], { description: 'All of them; what is left out ends.' }) departmentIds!: string[];
}
@InputType({ description: 'A taskforce and everybody in it come to an end.' })
export class TaskforceDissolveInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The taskforce.' }) taskforceId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
  @MaxLength(1000) @Field({ description: 'Why.' }) reason!: string;
}
@InputType({ description: 'Which taskforces; every given condition must hold.' })
export class TaskforceFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'In which one of these persons serves now.' }) staffIds?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Of projects of these departments, with those below them.' }) departmentIds?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: 'true: dissolved ones alone; else those that stand.' }) dissolved?: boolean | null;
  @Field(() => TaskforceRoleEnum, { nullable: true, description: 'Where nobody has this role.' }) without?: TaskforceRole | null;
}
@InputType({ description: 'Which gaps; every given condition must hold.' })
export class DutyGapFilter {
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Of projects of these departments, with those below them.' }) departmentIds?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Of these persons.' }) staffIds?: string[] | null;
  @ArrayMaxSize(5) @Field(() => [TaskforceRoleEnum], { nullable: true, description: 'Of these roles.' }) roles?: TaskforceRole[] | null;
  @ArrayMaxSize(20) @MaxLength(30, { each: true }) @Field(() => [String], { nullable: true, description: 'Codes of duties.' }) duties?: string[] | null;
}
