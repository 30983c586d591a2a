import { Field, ID, InputType, Int } from '@nestjs/graphql';
import { ArrayMaxSize, IsUrl, Max, MaxLength, Min } from 'class-validator';
import { CurrencyEnum, EnterpriseRoleEnum } from '../graphql/enums.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';

const KEY = 'The same key with the same input within 7 days gives the first result.';

@InputType({ description: 'Which enterprises.' })
export class EnterpriseFilter {
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Part of the name, or the beginning of the credit code.' }) text?: string | null;
}
@InputType({ description: 'An enterprise as somebody names it.' })
export class EnterpriseInput {
  @MaxLength(200) @Field({ description: 'Registered name.' }) name!: string;
  @MaxLength(40) @Field(() => String, { nullable: true, description: '统一社会信用代码; a failing check digit is warned of, not refused.' }) uscc?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Where it comes from, 省-市.' }) sourceRegion?: string | null;
}

@InputType({ isAbstract: true })
abstract class EnterpriseValuesInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @MaxLength(40) @Field(() => String, { nullable: true, description: '统一社会信用代码; a failing check digit is warned of, not refused.' }) uscc?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Where it comes from, 省-市.' }) sourceRegion?: string | null;
  @MaxLength(50) @Field(() => String, { nullable: true, description: '企业性质.' }) nature?: string | null;
  @ArrayMaxSize(20) @MaxLength(50, { each: true }) @Field(() => [String], { nullable: true, description: '企业类别: 世界500强, 上市企业, 专精特新, …' }) classes?: string[] | null;
  @MaxLength(5000) @Field(() => String, { nullable: true, description: '投资方简介.' }) profile?: string | null;
  @MaxLength(300) @IsUrl({ protocols: ['http', 'https'], require_tld: false }) @Field(() => String, { nullable: true, description: 'Website, http or https.' }) website?: string | null;
  @MaxLength(300) @Field(() => String, { nullable: true, description: 'Registered address.' }) address?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Registered capital in units of its currency (元, not 万元).' }) registeredCapital?: string | null;
  @Field(() => CurrencyEnum, { nullable: true, description: 'Currency of the registered capital; CNY when absent.' }) registeredCurrency?: string | null;
}
@InputType({ description: 'A new enterprise.' })
export class EnterpriseCreateInput extends EnterpriseValuesInput {
  @MaxLength(200) @Field({ description: 'Registered name.' }) name!: string;
  @Field(() => Boolean, { nullable: true, description: 'Another enterprise bears or bore this name; the caller has looked and says that this is a different one.' }) confirmSeparate?: boolean | null;
}
@InputType({ description: 'Changes of an enterprise; what is absent stays, null clears.' })
export class EnterpriseEditInput extends EnterpriseValuesInput {
  @Field(() => ID, { description: 'The enterprise.' }) enterpriseId!: string;
  @Field(() => Int, { description: 'The version that the caller has seen.' }) expectedVersion!: number;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'New name; the old one stays findable.' }) name?: string | null;
}
@InputType({ description: 'Where an enterprise stands in its group.' })
export class EnterpriseSetParentInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The enterprise.' }) enterpriseId!: string;
  @Field(() => Int, { description: 'The version that the caller has seen.' }) expectedVersion!: number;
  @Field(() => ID, { nullable: true, description: 'The enterprise directly above; null takes it out of its group.' }) parentId?: string | null;
}
@InputType({ description: 'What an outside source says of an enterprise.' })
export class EnterpriseFactRecordInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The enterprise.' }) enterpriseId!: string;
  @MaxLength(60) @Field({ description: 'What it is about: 实缴资本, 参保人数, 经营状态, …' }) key!: string;
  @MaxLength(2000) @Field({ description: 'What the source says.' }) value!: string;
  @MaxLength(100) @Field({ description: 'The source.' }) source!: string;
  @Field(() => DateScalar, { description: 'As of which day; not after today.' }) asOf!: string;
}
@InputType({ description: 'What an investor looks for, as a whole.' })
export class InvestorProfileSetInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The enterprise.' }) enterpriseId!: string;
  @Field(() => Int, { description: 'The version of the profile that the caller has seen; 0 when there is none yet.' }) expectedVersion!: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'Least amount of one investment, in units of the currency.' }) ticketMin?: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Largest amount of one investment.' }) ticketMax?: string | null;
  @Field(() => CurrencyEnum, { nullable: true, description: 'Currency of these amounts; CNY when absent.' }) ticketCurrency?: string | null;
  @ArrayMaxSize(50) @MaxLength(60, { each: true }) @Field(() => [String], { nullable: true, description: 'Sectors sought.' }) sectors?: string[] | null;
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'What is ruled out or required.' }) restrictions?: string | null;
  @Min(0) @Max(1200) @Field(() => Int, { nullable: true, description: 'Shortest time horizon, in months.' }) horizonMonthsMin?: number | null;
  @Min(0) @Max(1200) @Field(() => Int, { nullable: true, description: 'Longest time horizon, in months.' }) horizonMonthsMax?: number | null;
  @MaxLength(2000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
}

@InputType({ description: 'An enterprise that takes part in a project. Given again, its share and place change.' })
export class ProjectEnterpriseAddInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => Int, { description: 'The version of the project that the caller has seen.' }) expectedVersion!: number;
  @Field(() => ID, { nullable: true, description: 'An enterprise on record.' }) enterpriseId?: string | null;
  @Field(() => EnterpriseInput, { nullable: true, description: 'Or one as somebody names it; put on record when it is not known.' }) enterprise?: EnterpriseInput | null;
  @Field(() => EnterpriseRoleEnum, { description: 'Role.' }) role!: keyof typeof EnterpriseRoleEnum;
  @Field(() => DecimalScalar, { nullable: true, description: 'Share in per cent, at most two places; the shares of all investors are at most 100.' }) sharePercent?: string | null;
  @Min(0) @Max(1000) @Field(() => Int, { nullable: true, description: 'Place among those of its role, from 0; when absent, where it is or the last. The first investor leads.' }) position?: number | null;
}
@InputType({ description: 'An enterprise that takes part no longer.' })
export class ProjectEnterpriseRemoveInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => Int, { description: 'The version of the project that the caller has seen.' }) expectedVersion!: number;
  @Field(() => ID, { description: 'The enterprise.' }) enterpriseId!: string;
  @Field(() => EnterpriseRoleEnum, { description: 'Role.' }) role!: keyof typeof EnterpriseRoleEnum;
}
