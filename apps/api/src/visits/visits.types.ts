import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { ArrayMaxSize, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { Department, Staff } from '../directory/directory.types.js';
import { Enterprise } from '../enterprises/enterprises.types.js';
import { DirectionEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

@ObjectType({ description: 'A person met on a visit.' })
export class PersonMet {
  @Field({ description: 'Name.' }) name!: string;
  @Field(() => String, { nullable: true, description: 'Title.' }) title?: string | null;
}
@ObjectType({ description: 'A photo or paper of a visit; GET /files/… gives it to whoever may see the visit.' })
export class VisitFile {
  @Field(() => ID, { description: 'The file.' }) id!: string;
  @Field({ description: 'Name.' }) name!: string;
  @Field({ description: 'Media type.' }) mediaType!: string;
}
@ObjectType({ implements: () => [Node], description: '走访 / 接待: any contact with an investor.' })
export class Visit extends Node {
  @Field(() => Int, { description: 'Version for edits.' }) version!: number;
  @Field(() => DirectionEnum, { description: 'Who went where.' }) direction!: string;
  @Field(() => DateScalar, { description: 'Day.' }) visitedOn!: string;
  @Field(() => Project, { nullable: true, description: 'The project; absent until bound.' }) project?: Project | null;
  @Field(() => Enterprise, { nullable: true, description: 'The enterprise.' }) enterprise?: Enterprise | null;
  @Field(() => Staff, { nullable: true, description: 'Who logged it.' }) staff?: Staff | null;
  @Field(() => Department, { nullable: true, description: 'The unit of who logged it.' }) department?: Department | null;
  @Field(() => String, { nullable: true, description: '带队领导.' }) leaderName?: string | null;
  @Field(() => String, { nullable: true, description: '领导级别.' }) leaderLevel?: string | null;
  @Field(() => Int, { nullable: true, description: '人次.' }) headcount?: number | null;
  @Field(() => String, { nullable: true, description: 'City.' }) city?: string | null;
  @Field(() => String, { nullable: true, description: 'Place.' }) place?: string | null;
  @Field(() => [PersonMet], { description: 'Persons met.' }) met!: PersonMet[];
  @Field(() => [String], { description: '陪同人员, by name.' }) companions!: string[];
  @Field(() => Int, { description: '批次: groups met; one when nothing was said.' }) batches!: number;
  @Field(() => Int, { nullable: true, description: '新增批次.' }) newBatches?: number | null;
  @Field(() => Int, { nullable: true, description: '新增人次.' }) newPersons?: number | null;
  @Field(() => String, { nullable: true, description: '成果类型, a code of rule visits.resultKinds.' }) resultKind?: string | null;
  @Field(() => [VisitFile], { description: 'Photos and papers.' }) files!: VisitFile[];
  @Field(() => Date, { nullable: true, description: 'When it was bound to its project, if it was logged without one.' }) boundAt?: Date | null;
  @Field({ description: 'What was said.' }) content!: string;
  @Field(() => String, { nullable: true, description: 'Result.' }) result?: string | null;
  @Field(() => String, { nullable: true, description: 'Next step.' }) nextStep?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Next follow-up.' }) nextFollowUpOn?: string | null;
  @Field(() => Date, { description: 'When it was logged.' }) createdAt!: Date;
}
@ObjectType({ description: 'Visits in order.' })
export class VisitConnection extends connectionOf(Visit, 'Visit') {}
@ObjectType({ description: 'A visit after it was logged.' })
export class VisitPayload {
  @Field(() => Visit, { nullable: true, description: 'The visit.' }) visit?: Visit | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@InputType({ description: 'A person met.' })
export class PersonMetInput {
  @MaxLength(100) @Field({ description: 'Name.' }) name!: string;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Title.' }) title?: string | null;
}
@InputType({ description: 'A visit as it is logged; direction, day and words are enough.' })
export class VisitLogInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'The same key with the same input within 7 days gives the first result.' }) idempotencyKey?: string | null;
  @MaxLength(64) @Field(() => String, { nullable: true, description: 'UUID made by the client, so that an offline phone may send twice.' }) id?: string | null;
  @Field(() => ID, { nullable: true, description: 'The project.' }) projectId?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'The enterprise, for a visit without a project yet.' }) enterpriseName?: string | null;
  @Field(() => DirectionEnum, { description: 'Who went where.' }) direction!: keyof typeof DirectionEnum;
  @Field(() => DateScalar, { description: 'Day; not after today.' }) visitedOn!: string;
  @MaxLength(5000) @Field({ description: 'What was said.' }) content!: string;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Result.' }) result?: string | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Next step.' }) nextStep?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Next follow-up; not before the visit, in a year whose working calendar is published.' }) nextFollowUpOn?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: '带队领导.' }) leaderName?: string | null;
  @MaxLength(50) @Field(() => String, { nullable: true, description: '领导级别.' }) leaderLevel?: string | null;
  @Min(0) @Max(10000) @Field(() => Int, { nullable: true, description: '人次.' }) headcount?: number | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'City.' }) city?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Place.' }) place?: string | null;
  @ArrayMaxSize(50) @ValidateNested({ each: true }) @Type(() => PersonMetInput) @Field(() => [PersonMetInput], { nullable: true, description: 'Persons met.' }) met?: PersonMetInput[] | null;
  @ArrayMaxSize(50) @Field(() => [ID], { nullable: true, description: 'Colleagues who went along; they see the project from then on.' }) companionIds?: string[] | null;
  @Field(() => ID, { nullable: true, description: 'The open trip, reception or event that it belongs to.' }) delegationId?: string | null;
  @Min(1) @Max(1000) @Field(() => Int, { nullable: true, description: '批次: groups met, 1 to 1,000; one when absent.' }) batches?: number | null;
  @Min(0) @Max(1000) @Field(() => Int, { nullable: true, description: '新增批次: met for the first time; no more than batches.' }) newBatches?: number | null;
  @Min(0) @Max(10000) @Field(() => Int, { nullable: true, description: '新增人次.' }) newPersons?: number | null;
  @MaxLength(30) @Field(() => String, { nullable: true, description: '成果类型, a code of rule visits.resultKinds, e.g. LEAD, SIGNING, DIFFICULTY.' }) resultKind?: string | null;
  @ArrayMaxSize(20) @Field(() => [ID], { nullable: true, description: 'Photos and papers that the caller uploaded to /files; at most 20.' }) fileIds?: string[] | null;
}
@InputType({ description: 'Which visits.' })
export class VisitFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Logged by these persons.' }) staffIds?: string[] | null;
  @ArrayMaxSize(100) @Field(() => [ID], { nullable: true, description: 'Of these departments, with those below them.' }) departmentIds?: string[] | null;
  @ArrayMaxSize(6) @Field(() => [DirectionEnum], { nullable: true, description: 'Directions.' }) directions?: (keyof typeof DirectionEnum)[] | null;
  @Field(() => DateScalar, { nullable: true, description: 'From this day on.' }) from?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Up to this day, included.' }) to?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Only those not bound to a project.' }) withoutProject?: boolean | null;
  @Field(() => ID, { nullable: true, description: 'Of this trip, reception or event.' }) delegationId?: string | null;
  @Field(() => Boolean, { nullable: true, description: '领导带队 or not, by the zone\'s words for leaders.' }) leaderLed?: boolean | null;
  @ArrayMaxSize(20) @MaxLength(30, { each: true }) @Field(() => [String], { nullable: true, description: '带队领导级别: codes of rule visits.leaderLevels, with the other words for them.' }) leaderLevels?: string[] | null;
  @ArrayMaxSize(20) @MaxLength(30, { each: true }) @Field(() => [String], { nullable: true, description: '成果类型: codes of rule visits.resultKinds.' }) resultKinds?: string[] | null;
}
