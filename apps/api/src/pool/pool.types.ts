import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Industry } from '../directory/directory.types.js';
import * as E from '../graphql/enums.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';

export const PoolHowEnum = E.describedEnum('PoolHow', 'How a project came into the pool.', { MANUAL: 'Released by a person.', APPROVED: 'Released after approval.', AUTO: 'Released by the clock.' });

@ObjectType({ implements: () => [Node], description: '公海: one stay of a project in the pool, with the little that those who have not taken it may know. What the zone does not show is absent.' })
export class PoolEntry extends Node {
  @Field(() => ID, { description: 'The project; to be had only by those who may see it.' }) projectId!: string;
  @Field({ description: 'Code of the project.' }) code!: string;
  @Field(() => String, { nullable: true, description: 'Name.' }) name?: string | null;
  @Field(() => E.StageEnum, { description: 'Stage at which it goes on.' }) stage!: string;
  @Field(() => String, { nullable: true, description: 'Class, e.g. A, B, C.' }) class?: string | null;
  @Field(() => Industry, { nullable: true, description: 'Industry.' }) industry?: Industry | null;
  @Field(() => String, { nullable: true, description: 'Province or country of origin.' }) sourceProvince?: string | null;
  @Field(() => E.SizeClassEnum, { nullable: true, description: 'Size class.' }) sizeClass?: string | null;
  @Field(() => String, { nullable: true, description: 'The unit that had it.' }) formerUnit?: string | null;
  @Field(() => Date, { description: 'Since when it is in the pool.' }) releasedAt!: Date;
  @Field(() => PoolHowEnum, { description: 'How it came there.' }) how!: string;
  @Field({ description: 'Why, by the zone\'s list of reasons.' }) reasonCode!: string;
  @Field(() => Int, { description: 'How often it has been in the pool.' }) timesPooled!: number;
  @Field(() => DateScalar, { nullable: true, description: 'The caller had it before and may claim it again from this day on.' }) coolingUntil?: string | null;
}
@ObjectType({ description: 'The pool, latest released first.' })
export class PoolEntryConnection extends connectionOf(PoolEntry, 'PoolEntry') {}

@InputType({ description: 'Which pooled projects; every given condition must hold. What the pool does not show cannot be asked by.' })
export class PoolFilter {
  @ArrayMaxSize(7) @Field(() => [E.StageEnum], { nullable: true, description: 'Stages.' }) stages?: (keyof typeof E.StageEnum)[] | null;
  @ArrayMaxSize(50) @MaxLength(8, { each: true }) @Field(() => [String], { nullable: true, description: 'GB/T 4754 codes, each with all below it.' }) industries?: string[] | null;
  @ArrayMaxSize(50) @MaxLength(20, { each: true }) @Field(() => [String], { nullable: true, description: 'Provinces or countries of origin.' }) sourceRegions?: string[] | null;
  @ArrayMaxSize(7) @Field(() => [E.SizeClassEnum], { nullable: true, description: 'Size classes.' }) sizeClasses?: string[] | null;
  @ArrayMaxSize(20) @MaxLength(40, { each: true }) @Field(() => [String], { nullable: true, description: 'Classes.' }) classes?: string[] | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Part of the name.' }) text?: string | null;
}
const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
@InputType({ description: '认领: for oneself, under the zone\'s limits.' })
export class PoolClaimInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The stay in the pool.' }) entryId!: string;
}
@InputType({ description: '分配: a manager gives a pooled project to somebody of the own unit.' })
export class PoolAssignInput extends PoolClaimInput {
  @Field(() => ID, { description: 'Who takes it over.' }) staffId!: string;
}
