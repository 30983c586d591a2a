import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { MaxLength } from 'class-validator';
import { UserError } from '../graphql/errors.js';
import { DateScalar } from '../graphql/scalars.js';
import { ImportFile } from '../imports/imports.types.js';

@ObjectType({ description: 'A count of the sentence above a table.' })
export class WeeklySheetCategory {
  @Field({ description: 'What is counted, e.g. 固定资产投资5亿元以上项目.' }) label!: string;
  @Field(() => Int, { description: 'How many rows.' }) count!: number;
}
@ObjectType({ description: '片组: one sheet of the weekly book.' })
export class WeeklySheetGroup {
  @Field(() => ID, { nullable: true, description: 'The department; null for projects without one.' }) departmentId?: string | null;
  @Field({ description: 'Its name.' }) name!: string;
  @Field({ description: 'Title of the sheet.' }) title!: string;
  @Field({ description: 'The sentence above the table; its numbers are those of the rows.' }) sentence!: string;
  @Field(() => Int, { description: 'Rows of the sheet.' }) rows!: number;
  @Field(() => Int, { description: '新增: rows that are new in the period.' }) added!: number;
  @Field(() => [WeeklySheetCategory], { description: 'Rows by the categories of the rule weeklySheet.' }) categories!: WeeklySheetCategory[];
}
@ObjectType({ description: 'Visits one way.' })
export class WeeklyVisitFigure {
  @Field(() => Int, { description: '批: visits.' }) batches!: number;
  @Field(() => Int, { description: '人次: persons.' }) persons!: number;
}
@ObjectType({ description: '走访汇总: the visits of the period.' })
export class WeeklyVisits {
  @Field({ description: 'The sentence above the table.' }) sentence!: string;
  @Field(() => WeeklyVisitFigure, { description: '外出.' }) outbound!: WeeklyVisitFigure;
  @Field(() => WeeklyVisitFigure, { description: '来访接待.' }) inbound!: WeeklyVisitFigure;
  @Field(() => Int, { description: '领导带队: visits led by a leader.' }) led!: number;
}
@ObjectType({ description: '周报采集表: what was entered between two hand-ins, as the superior wants it, of the projects that the caller may see.' })
export class WeeklySheet {
  @Field(() => DateScalar, { description: 'Monday of the week.' }) week!: string;
  @Field(() => DateScalar, { description: 'Day of the hand-in: moved to the next working day when off.' }) handInOn!: string;
  @Field(() => Date, { description: 'What was entered after this instant counts.' }) from!: Date;
  @Field(() => Date, { description: 'Up to and including this instant.' }) to!: Date;
  @Field(() => Int, { description: 'Rows of all groups.' }) rows!: number;
  @Field(() => [WeeklySheetGroup], { description: 'Its sheets; where there is nothing to report one without rows.' }) groups!: WeeklySheetGroup[];
  @Field(() => WeeklyVisits, { description: 'The sheet of visits.' }) visits!: WeeklyVisits;
}

@InputType({ description: 'Which weekly sheet to write.' })
export class WeeklySheetExportInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.' }) idempotencyKey?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Any day of the week wanted, Monday to Sunday; absent: the week that is handed in next.' }) week?: string | null;
  @Field(() => ID, { nullable: true, description: 'Only this unit and those below it.' }) departmentId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Every project of the stages, not only what is new or changed.' }) all?: boolean | null;
}
@ObjectType({ description: 'A weekly sheet as a file.' })
export class WeeklySheetPayload {
  @Field(() => ImportFile, { nullable: true, description: 'The book.' }) file?: ImportFile | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
