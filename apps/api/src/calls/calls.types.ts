import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { CALL_ENTRY_KINDS, CALL_MEASURES, CALL_STATES, CALL_URGENCIES, type CallDimension, type CallEntryKind, type CallState, type CallUrgency } from '@yinfeng/construction';
import { Contact } from '../contacts/contacts.types.js';
import { Department, Staff } from '../directory/directory.types.js';
import { Enterprise } from '../enterprises/enterprises.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

export const ServiceCallStateEnum = describedEnum('ServiceCallState', 'Where a service call stands.', {
  RAISED: '待报到: a department is called.', REPORTED_IN: '已报到: somebody took it in charge.', HANDLING: '办理中.', RESOLVED: '已办结: with what was done; waits to be rated.', CLOSED: '已关闭: rated, or nobody answered in time.',
  REOPENED: '重新打开: not solved; somebody has to report in again.', WITHDRAWN: '已撤回: by whoever raised it.',
} satisfies Record<(typeof CALL_STATES)[number], string>);
export const ServiceCallUrgencyEnum = describedEnum('ServiceCallUrgency', 'How pressing a call is.', { NORMAL: '一般.', URGENT: '紧急: with shorter clocks by the zone\'s rule.' } satisfies Record<(typeof CALL_URGENCIES)[number], string>);
export const ServiceCallEntryKindEnum = describedEnum('ServiceCallEntryKind', 'What was done.', {
  RAISED: '吹哨.', ROUTED: '派单: to a department, by a day.', REPORTED_IN: '报到.', PROGRESS: '办理情况.', TRANSFERRED: '转办.', RESOLVED: '办结: what was done.', RATED: '评价.', REOPENED: '重新打开.', ESCALATED: '升级督办.', CLOSED: '关闭.', WITHDRAWN: '撤回.',
  PUBLISHED: '挂牌.', UNPUBLISHED: '摘牌.',
} satisfies Record<(typeof CALL_ENTRY_KINDS)[number], string>);
export const ServiceCallMeasureEnum = describedEnum('ServiceCallMeasure', 'What a figure counts.', {
  RAISED: 'Raised in the period, withdrawn ones too.', SOLVED: 'Solved in the period, by the solution that stands.', SOLVED_ON_TIME: 'Of those, by the day set in their last round.', RATED: 'Rated in the period.', SATISFIED: 'Of those, with the zone\'s mark or better.',
} satisfies Record<(typeof CALL_MEASURES)[number], string>);
export const ServiceCallDimensionEnum = describedEnum('ServiceCallDimension', 'By what figures are told apart.', { TYPE: 'Type of call.', DEPARTMENT: 'Department that leads.' } satisfies Record<CallDimension, string>);

