import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { ARRIVAL_NATURES, ARRIVAL_ORIGINS, ARRIVAL_STATES, ARRIVAL_WARNINGS, EVIDENCE_KINDS } from '@yinfeng/construction';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Staff } from '../directory/directory.types.js';
import { CurrencyEnum, describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';
import { MoneyInput } from '../projects/projects.inputs.js';
import { Money, Project } from '../projects/projects.types.js';
import { ERRORS, KEY } from './investments.types.js';

const VERSION = 'Version of the arrival that the caller has seen.';

export const ArrivalNatureEnum = describedEnum('ArrivalNature', '内资 or 外资.', { DOMESTIC: '内资: summed up in 元.', FOREIGN: '外资: summed up in US dollars.' } satisfies Record<(typeof ARRIVAL_NATURES)[number], string>);
export const ArrivalOriginEnum = describedEnum('ArrivalOrigin', 'Where the money comes from; decides for which levels it counts unless said otherwise.', {
  ABROAD: '境外', OUTSIDE_PROVINCE: '省外', OUTSIDE_CITY: '市外省内', WITHIN_CITY: '市内县（区）际', LOCAL: '本地',
} satisfies Record<(typeof ARRIVAL_ORIGINS)[number], string>);
export const ArrivalStateEnum = describedEnum('ArrivalState', 'Where an arrival stands; only confirmed ones count.', { RECORDED: '待确认', CONFIRMED: '已确认', REJECTED: '不予认定' } satisfies Record<(typeof ARRIVAL_STATES)[number], string>);
export const EvidenceKindEnum = describedEnum('ArrivalEvidenceKind', 'What proves an arrival.', {
  BANK_SLIP: '银行回单', CAPITAL_REPORT: '验资报告', INVOICE: '发票', FDI_REGISTRATION: 'FDI 入账登记', AUDIT_REPORT: '审计报告', LAND_RECEIPT: '土地款票据', SETTLEMENT: '工程结算单', OTHER: '其他',
} satisfies Record<(typeof EVIDENCE_KINDS)[number], string>);
export const ArrivalWarningEnum = describedEnum('ArrivalWarningCode', 'What is to be looked at in an arrival.', {
  VOUCHER_TWICE: 'Its voucher number stands on another arrival.', PAYMENT_TWICE: 'Another arrival of the project has the same day and amount.', FILE_TWICE: 'The same file proves another arrival.', EVIDENCE_MISSING: 'No evidence that the zone accepts.',
  RATE_MISSING: 'No rate of the day: added to no sum.', EXCLUSION_SUGGESTED: 'By the rules of the zone it may not count.',
} satisfies Record<(typeof ARRIVAL_WARNINGS)[number], string>);

@ObjectType({ description: 'A file that proves an arrival.' })
export class ArrivalEvidence {
  @Field(() => ID, { description: 'The file; download it at /files/<id>.' }) fileId!: string;
  @Field(() => String, { nullable: true, description: 'Its name.' }) fileName?: string | null;
  @Field(() => EvidenceKindEnum, { description: 'What it is.' }) kind!: string;
  @Field(() => Date, { description: 'When it was added.' }) addedAt!: Date;
}
@ObjectType({ description: 'What a person should look at before an arrival counts.' })
export class ArrivalWarning {
  @Field(() => ArrivalWarningEnum, { description: 'What.' }) code!: string;
  @Field({ description: 'In words, in the language of the caller.' }) message!: string;
  @Field(() => [String], { description: 'Reason codes that the rules suggest, for EXCLUSION_SUGGESTED.' }) reasons!: string[];
}
@ObjectType({ implements: () => [Node], description: '到位资金: one payment that arrived. What was recorded never changes: a wrong one is voided.' })
export class CapitalArrival extends Node {
  @Field(() => Int, { description: 'Version for acts on it.' }) version!: number;
  @Field(() => ArrivalNatureEnum, { description: '内资 or 外资.' }) nature!: string;
  @Field({ description: 'What kind of payment: a code of the zone (policy `arrivals`), e.g. REGISTERED_CAPITAL.' }) form!: string;
  @Field(() => ArrivalOriginEnum, { description: 'Where it comes from.' }) origin!: string;
  @Field(() => DateScalar, { description: 'Day on which it arrived.' }) arrivedOn!: string;
  @Field(() => Money, { description: 'Amount in its own currency.' }) amount!: Money;
  @Field(() => DecimalScalar, { nullable: true, description: '元 for one unit of the currency; absent: no rate is on record.' }) rate?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Day of the rate.' }) rateOn?: string | null;
  @Field(() => String, { nullable: true, description: 'Source of the rate.' }) rateSource?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'The amount in 元; absent without a rate.' }) cny?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'The amount in US dollars; absent without rates.' }) usd?: string | null;
  @Field(() => Int, { description: 'Year for which it counts.' }) countsForYear!: number;
  @Field(() => [String], { description: 'Levels for which it counts, codes of the zone: PROVINCE, CITY, ….' }) levels!: string[];
  @Field(() => String, { nullable: true, description: 'Who paid.' }) payer?: string | null;
  @Field(() => String, { nullable: true, description: 'Number of the voucher.' }) voucherNo?: string | null;
  @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => ArrivalStateEnum, { description: 'Where it stands.' }) state!: string;
  @Field({ description: 'Confirmed, neither excluded nor voided.' }) counted!: boolean;
  @Field(() => DateScalar, { nullable: true, description: 'By which day somebody should decide on it.' }) confirmDueOn?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who recorded it.' }) recordedBy?: Staff | null;
  @Field(() => Date, { description: 'When it was recorded.' }) recordedAt!: Date;
  @Field(() => Staff, { nullable: true, description: 'Who confirmed or rejected it.' }) decidedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When that was.' }) decidedAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'Note or reason of the decision.' }) decisionNote?: string | null;
  @Field(() => String, { nullable: true, description: 'Why it is not counted: a reason code of the zone.' }) excludedCode?: string | null;
  @Field(() => String, { nullable: true, description: 'Words on the exclusion, or on taking it back.' }) excludedNote?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who excluded it or took that back.' }) excludedBy?: Staff | null;
  @Field(() => Date, { nullable: true, description: 'When it was excluded.' }) excludedAt?: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it was voided.' }) voidedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'Who voided it.' }) voidedBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Why it was voided.' }) voidReason?: string | null;
  @Field(() => [ArrivalEvidence], { description: 'What proves it.' }) evidence!: ArrivalEvidence[];
  @Field(() => Project, { description: 'The project.' }) project!: Project;
}
@ObjectType({ description: 'Arrivals in order.' })
export class CapitalArrivalConnection extends connectionOf(CapitalArrival, 'CapitalArrival') {}

