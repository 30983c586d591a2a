import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { type AnswerMethod, type ClockState, type CompletenessItem, type Confidence, type ExtractedKind, type ReferrerKind } from '@yinfeng/recruitment';
import { MaxLength } from 'class-validator';
import { Staff } from '../directory/directory.types.js';
import { CurrencyEnum, describedEnum } from '../graphql/enums.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';

export const CompletenessItemEnum = describedEnum('CompletenessItem', 'What a complete lead says.', {
  investor: '投资方.', contact: '联系人, with a phone.', content: '项目内容.', totalAmount: '总投资.', fixedAmount: '固定资产投资.', land: '用地需求.', energy: '能耗.', environment: '环境影响.', output: '预计产值.', tax: '预计税收.',
  industry: '行业.', source: '线索来源 or introducer.', timing: '进度安排.',
} satisfies Record<CompletenessItem, string>);
export const ClockStateEnum = describedEnum('ClockState', 'Where a clock of a lead stands.', {
  RUNNING: 'Not done, in time.', OVERDUE: 'Not done, its day has passed.', MET: 'Done in time; the due day itself is in time.', LATE: 'Done after its day.', STOPPED: 'Nobody has to do it any more.',
  UNSCHEDULED: 'Its day lies beyond the published working calendar: nothing is said about lateness.',
} satisfies Record<ClockState, string>);
export const AnswerMethodEnum = describedEnum('AnswerMethod', 'How a referrer or investor was answered.', {
  PHONE: '电话.', WECHAT: '微信.', MEETING: '当面.', LETTER: '函件.', EMAIL: '邮件.', OTHER: '其他.',
} satisfies Record<AnswerMethod, string>);
export const ReferrerKindEnum = describedEnum('ReferrerKind', 'What kind of introducer.', { PERSON: '个人.', ORGANISATION: '机构.' } satisfies Record<ReferrerKind, string>);

export const ConfidenceEnum = describedEnum('Confidence', 'How sure a reading is.', { SURE: 'Written out.', LIKELY: 'Follows from the words around it.', GUESS: 'A person has to look at it.' } satisfies Record<Confidence, string>);
export const ExtractedKindEnum = describedEnum('ExtractedKind', 'What was read from a text.', {
  ENTERPRISE: '企业名称.', USCC: '统一社会信用代码.', CONTACT: '联系人.', PHONE: '电话: digits alone, land lines as 0431-85678901.', TOTAL_INVESTMENT: '总投资.', FIXED_INVESTMENT: '固定资产投资.', OUTPUT: '产值.', TAX: '税收.',
  REGISTERED_CAPITAL: '注册资本.', OTHER_AMOUNT: 'An amount of something else.', LAND_AREA: '用地.', FLOOR_AREA: '厂房 or 建筑面积.', SOURCE_REGION: '来源地, 省-市.', PARK: 'A park of the zone.', INDUSTRY: 'A hint at the industry.',
  FOLLOW_UP: 'A day that was agreed, from today on.', DATE: 'Another day.',
} satisfies Record<ExtractedKind, string>);

