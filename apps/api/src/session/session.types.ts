import { Field, InputType, ObjectType } from '@nestjs/graphql';
import { MaxLength } from 'class-validator';
import { Staff } from '../directory/directory.types.js';
import { UserError } from '../graphql/errors.js';

@InputType({ description: 'Who comes in.' })
export class SignInInput {
  @MaxLength(200) @Field({ description: 'Account, e.g. recruiter@demo.' }) email!: string;
  @MaxLength(200) @Field({ description: 'Password.' }) password!: string;
}

@ObjectType({ description: 'The opened session.' })
export class SignInPayload {
  @Field(() => String, { nullable: true, description: 'Goes into `Authorization: Bearer …`. A browser gets a cookie besides.' }) token?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who came in.' }) staff?: Staff | null;
  @Field(() => [UserError], { description: 'Why nobody came in.' }) userErrors!: UserError[];
}

@InputType({ description: 'Which session ends: the one that the call came with.' })
export class SignOutInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'Accepted for uniformity; signing out twice is no error.' }) idempotencyKey?: string | null;
}

@ObjectType({ description: 'The end of a session.' })
export class SignOutPayload {
  @Field({ description: 'Whether a session was ended; an API token is not ended by signing out.' }) signedOut!: boolean;
  @Field(() => [UserError], { description: 'Always empty.' }) userErrors!: UserError[];
}
