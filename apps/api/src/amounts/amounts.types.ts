import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { AMOUNT_KINDS, AMOUNT_PARTS, WARNING_CODES } from '@yinfeng/recruitment';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { CurrencyEnum, describedEnum } from '../graphql/enums.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';
import { MoneyInput } from '../projects/projects.inputs.js';

export const AmountKindEnum = describedEnum('AmountKind', 'What an amount is of; the same project has several true ones.', {
  TOTAL: '总投资', FIXED: '固定资产投资, in CNY.', FILED: '备案证金额', CONTRACT_FOREIGN: '协议利用外资', REGISTERED: '注册资本', ARRIVED_TOTAL: '累计到位资金', ARRIVED_YEAR: '当年到位资金; of a year.',
  FOREIGN_YEAR: '当年实际利用外资; of a year.', STATISTICAL: '纳统总投资', OUTPUT_YEAR: '年产值', TAX_YEAR: '年税收',
} satisfies Record<(typeof AMOUNT_KINDS)[number], string>);
export const AmountPartEnum = describedEnum('AmountPart', 'What an amount is made of.', {
  FIXED: '固定资产投资, as part of the total.', CIVIL_WORKS: '土建', EQUIPMENT: '设备', INSTALLATION: '安装', LAND: '土地', WORKING_CAPITAL: '流动资金', RESEARCH: '研发', OTHER: '其他',
} satisfies Record<(typeof AMOUNT_PARTS)[number], string>);
export const WarningCodeEnum = describedEnum('ProjectWarningCode', 'How amounts of a project contradict each other.', {
  PARTS_DO_NOT_ADD_UP: 'Parts do not add up to the whole.', FIXED_ABOVE_TOTAL: 'Fixed-asset investment above the total.', FILED_ABOVE_TOTAL: 'Filed amount above the total.', FOREIGN_ABOVE_TOTAL: 'Contracted foreign investment above the total.',
  SIGNED_DIFFERS_FROM_PROJECT: 'The agreement says another total than the project.', PLACEHOLDER: 'Typed to satisfy a form.', EXPANSION_INCLUDES_PARENT: 'An expansion as large as what it expands: only the increment counts.',
} satisfies Record<(typeof WARNING_CODES)[number], string>);

@ObjectType({ description: 'A part of the total or of the fixed-asset investment.' })
export class ProjectAmountPart {
  @Field(() => AmountKindEnum, { description: 'TOTAL or FIXED.' }) whole!: string;
  @Field(() => AmountPartEnum, { description: 'What part.' }) part!: string;
  @Field(() => DecimalScalar, { description: 'Exact amount in units of the currency.' }) amount!: string;
  @Field(() => CurrencyEnum, { description: 'Currency.' }) currency!: string;
  @Field(() => String, { nullable: true, description: 'The text it was read from.' }) raw?: string | null;
}
@ObjectType({ description: 'Amounts of a project that contradict each other: told, never refused.' })
export class ProjectWarning {
  @Field(() => WarningCodeEnum, { description: 'How.' }) code!: string;
  @Field({ description: 'The amount, e.g. FILED; parts joined by +.' }) field!: string;
  @Field(() => DecimalScalar, { description: 'Its value.' }) value!: string;
  @Field(() => CurrencyEnum, { description: 'Currency of both.' }) currency!: string;
  @Field(() => String, { nullable: true, description: 'The amount it contradicts.' }) otherField?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'The value of that.' }) otherValue?: string | null;
  @Field({ description: 'Field, both values and what to do, in the language of the caller.' }) message!: string;
}
@ObjectType({ description: 'A mark that follows from what is on record.' })
export class ProjectTag {
  @Field({ description: 'SIZE_<万元>, FOREIGN, HEADQUARTERS, RESEARCH, STATISTICS, CLASS_<n>.' }) code!: string;
  @Field({ description: 'In words, in the language of the caller.' }) label!: string;
}
@InputType({ description: 'A part of an amount.' })
export class AmountPartInput {
  @Field(() => AmountPartEnum, { description: 'What part; each once.' }) part!: keyof typeof AmountPartEnum;
  @Field(() => MoneyInput, { description: 'How much.' }) money!: MoneyInput;
}
@InputType({ description: 'One amount of a project, with what it is made of.' })
export class ProjectAmountSetInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'The same key with the same input within 7 days gives the first result.' }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => Int, { description: 'Version of the project that the caller has seen.' }) expectedVersion!: number;
  @Field(() => AmountKindEnum, { description: 'Which amount.' }) kind!: keyof typeof AmountKindEnum;
  @Field(() => Int, { nullable: true, description: 'The year it is for; ARRIVED_YEAR and FOREIGN_YEAR need one.' }) year?: number | null;
  @Field(() => MoneyInput, { nullable: true, description: 'The amount, as text with its unit or exact. Absent: unchanged; null: cleared.' }) money?: MoneyInput | null;
  @Field(() => DateScalar, { nullable: true, description: 'As of which day; today when absent.' }) asOf?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Where it was read: a filing, a report.' }) source?: string | null;
  @ArrayMaxSize(8) @Field(() => [AmountPartInput], { nullable: true, description: 'All parts of TOTAL or FIXED; absent: unchanged, empty: none.' }) parts?: AmountPartInput[] | null;
}