@ObjectType({ description: 'What counts but cannot be told in the currency of the figure.' })
export class UnconvertedAmount {
  @Field(() => CurrencyEnum, { description: 'Currency.' }) currency!: string;
  @Field(() => DecimalScalar, { description: 'Sum in it.' }) amount!: string;
  @Field(() => Int, { description: 'How many payments.' }) count!: number;
}
@ObjectType({ description: 'A sum of arrivals and the projects behind it.' })
export class ArrivalFigure {
  @Field(() => DecimalScalar, { description: 'Sum: 元 for domestic, US dollars for foreign capital.' }) amount!: string;
  @Field(() => CurrencyEnum, { description: 'Currency of the sum.' }) currency!: string;
  @Field(() => DecimalScalar, { description: 'Of that, from payments recorded one by one.' }) fromArrivals!: string;
  @Field(() => DecimalScalar, { description: 'Of that, from totals of the year in ledgers, of projects without any confirmed payment.' }) fromLedger!: string;
  @Field(() => Int, { description: 'How many projects.' }) count!: number;
  @Field(() => [UnconvertedAmount], { description: 'What no rate is on record for: in no sum.' }) unconverted!: UnconvertedAmount[];
}
@ObjectType({ description: 'What was left out, by reason.' })
export class ExcludedArrivals {
  @Field({ description: 'Reason code of the zone.' }) code!: string;
  @Field({ description: 'In words, in the language of the caller.' }) label!: string;
  @Field(() => ArrivalFigure, { description: 'What it comes to.' }) figure!: ArrivalFigure;
}
@ObjectType({ description: 'Arrivals of a year of one nature.' })
export class ArrivalTotal {
  @Field(() => ArrivalFigure, { description: 'What counts: confirmed and not excluded.' }) counted!: ArrivalFigure;
  @Field(() => ArrivalFigure, { description: 'What waits to be confirmed.' }) waiting!: ArrivalFigure;
  @Field(() => [ExcludedArrivals], { description: 'What was left out, by reason.' }) excluded!: ExcludedArrivals[];
  @Field(() => DecimalScalar, { nullable: true, description: 'The target that was given.' }) target?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: '到位资金完成率: counted, in per cent of the target.' }) completion?: string | null;
  @Field(() => DecimalScalar, { description: 'Share of the year that has passed at the end of the month, in per cent.' }) elapsed!: string;
  @Field(() => DecimalScalar, { nullable: true, description: 'completion − elapsed in points: 超进度, below zero 欠进度.' }) gap?: string | null;
}
@ObjectType({ description: '到位资金 of a year over the projects that the caller may see, each figure with its rows.' })
export class ArrivalFigures {
  @Field(() => Int, { description: 'The year for which they count.' }) year!: number;
  @Field(() => String, { nullable: true, description: 'The level for which they count; absent: any.' }) level?: string | null;
  @Field(() => DateScalar, { description: 'Arrived by this day.' }) asOf!: string;
  @Field(() => ArrivalTotal, { description: '内资, in 元.' }) domestic!: ArrivalTotal;
  @Field(() => ArrivalTotal, { description: '外资, in US dollars.' }) foreign!: ArrivalTotal;
}
@ObjectType({ implements: () => [Node], description: '汇率: a published rate of a day that somebody put on record.' })
export class FxRate extends Node {
  @Field(() => Int, { description: 'Version for changes.' }) version!: number;
  @Field(() => CurrencyEnum, { description: 'Currency.' }) currency!: string;
  @Field(() => DateScalar, { description: 'Day.' }) day!: string;
  @Field(() => DecimalScalar, { description: '元 for one unit.' }) rate!: string;
  @Field({ description: 'Who published it.' }) source!: string;
  @Field(() => Staff, { nullable: true, description: 'Who put it on record.' }) recordedBy?: Staff | null;
  @Field(() => Date, { description: 'When.' }) recordedAt!: Date;
}
@ObjectType({ description: 'Rates in order.' })
export class FxRateConnection extends connectionOf(FxRate, 'FxRate') {}

