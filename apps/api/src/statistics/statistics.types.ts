import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type StatisticsKind } from '@yinfeng/construction';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Staff } from '../directory/directory.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { MoneyInput } from '../projects/projects.inputs.js';
import { Money, Project } from '../projects/projects.types.js';

export const StatisticsKindEnum = describedEnum('StatisticsKind', 'Into which statistics.', { DESIGNATED_SIZE: '入规: designated size.', STATISTICS: '入统: in statistics.', LIBRARY: '入库: in the library of projects.' } satisfies Record<StatisticsKind, string>);

@ObjectType({ implements: () => [Node], description: '入规、入统、入库: a project\'s entry into statistics. Counts once another person has confirmed it.' })
export class StatisticsEntry extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => StatisticsKindEnum, { description: 'Into which.' }) kind!: StatisticsKind;
  @Field(() => DateScalar, { description: 'On which day.' }) enteredOn!: string;
  @Field({ description: '纳统名称: its name there.' }) name!: string;
  @Field(() => String, { nullable: true, description: 'Its code there.' }) code?: string | null;
  @Field(() => Money, { nullable: true, description: '统计口径总投资.' }) totalInvestment?: Money | null;
  @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => ID, { nullable: true, description: 'What shows it; download it at /files/<id>.' }) fileId?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who recorded it.' }) recordedBy?: Staff | null;
  @Field(() => Date, { description: 'When it was recorded.' }) recordedAt!: Date;
  @Field(() => Staff, { nullable: true, description: 'Who confirmed it.' }) confirmedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was confirmed; null: it waits and does not count.' }) confirmedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'Who took it back.' }) voidedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was taken back.' }) voidedAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'Why.' }) voidReason?: string | null;
}
@ObjectType({ description: 'Entries into statistics, the latest day first.' })
export class StatisticsEntryConnection extends connectionOf(StatisticsEntry, 'StatisticsEntry') {}
@ObjectType({ description: 'An entry into statistics after an act on it.' })
export class StatisticsEntryPayload {
  @Field(() => StatisticsEntry, { nullable: true, description: 'The entry as it is now.' }) entry?: StatisticsEntry | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'A number of projects and which they are.' })
export class StatisticsFigure {
  @Field(() => Int, { description: 'How many projects.' }) count!: number;
}
@ObjectType({ description: 'Projects and statistics.' })
export class StatisticsFigures {
  @Field(() => StatisticsFigure, { description: 'Entered in the period, by the counting day of the milestone 入规入统; what ledgers brought counts alike.' }) entered!: StatisticsFigure;
  @Field(() => StatisticsFigure, { description: 'Started, active, and past the day by which they had to enter.' }) missing!: StatisticsFigure;
}
@InputType({ description: 'Which entries; every given condition must hold.' })
export class StatisticsEntryFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(3) @Field(() => [StatisticsKindEnum], { nullable: true, description: 'Kinds.' }) kinds?: StatisticsKind[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Confirmed; false: those that wait.' }) confirmed?: boolean | null;
  @Field(() => DateScalar, { nullable: true, description: 'Entered on or after this day.' }) from?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Entered on or before this day.' }) to?: string | null;
}
const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
const VERSION = 'Version of the entry that the caller has seen.';
@InputType({ description: 'An entry into statistics.' })
export class StatisticsEntryRecordInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project; it has started.' }) projectId!: string;
  @Field(() => StatisticsKindEnum, { description: 'Into which.' }) kind!: StatisticsKind;
  @Field(() => DateScalar, { description: 'On which day.' }) enteredOn!: string;
  @MaxLength(200) @Field({ description: '纳统名称: its name there.' }) name!: string;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Its code there.' }) code?: string | null;
  @Field(() => MoneyInput, { nullable: true, description: '统计口径总投资, in 人民币.' }) totalInvestment?: MoneyInput | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => ID, { nullable: true, description: 'What shows it, an uploaded file.' }) fileId?: string | null;
}
@InputType({ description: 'Which entry.' })
export class StatisticsEntryConfirmInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The entry.' }) entryId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
}
@InputType({ description: 'An entry taken back.' })
export class StatisticsEntryVoidInput extends StatisticsEntryConfirmInput {
  @MaxLength(1000) @Field({ description: 'Why.' }) reason!: string;
}
