import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type DeadlineKind, type DeadlineOrder } from '@yinfeng/construction';
import { ArrayMaxSize } from 'class-validator';
import { Department, Staff } from '../directory/directory.types.js';
import { describedEnum } from '../graphql/enums.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

export const DeadlineKindEnum = describedEnum('DeadlineKind', 'What is due.', {
  HANDOFF: '移交接收: a handoff to be accepted or returned.', HANDOFF_MISSING: '签约后移交: a signed project to be handed over.', COMMITMENT: '承诺兑现: a promise of either side.', DUTY: '专班履职: what a taskforce owes this week.',
  CALL: '服务诉求: a service call to be reported in to, or solved.', PERMIT: '证照手续: a permit or step.', MILESTONE: '建设节点: a milestone planned.', PLAN: '投资月报: the month\'s investment to be reported.', ARRIVAL: '到位资金确认: an arrival to be confirmed by a second person.',
  STATISTICS_ENTRY: '入规入统: a started project to enter statistics.', AFTERCARE: '服务回访: a landed firm to be visited.', ESCALATION: '督办: an escalation to be answered.', CONTRACT_TERM: '协议期限: the term of an agreement.',
} satisfies Record<DeadlineKind, string>);
export const DeadlineOrderEnum = describedEnum('DeadlineOrder', 'Order of deadlines.', { EARLIEST: 'The earliest day first: what is overdue longest leads.', LATEST: 'The latest day first.' } satisfies Record<DeadlineOrder, string>);

@ObjectType({ implements: () => [Node], description: 'Something due by a day: kept by the record it is of, and done when that record says so. What is due of a suspended, pooled, withdrawn or lost project rests and is not listed.' })
export class Deadline extends Node {
  @Field(() => DeadlineKindEnum, { description: 'What is due.' }) kind!: DeadlineKind;
  @Field(() => String, { nullable: true, description: 'Which clock, of a record that has several: REPORT_IN, RESOLVE, …' }) part?: string | null;
  @Field(() => String, { nullable: true, description: 'What it is about, in the record\'s words.' }) title?: string | null;
  @Field(() => ID, { nullable: true, description: 'The record it is of; read it through node(id:). The project\'s own where nothing is recorded yet.' }) subjectId?: string | null;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => Department, { nullable: true, description: 'Which department has to do it; that of the project where none is named.' }) department?: Department | null;
  @Field(() => Staff, { nullable: true, description: 'Who has to do it: the person named, else, where no department is, whoever is in charge of the project.' }) staff?: Staff | null;
  @Field(() => DateScalar, { nullable: true, description: 'Since when the clock runs.' }) sinceOn?: string | null;
  @Field(() => DateScalar, { description: 'By which day.' }) dueOn!: string;
  @Field({ description: 'The day lies in a year whose working calendar is not published yet.' }) provisional!: boolean;
  @Field(() => DateScalar, { nullable: true, description: 'Day it was done; null: still due.' }) doneOn?: string | null;
  @Field({ description: 'Not done, and its day has passed.' }) overdue!: boolean;
  @Field(() => Int, { nullable: true, description: 'Working days since that day; null when not overdue. Years whose calendar is not published count by weekdays.' }) workingDaysOverdue?: number | null;
}
@ObjectType({ description: 'Deadlines in order.' })
export class DeadlineConnection extends connectionOf(Deadline, 'Deadline') {}

@ObjectType({ description: 'How much of one kind one department has to do.' })
export class DeadlineFigure {
  @Field(() => DeadlineKindEnum, { description: 'What is due.' }) kind!: DeadlineKind;
  @Field(() => Department, { nullable: true, description: 'Who has to do it; null: no department.' }) department?: Department | null;
  @Field(() => Int, { description: 'Still due, overdue ones included.' }) open!: number;
  @Field(() => Int, { description: 'Past their day.' }) overdue!: number;
}

@InputType({ description: 'Which deadlines; every given condition must hold. Still due when nothing else is said.' })
export class DeadlineFilter {
  @Field(() => Boolean, { nullable: true, description: 'Past their day; false: not yet.' }) overdue?: boolean | null;
  @Field(() => DateScalar, { nullable: true, description: 'Due before this day.' }) dueBefore?: string | null;
  @ArrayMaxSize(20) @Field(() => [DeadlineKindEnum], { nullable: true, description: 'Kinds.' }) kinds?: DeadlineKind[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'To be done by these departments or any below them.' }) departmentIds?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'To be done by these people.' }) staffIds?: string[] | null;
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'To be done by the caller.' }) mine?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Those that were done, in place of those still due.' }) met?: boolean | null;
}
