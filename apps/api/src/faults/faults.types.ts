import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { FaultKind } from '@yinfeng/directory';
import { ArrayMaxSize } from 'class-validator';
import { describedEnum } from '../graphql/enums.js';
import { connectionOf } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

export const DataFaultKindEnum = describedEnum('DataFaultKind', 'What is wrong with the data of a project.', {
  NO_OWNER: '无负责人: nobody in charge, or somebody who has left.', NO_NEXT_STEP: '无下一步: no next step, or no day for it.', NEXT_STEP_OVERDUE: '下一步逾期: the day of the next step has passed.',
  SIGNED_WITHOUT_SIGNING: '已签约无协议: signed or later, without an agreement that stands.', MISSING_USCC: '缺统一社会信用代码: no enterprise of a domestic project has one.', AMOUNT_CONTRADICTION: '金额矛盾: fixed-asset investment above total investment, by more than rounding.',
  FUTURE_DATE: '日期在将来: a milestone or an agreement after today.', NO_AMOUNT: '缺总投资: no total investment.', NO_INDUSTRY: '缺行业: no industry.',
} satisfies Record<FaultKind, string>);

@ObjectType({ description: 'Something missing or contradictory in the data of an active project. It is read from the records: mended, it is gone.' })
export class DataFault {
  @Field(() => DataFaultKindEnum, { description: 'What is wrong.' }) kind!: FaultKind;
  @Field(() => DateScalar, { nullable: true, description: 'Since which day, where the records tell.' }) sinceOn?: string | null;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
}
@ObjectType({ description: 'Data faults, newest project first.' })
export class DataFaultConnection extends connectionOf(DataFault, 'DataFault') {}

@ObjectType({ description: 'How many faults of one kind there are.' })
export class DataFaultCount {
  @Field(() => DataFaultKindEnum, { description: 'What is wrong.' }) kind!: FaultKind;
  @Field(() => Int, { description: 'In how many projects: exactly the rows of `dataFaults` with this kind and the same filter.' }) count!: number;
}

@ArgsType()
export class DataFaultPageArgs {
  @Field(() => Int, { nullable: true, description: 'How many from the start, 1 to 100; 20 when absent.' }) first?: number | null;
  @Field(() => String, { nullable: true, description: 'Only what follows this cursor.' }) after?: string | null;
}

@InputType({ description: 'Which data faults; every given condition must hold.' })
export class DataFaultFilter {
  @ArrayMaxSize(20) @Field(() => [DataFaultKindEnum], { nullable: true, description: 'Kinds.' }) kinds?: FaultKind[] | null;
  @Field(() => ID, { nullable: true, description: 'Of projects of this department or any below it.' }) departmentId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Of projects in the caller\'s charge.' }) mine?: boolean | null;
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
}
