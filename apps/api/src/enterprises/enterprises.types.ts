import { Field, Int, ObjectType } from '@nestjs/graphql';
import { CurrencyEnum, UsccCheckEnum } from '../graphql/enums.js';
import { UserError, UserErrorCode } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'A name that an enterprise had before.' })
export class FormerName {
  @Field({ description: 'The name.' }) name!: string;
  @Field(() => Date, { description: 'Until when it was on record.' }) untilAt!: Date;
}
@ObjectType({ description: 'What an outside source says of an enterprise on a day.' })
export class EnterpriseFact {
  @Field({ description: 'What it is about: 实缴资本, 参保人数, 经营状态, …' }) key!: string;
  @Field({ description: 'What the source says.' }) value!: string;
  @Field({ description: 'The source: 工商登记, 企查查, 天眼查, 年报, …' }) source!: string;
  @Field(() => DateScalar, { description: 'As of which day.' }) asOf!: string;
  @Field(() => Date, { description: 'When it was noted here.' }) recordedAt!: Date;
}
@ObjectType({ description: 'What an investor looks for.' })
export class InvestorProfile {
  @Field(() => Int, { description: 'Version for edits.' }) version!: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'Least amount of one investment, in units of the currency.' }) ticketMin?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Largest amount of one investment.' }) ticketMax?: string | null;
  @Field(() => CurrencyEnum, { description: 'Currency of these amounts.' }) ticketCurrency!: string;
  @Field(() => [String], { description: 'Sectors sought.' }) sectors!: string[];
  @Field(() => String, { nullable: true, description: 'What is ruled out or required.' }) restrictions?: string | null;
  @Field(() => Int, { nullable: true, description: 'Shortest time horizon, in months.' }) horizonMonthsMin?: number | null;
  @Field(() => Int, { nullable: true, description: 'Longest time horizon, in months.' }) horizonMonthsMax?: number | null;
  @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => Date, { description: 'Last change.' }) updatedAt!: Date;
}

@ObjectType({ implements: () => [Node], description: 'An investor or other enterprise; one record per credit code.' })
export class Enterprise extends Node {
  @Field(() => Int, { description: 'Version for edits.' }) version!: number;
  @Field({ description: 'Registered name.' }) name!: string;
  @Field(() => String, { nullable: true, description: '统一社会信用代码 (GB 32100).' }) uscc?: string | null;
  @Field(() => UsccCheckEnum, { description: 'What the check of the credit code says.' }) usccCheck!: string;
  @Field(() => String, { nullable: true, description: 'Where it comes from, 省-市.' }) sourceRegion?: string | null;
  @Field(() => String, { nullable: true, description: '企业性质.' }) nature?: string | null;
  @Field(() => [String], { description: '企业类别: 世界500强, 上市企业, …' }) classes!: string[];
  @Field(() => String, { nullable: true, description: '投资方简介.' }) profile?: string | null;
  @Field(() => String, { nullable: true, description: 'Website.' }) website?: string | null;
  @Field(() => String, { nullable: true, description: 'Registered address.' }) address?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Registered capital in units of its currency (元, not 万元).' }) registeredCapital?: string | null;
  @Field(() => CurrencyEnum, { nullable: true, description: 'Currency of the registered capital.' }) registeredCurrency?: string | null;
  @Field(() => [FormerName], { description: 'Names that it had before, latest first; at most 50.' }) formerNames!: FormerName[];
  @Field(() => [EnterpriseFact], { description: 'What outside sources say: of each key and source the latest day; at most 200.' }) facts!: EnterpriseFact[];
  @Field(() => InvestorProfile, { nullable: true, description: 'What it looks for as an investor.' }) investorProfile?: InvestorProfile | null;
  @Field(() => Date, { description: 'When it was put on record.' }) createdAt!: Date;
}
@ObjectType({ description: 'Enterprises in order.' })
export class EnterpriseConnection extends connectionOf(Enterprise, 'Enterprise') {}

@ObjectType({ description: 'The group that an enterprise belongs to, as far as the caller may see it.' })
export class EnterpriseGroup {
  @Field(() => Enterprise, { nullable: true, description: 'The enterprise at the top.' }) root?: Enterprise | null;
  @Field(() => [Enterprise], { description: 'All of the group, the top first; at most 200.' }) members!: Enterprise[];
  @Field(() => Int, { description: 'Active projects of any member, each counted once.' }) projectsCount!: number;
  @Field(() => DecimalScalar, { description: 'Their total investment in 元.' }) totalInvestment!: string;
  @Field(() => DecimalScalar, { description: 'Their total investment stated in 美元, never added to the other.' }) foreignInvestment!: string;
}

@ObjectType({ description: 'Something to look at that does not stand in the way.' })
export class EnterpriseWarning {
  @Field(() => UserErrorCode, { description: 'The kind of warning.' }) code!: string;
  @Field({ description: 'The sentence to show, with what to do.' }) message!: string;
  @Field(() => [String], { description: 'The input field.' }) path!: string[];
}
@ObjectType({ description: 'An enterprise after an act on it.' })
export class EnterprisePayload {
  @Field(() => Enterprise, { nullable: true, description: 'The enterprise as it is now; on USCC_TAKEN and ENTERPRISE_KNOWN the one that is on record, if the caller may see it.' }) enterprise?: Enterprise | null;
  @Field(() => [EnterpriseWarning], { description: 'What to look at; the act was done.' }) warnings!: EnterpriseWarning[];
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