@ObjectType({ description: 'A field proposed from a text. Nothing is taken over before a person says so.' })
export class ExtractedField {
  @Field(() => ExtractedKindEnum, { description: 'What.' }) kind!: ExtractedKind;
  @Field({ description: 'As an input would take it: name, digits, words of an amount, day as YYYY-MM-DD.' }) value!: string;
  @Field({ description: 'The exact words it was read from.' }) excerpt!: string;
  @Field(() => Int, { description: 'Where they begin in the text, in UTF-16 units (as JavaScript counts).' }) start!: number;
  @Field(() => Int, { description: 'Where they end, not included.' }) end!: number;
  @Field(() => ConfidenceEnum, { description: 'How sure.' }) confidence!: Confidence;
  @Field(() => DecimalScalar, { nullable: true, description: 'Of money: exact amount in units of the currency (元).' }) amount?: string | null;
  @Field(() => CurrencyEnum, { nullable: true, description: 'Of money: its currency.' }) currency?: string | null;
  @Field(() => String, { nullable: true, description: 'Of a contact: the title.' }) title?: string | null;
  @Field(() => String, { nullable: true, description: 'Of a phone: the contact that it stands beside, by its value.' }) contact?: string | null;
  @Field(() => ID, { nullable: true, description: 'Global id of a park.' }) parkId?: string | null;
  @Field(() => String, { nullable: true, description: 'GB/T 4754 code of an industry.' }) industryCode?: string | null;
  @Field(() => String, { nullable: true, description: 'How it was read, in the language of the caller: 约数, 区间取下限, ….' }) reading?: string | null;
}
@ObjectType({ description: 'What a pasted text proposes for a lead, in the order of the text.' })
export class LeadExtraction {
  @Field(() => [ExtractedField], { description: 'The fields; at most 200.' }) fields!: ExtractedField[];
}
@ObjectType({ description: 'Something a lead does not say yet.' })
export class MissingItem {
  @Field(() => CompletenessItemEnum, { description: 'What.' }) item!: CompletenessItem;
  @Field({ description: 'In words, in the language of the caller.' }) label!: string;
}
@ObjectType({ description: 'How much of what a lead should say is said: counted from the record, by the rules of today (policy leadCompleteness).' })
export class LeadCompleteness {
  @Field(() => Int, { description: '0 to 100.' }) score!: number;
  @Field({ description: '有效信息: enough points to count as valid information.' }) valid!: boolean;
  @Field(() => [MissingItem], { description: 'What is missing, what is worth most first.' }) missing!: MissingItem[];
}
@ObjectType({ description: 'One clock of a lead, in working days.' })
export class TriageClock {
  @Field(() => DateScalar, { nullable: true, description: 'To be done by this day; absent when the count leaves the published working calendar.' }) dueOn?: string | null;
  @Field(() => Date, { nullable: true, description: 'When it was done; never of `report`, which begins again with each activity.' }) doneAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'Who did it.' }) by?: string | null;
  @Field(() => ClockStateEnum, { description: 'Where it stands.' }) state!: ClockState;
  @Field(() => String, { nullable: true, description: 'Why there is no due day, in the language of the caller.' }) note?: string | null;
}
@ObjectType({ description: 'The clocks of a lead (policy triage).' })
export class LeadTriage {
  @Field(() => TriageClock, { description: 'Somebody takes it on: leadAssign, or the judgement itself.' }) respond!: TriageClock;
  @Field(() => TriageClock, { description: 'First judgement: leadJudge. Major leads have longer.' }) assess!: TriageClock;
  @Field(() => TriageClock, { description: 'Whoever brought it is answered: leadAnswer; also when it was turned down.' }) answer!: TriageClock;
  @Field(() => TriageClock, { nullable: true, description: 'Progress on record, counted from the last activity; absent from the signing on.' }) report?: TriageClock | null;
  @Field(() => AnswerMethodEnum, { nullable: true, description: 'How it was answered.' }) answerMethod?: AnswerMethod | null;
  @Field(() => DateScalar, { nullable: true, description: 'The day of the answer as it was told; the clock goes by the entry.' }) answeredOn?: string | null;
  @Field(() => String, { nullable: true, description: 'What was answered.' }) answerNote?: string | null;
}
@ObjectType({ description: 'Who introduced a project first. Filed once, never changed.' })
export class Referrer {
  @Field(() => ReferrerKindEnum, { description: 'Person or organisation.' }) kind!: ReferrerKind;
  @Field({ description: 'Name.' }) name!: string;
  @Field(() => String, { nullable: true, description: 'Phone, masked.' }) phone?: string | null;
  @Field({ description: '公职人员: may introduce, is never rewarded.' }) publicServant!: boolean;
  @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => Date, { description: 'When it was filed.' }) filedAt!: Date;
  @Field(() => Staff, { nullable: true, description: 'Who filed it.' }) filedBy?: Staff | null;
  @Field({ description: 'Filed before the day of the first signing.' }) filedInTime!: boolean;
  @Field({ description: 'Filed in time, and no public servant.' }) rewardEligible!: boolean;
}
@ObjectType({ description: 'One choice of a list of the zone.' })
export class LeadChoice {
  @Field({ description: 'Code, as inputs take it.' }) code!: string;
  @Field({ description: 'In words, in the language of the caller; inputs take it as well. Kept is the Chinese label.' }) label!: string;
}
@ObjectType({ description: 'What a lead may come from, by the rules of today (policy leadSources).' })
export class LeadSources {
  @Field(() => [LeadChoice], { description: '线索来源.' }) sources!: LeadChoice[];
  @Field(() => [LeadChoice], { description: '招商类型.' }) channels!: LeadChoice[];
  @Field({ description: 'Words that are on neither list are taken as they are.' }) freeText!: boolean;
}
@ObjectType({ description: '有效信息率: how many of the leads reported in a period are complete enough to be valid information.' })
export class LeadQuality {
  @Field(() => DateScalar, { description: 'First day.' }) from!: string;
  @Field(() => DateScalar, { description: 'Last day, included.' }) to!: string;
  @Field(() => Int, { description: 'Leads first reported on these days.' }) reported!: number;
  @Field(() => Int, { description: 'Valid ones among them.' }) valid!: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'Valid of reported in per cent, to one decimal; absent when nothing was reported.' }) rate?: string | null;
  @Field(() => Int, { description: 'Points from which on a lead is valid.' }) validFrom!: number;
}

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
@InputType({ description: 'Who introduced a lead.' })
export class ReferrerInput {
  @Field(() => ReferrerKindEnum, { description: 'Person or organisation.' }) kind!: ReferrerKind;
  @MaxLength(100) @Field({ description: 'Name.' }) name!: string;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'Phone, 7 to 20 digits.' }) phone?: string | null;
  @Field({ description: '公职人员. Public servants are never rewarded; whoever files says it either way.' }) publicServant!: boolean;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}
@InputType({ isAbstract: true })
abstract class LeadAct {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => Int, { description: 'Version of the project that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ description: 'Somebody takes a lead on.' })
export class LeadAssignInput extends LeadAct {
  @Field(() => ID, { description: 'The person in charge from now on.' }) assigneeId!: string;
}
@InputType({ description: 'Whoever brought a lead was answered.' })
export class LeadAnswerInput extends LeadAct {
  @Field(() => AnswerMethodEnum, { description: 'How.' }) method!: AnswerMethod;
  @Field(() => DateScalar, { nullable: true, description: 'The day, not after today; today when absent. The clock goes by the entry.' }) answeredOn?: string | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'What was answered.' }) note?: string | null;
}
@InputType({ description: 'Files the introducer of a project that has none.' })
export class LeadReferrerFileInput extends LeadAct {
  @Field(() => ReferrerInput, { description: 'Who.' }) introducer!: ReferrerInput;
}