@ObjectType({ description: 'An arrival after an act on it.' })
export class CapitalArrivalPayload {
  @Field(() => CapitalArrival, { nullable: true, description: 'The arrival as it is now.' }) arrival?: CapitalArrival | null;
  @Field(() => [UserError], { description: ERRORS }) userErrors!: UserError[];
}
@ObjectType({ description: 'A rate after it was recorded.' })
export class FxRatePayload {
  @Field(() => FxRate, { nullable: true, description: 'The rate as it is now.' }) rate?: FxRate | null;
  @Field(() => [UserError], { description: ERRORS }) userErrors!: UserError[];
}

@InputType({ description: 'A rate as it was published.' })
export class RateInput {
  @Field(() => DecimalScalar, { description: '元 for one unit of the currency.' }) rate!: string;
  @Field(() => DateScalar, { description: 'Day of the rate.' }) day!: string;
  @MaxLength(200) @Field({ description: 'Who published it.' }) source!: string;
}
@InputType({ description: 'A file that proves an arrival.' })
export class ArrivalEvidenceInput {
  @Field(() => ID, { description: 'A file that the caller uploaded.' }) fileId!: string;
  @Field(() => EvidenceKindEnum, { description: 'What it is.' }) kind!: keyof typeof EvidenceKindEnum;
}
@InputType({ description: 'A payment that arrived.' })
export class ArrivalRecordInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => ArrivalNatureEnum, { description: '内资 or 外资.' }) nature!: keyof typeof ArrivalNatureEnum;
  @MaxLength(30) @Field({ description: 'What kind of payment: a code of the zone.' }) form!: string;
  @Field(() => ArrivalOriginEnum, { description: 'Where it comes from.' }) origin!: keyof typeof ArrivalOriginEnum;
  @Field(() => DateScalar, { description: 'Day on which it arrived.' }) arrivedOn!: string;
  @Field(() => MoneyInput, { description: 'How much, in its own currency.' }) money!: MoneyInput;
  @Field(() => RateInput, { nullable: true, description: 'Rate of the day; absent: the one on record for that day, else none.' }) rate?: RateInput | null;
  @Field(() => Int, { nullable: true, description: 'Year for which it counts; absent: the year in which it arrived.' }) countsForYear?: number | null;
  @ArrayMaxSize(10) @Field(() => [String], { nullable: true, description: 'Levels for which it counts; absent: by where it comes from.' }) levels?: string[] | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Who paid.' }) payer?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Number of the voucher.' }) voucherNo?: string | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @ArrayMaxSize(20) @Field(() => [ArrivalEvidenceInput], { nullable: true, description: 'What proves it.' }) evidence?: ArrivalEvidenceInput[] | null;
}
@InputType({ isAbstract: true, description: 'An act on an arrival.' })
abstract class ArrivalActInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The arrival.' }) arrivalId!: string;
  @Field(() => Int, { description: VERSION }) expectedVersion!: number;
}
@InputType({ description: 'A further file that proves an arrival.' })
export class ArrivalEvidenceAddInput extends ArrivalActInput {
  @Field(() => ID, { description: 'A file that the caller uploaded.' }) fileId!: string;
  @Field(() => EvidenceKindEnum, { description: 'What it is.' }) kind!: keyof typeof EvidenceKindEnum;
}
@InputType({ description: 'The confirmation of an arrival; never by who recorded it.' })
export class ArrivalConfirmInput extends ArrivalActInput {
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ description: 'The rejection of an arrival.' })
export class ArrivalRejectInput extends ArrivalActInput {
  @MaxLength(1000) @Field({ description: 'Why.' }) note!: string;
}
@InputType({ description: 'An arrival that is not to count.' })
export class ArrivalExcludeInput extends ArrivalActInput {
  @MaxLength(30) @Field({ description: 'Why: a reason code of the zone.' }) code!: string;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'In words; needed for OTHER.' }) note?: string | null;
}
@InputType({ description: 'An exclusion taken back.' })
export class ArrivalIncludeInput extends ArrivalActInput {
  @MaxLength(1000) @Field({ description: 'Why.' }) note!: string;
}
@InputType({ description: 'An arrival that was recorded in error.' })
export class ArrivalVoidInput extends ArrivalActInput {
  @MaxLength(1000) @Field({ description: 'Why.' }) reason!: string;
}
@InputType({ description: 'A published rate of a day.' })
export class FxRateRecordInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => CurrencyEnum, { description: 'Currency, not CNY.' }) currency!: keyof typeof CurrencyEnum;
  @Field(() => DateScalar, { description: 'Day for which it was published.' }) day!: string;
  @Field(() => DecimalScalar, { description: '元 for `per` units.' }) rate!: string;
  @Field(() => Int, { nullable: true, description: '1 or 100, as it was published; 1 when absent.' }) per?: number | null;
  @MaxLength(200) @Field({ description: 'Who published it.' }) source!: string;
  @Field(() => Int, { nullable: true, description: 'Version that the caller has seen; needed where a rate of that day is on record.' }) expectedVersion?: number | null;
}
@InputType({ description: 'Which arrivals.' })
export class ArrivalFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(2) @Field(() => [ArrivalNatureEnum], { nullable: true, description: '内资, 外资.' }) natures?: (keyof typeof ArrivalNatureEnum)[] | null;
  @ArrayMaxSize(3) @Field(() => [ArrivalStateEnum], { nullable: true, description: 'States.' }) states?: (keyof typeof ArrivalStateEnum)[] | null;
  @ArrayMaxSize(5) @Field(() => [ArrivalOriginEnum], { nullable: true, description: 'Where they come from.' }) origins?: (keyof typeof ArrivalOriginEnum)[] | null;
  @Field(() => Int, { nullable: true, description: 'Year for which they count.' }) year?: number | null;
  @MaxLength(30) @Field(() => String, { nullable: true, description: 'Level for which they count.' }) level?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Arrived on or after this day.' }) from?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Arrived on or before this day.' }) to?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Excluded, or not.' }) excluded?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Voided, or not.' }) voided?: boolean | null;
}