@ObjectType({ description: 'What can be called for, by the zone\'s rule of today.' })
export class ServiceCallType {
  @Field({ description: 'Code.' }) code!: string;
  @Field({ description: 'In Chinese.' }) zh!: string;
  @Field({ description: 'In English.' }) en!: string;
  @Field(() => Int, { description: 'Working days to solve it in.' }) resolveWorkingDays!: number;
  @Field(() => String, { nullable: true, description: 'Name of the department that leads; absent: the one that has the project.' }) department?: string | null;
}
@ObjectType({ description: 'A photo or paper; GET /files/… gives it to whoever may see the project.' })
export class ServiceCallFile {
  @Field(() => ID, { description: 'The file.' }) id!: string;
  @Field({ description: 'Name.' }) name!: string;
  @Field({ description: 'Media type.' }) mediaType!: string;
}
@ObjectType({ description: 'One thing that was done about a call; entries are never changed.' })
export class ServiceCallEntry {
  @Field(() => ServiceCallEntryKindEnum, { description: 'What was done.' }) kind!: CallEntryKind;
  @Field(() => Int, { description: 'In which round, from 1.' }) round!: number;
  @Field(() => String, { nullable: true, description: 'In words.' }) content?: string | null;
  @Field({ description: 'Shown to the enterprise by its link.' }) public!: boolean;
  @Field({ description: 'Done by the enterprise, by its link.' }) byEnterprise!: boolean;
  @Field(() => Staff, { nullable: true, description: 'Who did it; absent: the enterprise or the daily job.' }) staff?: Staff | null;
  @Field(() => Department, { nullable: true, description: 'The department that was called, reported in or did it.' }) department?: Department | null;
  @Field(() => Staff, { nullable: true, description: 'Who was named: whom it went up to, or who took it in charge.' }) told?: Staff | null;
  @Field(() => Int, { nullable: true, description: 'Of an escalation: the step of the ladder.' }) level?: number | null;
  @Field(() => Int, { nullable: true, description: 'Of a rating: the mark.' }) score?: number | null;
  @Field(() => DateScalar, { nullable: true, description: 'The day that counted then.' }) dueOn?: string | null;
  @Field(() => Date, { description: 'When.' }) at!: Date;
  @Field(() => [ServiceCallFile], { description: 'Photos and papers.' }) files!: ServiceCallFile[];
}
@ObjectType({ description: 'A department called along with the one that leads.' })
export class ServiceCallHelper {
  @Field(() => Department, { description: 'The department.' }) department!: Department;
  @Field(() => Date, { nullable: true, description: 'When it reported in.' }) reportedInAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'Who reported in.' }) reportedInBy?: Staff | null;
}
@ObjectType({ description: 'How old a call is: from the day it was raised until it was solved, or until today.' })
export class ServiceCallAge {
  @Field(() => Int, { description: 'Working days.' }) workingDays!: number;
  @Field({ description: 'Band by the zone\'s rule: 0–1, 2–3, >10.' }) band!: string;
}
@ObjectType({ implements: () => [Node], description: '吹哨: a problem of a project. A department reports in (报到), solves it, and is rated.' })
export class ServiceCall extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field({ description: 'Number in the zone and year.' }) number!: string;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field({ description: 'Type, by the zone\'s rule.' }) type!: string;
  @Field({ description: 'What the type was called then, in Chinese.' }) typeZh!: string;
  @Field({ description: 'And in English.' }) typeEn!: string;
  @Field({ description: 'In a line.' }) title!: string;
  @Field({ description: 'In full.' }) content!: string;
  @Field(() => ServiceCallUrgencyEnum, { description: 'How pressing.' }) urgency!: CallUrgency;
  @Field(() => DateScalar, { nullable: true, description: '期望解决时间: the wish of whoever raised it; the clock is the zone\'s.' }) wishOn?: string | null;
  @Field(() => ServiceCallStateEnum, { description: 'Where it stands.' }) state!: CallState;
  @Field(() => Int, { description: 'Round, from 1; another begins when it is opened again.' }) round!: number;
  @Field(() => Int, { description: 'Steps up the ladder; 0: none.' }) escalationLevel!: number;
  @Field(() => Department, { description: 'The department that leads.' }) leadDepartment!: Department;
  @Field(() => [ServiceCallHelper], { description: 'Departments called along.' }) helpers!: ServiceCallHelper[];
  @Field(() => Staff, { nullable: true, description: 'Who reported in and has it in charge.' }) inCharge?: Staff | null;
  @Field(() => Staff, { nullable: true, description: 'Who raised it; absent: the enterprise, by a link.' }) raisedBy?: Staff | null;
  @Field({ description: 'Raised by the enterprise itself, by a one-time link.' }) byEnterprise!: boolean;
  @Field(() => Enterprise, { nullable: true, description: 'The firm.' }) enterprise?: Enterprise | null;
  @Field(() => Contact, { nullable: true, description: 'Who there has the problem.' }) contact?: Contact | null;
  @Field(() => String, { nullable: true, description: 'Name that the caller gave.' }) callerName?: string | null;
  @Field(() => String, { nullable: true, description: 'Phone that the caller gave; masked for those whom the zone\'s rule does not let see it. Whoever is in charge sees it.' }) callerPhone?: string | null;
  @Field(() => Date, { description: 'When it was raised.' }) raisedAt!: Date;
  @Field(() => DateScalar, { description: 'Somebody has to report in by this day.' }) reportInDueOn!: string;
  @Field(() => Date, { nullable: true, description: 'When somebody reported in, in this round.' }) reportedInAt?: Date | null;
  @Field(() => DateScalar, { description: 'To be solved by this day.' }) resolveDueOn!: string;
  @Field(() => Date, { nullable: true, description: 'When it was solved.' }) resolvedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'Who solved it.' }) resolvedBy?: Staff | null;
  @Field({ description: 'Open, and the day that counts has passed.' }) overdue!: boolean;
  @Field(() => Int, { nullable: true, description: 'The mark it was given.' }) score?: number | null;
  @Field(() => String, { nullable: true, description: 'Words to the mark.' }) ratingWords?: string | null;
  @Field(() => Date, { nullable: true, description: 'When it was rated.' }) ratedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'Who rated it; absent: the enterprise, by its link.' }) ratedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was closed.' }) closedAt?: Date | null;
  @Field({ description: '挂牌: on the public problem list.' }) listed!: boolean;
  @Field(() => ServiceCallAge, { description: 'How old it is.' }) age!: ServiceCallAge;
  @Field(() => [ServiceCallEntry], { description: 'What was done, oldest first.' }) entries!: ServiceCallEntry[];
}
@ObjectType({ description: 'Service calls, newest first.' })
export class ServiceCallConnection extends connectionOf(ServiceCall, 'ServiceCall') {}
@ObjectType({ description: 'A service call after an act on it.' })
export class ServiceCallPayload {
  @Field(() => ServiceCall, { nullable: true, description: 'The call as it is now.' }) serviceCall?: ServiceCall | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@ObjectType({ implements: () => [Node], description: 'An address by which an enterprise raises one call without an account, or follows one. The secret in it is not kept.' })
export class ServiceCallLink extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field({ description: 'RAISE or FOLLOW.' }) kind!: string;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => Contact, { nullable: true, description: 'Whom it was given to.' }) contact?: Contact | null;
  @Field(() => ServiceCall, { nullable: true, description: 'The call that was raised by it, or that it follows.' }) serviceCall?: ServiceCall | null;
  @Field(() => Staff, { nullable: true, description: 'Who made it; absent: the system, when a call was raised.' }) createdBy?: Staff | null;
  @Field(() => Date, { description: 'When it was made.' }) createdAt!: Date;
  @Field(() => Date, { description: 'Until when it is good.' }) expiresAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When a call was raised by it.' }) usedAt?: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it was revoked.' }) revokedAt?: Date | null;
  @Field({ description: 'Neither used nor revoked nor expired.' }) usable!: boolean;
}
@ObjectType({ description: 'A link after it was made or revoked.' })
export class ServiceCallLinkPayload {
  @Field(() => ServiceCallLink, { nullable: true, description: 'The link as it is now.' }) link?: ServiceCallLink | null;
  @Field(() => String, { nullable: true, description: 'Path on this server, with the secret: told once, when the link is made. Put the address of the server in front of it.' }) path?: string | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@ObjectType({ implements: () => [Node], description: '挂牌问题: a call that a leader listed for all of the zone, in words that name no one.' })
export class PublicProblem extends Node {
  @Field({ description: 'Number of the call.' }) number!: string;
  @Field({ description: 'Type, by the zone\'s rule.' }) type!: string;
  @Field({ description: 'What the type is called, in Chinese.' }) typeZh!: string;
  @Field({ description: 'And in English.' }) typeEn!: string;
  @Field({ description: 'In a line.' }) title!: string;
  @Field({ description: 'In full.' }) content!: string;
  @Field(() => ServiceCallStateEnum, { description: 'Where it stands.' }) state!: CallState;
  @Field(() => Int, { description: 'Steps up the ladder.' }) escalationLevel!: number;
  @Field(() => Department, { description: 'The department that leads.' }) leadDepartment!: Department;
  @Field(() => Date, { description: 'When it was listed.' }) publishedAt!: Date;
  @Field(() => Staff, { description: 'Who listed it.' }) publishedBy!: Staff;
  @Field(() => DateScalar, { description: 'To be solved by this day.' }) resolveDueOn!: string;
  @Field(() => Date, { nullable: true, description: 'When it was solved.' }) resolvedAt?: Date | null;
  @Field({ description: 'Open, and the day that counts has passed.' }) overdue!: boolean;
  @Field(() => ServiceCallAge, { description: 'How old it is.' }) age!: ServiceCallAge;
}
@ObjectType({ description: 'Listed problems, newest first.' })
export class PublicProblemConnection extends connectionOf(PublicProblem, 'PublicProblem') {}

@ObjectType({ description: 'A number and its rows.' })
export class ServiceCallFigure {
  @Field(() => Int, { description: 'How many.' }) count!: number;
}
@ObjectType({ description: 'Figures of calls, together or of one type or department.' })
export class ServiceCallCounts {
  @Field(() => String, { nullable: true, description: 'Code of the type, or id of the department; absent: all together.' }) key?: string | null;
  @Field({ description: 'What it is called.' }) label!: string;
  @Field(() => ServiceCallFigure, { description: 'Raised.' }) raised!: ServiceCallFigure;
  @Field(() => ServiceCallFigure, { description: 'Solved.' }) solved!: ServiceCallFigure;
  @Field(() => ServiceCallFigure, { description: 'Solved by the day set.' }) solvedOnTime!: ServiceCallFigure;
  @Field(() => ServiceCallFigure, { description: 'Rated.' }) rated!: ServiceCallFigure;
  @Field(() => ServiceCallFigure, { description: 'Rated with the zone\'s mark or better.' }) satisfied!: ServiceCallFigure;
  @Field(() => DecimalScalar, { nullable: true, description: '满意率: satisfied of rated, in per cent with one digit; absent: nobody rated.' }) satisfaction?: string | null;
}
@ObjectType({ description: 'What the calls of a period come to, over the projects that the caller may see.' })
export class ServiceCallFigures {
  @Field(() => DateScalar, { description: 'First day.' }) from!: string;
  @Field(() => DateScalar, { description: 'Last day.' }) to!: string;
  @Field(() => ServiceCallCounts, { description: 'All together.' }) total!: ServiceCallCounts;
  @Field(() => [ServiceCallCounts], { description: 'By type or department, most raised first; empty unless asked for.' }) rows!: ServiceCallCounts[];
}
