import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { ArrayMaxSize } from 'class-validator';
import { StageEnum } from '../graphql/enums.js';
import { connectionOf } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';
import { Visit } from '../visits/visits.types.js';

@ObjectType({ description: 'A landed project and the day by which it is to be visited (rule aftercare).' })
export class AftercareDue {
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => DateScalar, { description: 'Since when it has landed.' }) landedOn!: string;
  @Field(() => Visit, { nullable: true, description: 'The latest visit since then that counts.' }) lastVisit?: Visit | null;
  @Field(() => DateScalar, { description: 'To be visited by this day: so many months after the landing or the latest visit.' }) dueOn!: string;
  @Field({ description: 'That day has passed.' }) overdue!: boolean;
}
@ObjectType({ description: 'Landed projects, nearest day first.' })
export class AftercareDueConnection extends connectionOf(AftercareDue, 'AftercareDue') {}
@ObjectType({ description: 'What aftercare comes to: rows are in aftercarePlan, aftercareVisits and expansionLeads.' })
export class AftercareFigures {
  @Field(() => Int, { description: 'Landed projects to be visited, now.' }) landed!: number;
  @Field(() => Int, { description: 'Of these, past their day.' }) overdue!: number;
  @Field(() => Int, { description: 'Visits of the period to projects that had landed by then.' }) visits!: number;
  @Field(() => Int, { description: 'How many projects these went to.' }) visited!: number;
  @Field(() => Int, { description: 'Leads first reported in the period that grew from a project that had landed by then.' }) expansions!: number;
}
@InputType({ description: 'Which landed projects; every given condition must hold.' })
export class AftercareFilter {
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Of these departments, with those below them.' }) departmentIds?: string[] | null;
  @ArrayMaxSize(7) @Field(() => [StageEnum], { nullable: true, description: 'Stages.' }) stages?: (keyof typeof StageEnum)[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Past its day, or not.' }) overdue?: boolean | null;
  @Field(() => DateScalar, { nullable: true, description: 'To be visited on or before this day.' }) dueBefore?: string | null;
}
