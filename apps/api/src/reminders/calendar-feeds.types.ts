import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { MaxLength } from 'class-validator';
import { UserError } from '../graphql/errors.js';
import { Node } from '../graphql/relay.js';

@ObjectType({ implements: () => [Node], description: 'A secret address under which the caller\'s calendar program reads what is due.' })
export class CalendarFeed extends Node {
  @Field({ description: 'What it is called.' }) name!: string;
  @Field(() => Date, { description: 'When it was made.' }) createdAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When it was last read, to ten minutes; null: never.' }) lastReadAt?: Date | null;
}
@ObjectType({ description: 'A calendar feed after an act on it.' })
export class CalendarFeedPayload {
  @Field(() => CalendarFeed, { nullable: true, description: 'The feed; null when revoked.' }) feed?: CalendarFeed | null;
  @Field(() => String, { nullable: true, description: 'Its path on this server, told once: whoever knows it reads the calendar.' }) path?: string | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';
@InputType({ description: 'A new feed, at most five a person.' })
export class CalendarFeedCreateInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @MaxLength(60) @Field({ description: 'What to call it, such as the device that reads it.' }) name!: string;
}
@InputType({ description: 'A feed that nobody shall read any more.' })
export class CalendarFeedRevokeInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The feed; its person alone may revoke it.' }) feedId!: string;
}
