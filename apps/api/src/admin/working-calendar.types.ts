import { Field, InputType, Int, ObjectType } from '@nestjs/graphql';
import { ArrayMaxSize, IsBoolean, IsInt, MaxLength } from 'class-validator';
import { UserError } from '../graphql/errors.js';
import { DateScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'A day that differs from Monday-to-Friday: a statutory holiday, or a make-up working day (调休).' })
export class SpecialDay {
  @Field(() => DateScalar, { description: 'Shanghai day.' }) day!: string;
  @Field({ description: 'Whether people work on it.' }) working!: boolean;
  @Field({ description: 'What for, e.g. 春节.' }) name!: string;
}
@ObjectType({ description: 'The published working calendar of a year. All days it does not name are worked from Monday to Friday.' })
export class WorkingCalendarYear {
  @Field(() => Int, { description: 'The year.' }) year!: number;
  @Field({ description: 'Where the arrangement was published.' }) source!: string;
  @Field(() => Date, { description: 'When it was imported here.' }) importedAt!: Date;
  @Field(() => [SpecialDay], { description: 'Special days in order of time.' }) days!: SpecialDay[];
}

@InputType({ description: 'A day that differs from Monday-to-Friday.' })
export class SpecialDayInput {
  @Field(() => DateScalar, { description: 'Shanghai day in the year.' }) day!: string;
  @IsBoolean() @Field({ description: 'true: a make-up working day; false: off.' }) working!: boolean;
  @MaxLength(50) @Field({ description: 'What for.' }) name!: string;
}
@InputType({ description: 'The holiday arrangement of a year, or its correction: the days given take the place of those on record.' })
export class WorkingCalendarImportInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.' }) idempotencyKey?: string | null;
  @IsInt() @Field(() => Int, { description: 'The year.' }) year!: number;
  @ArrayMaxSize(250) @Field(() => [SpecialDayInput], { description: 'Every day that differs from Monday-to-Friday, each once.' }) days!: SpecialDayInput[];
  @MaxLength(300) @Field({ description: 'Where it was published, e.g. 国办发明电〔2026〕7号.' }) source!: string;
}
@ObjectType({ description: 'The calendar after its import.' })
export class WorkingCalendarImportPayload {
  @Field(() => WorkingCalendarYear, { nullable: true, description: 'The year as it counts now.' }) calendar?: WorkingCalendarYear | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
