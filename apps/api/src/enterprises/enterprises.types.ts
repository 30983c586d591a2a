import { Field, InputType, Int, ObjectType } from '@nestjs/graphql';
import { MaxLength } from 'class-validator';
import { connectionOf, Node } from '../graphql/relay.js';

@ObjectType({ implements: () => [Node], description: 'An investor or other enterprise; one record per credit code.' })
export class Enterprise extends Node {
  @Field(() => Int, { description: 'Version for edits.' }) version!: number;
  @Field({ description: 'Registered name.' }) name!: string;
  @Field(() => String, { nullable: true, description: '统一社会信用代码 (GB 32100).' }) uscc?: string | null;
  @Field(() => String, { nullable: true, description: 'Where it comes from, 省-市.' }) sourceRegion?: string | null;
  @Field(() => String, { nullable: true, description: '企业性质.' }) nature?: string | null;
  @Field(() => [String], { description: '企业类别: 世界500强, 上市企业, …' }) classes!: string[];
  @Field(() => String, { nullable: true, description: '投资方简介.' }) profile?: string | null;
  @Field(() => Date, { description: 'When it was put on record.' }) createdAt!: Date;
}
@ObjectType({ description: 'Enterprises in order.' })
export class EnterpriseConnection extends connectionOf(Enterprise, 'Enterprise') {}

@InputType({ description: 'Which enterprises.' })
export class EnterpriseFilter {
  @MaxLength(100)
  @Field(() => String, { nullable: true, description: 'Part of the name, or the beginning of the credit code.' }) text?: string | null;
}
@InputType({ description: 'An enterprise as somebody names it.' })
export class EnterpriseInput {
  @MaxLength(200)
  @Field({ description: 'Registered name.' }) name!: string;
  @MaxLength(40)
  @Field(() => String, { nullable: true, description: '统一社会信用代码; a failing check digit is warned of, not refused.' }) uscc?: string | null;
  @MaxLength(100)
  @Field(() => String, { nullable: true, description: 'Where it comes from, 省-市.' }) sourceRegion?: string | null;
}
