import { Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { KEPT_REASONS, type KeptReason } from '@yinfeng/recruitment';
import { MaxLength } from 'class-validator';
import { UserError } from '../graphql/errors.js';
import { connectionOf } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';

export const PersonKeptReason = Object.fromEntries(Object.keys(KEPT_REASONS).map((k) => [k, k])) as Record<KeptReason, KeptReason>;
registerEnumType(PersonKeptReason, {
  name: 'PersonKeptReason', description: 'Why something of a person stays as it is.',
  valuesMap: Object.fromEntries(Object.entries(KEPT_REASONS).map(([reason, sentences]) => [reason, { description: sentences.join(' ') }])),
});

@ObjectType({ description: 'Rows of one table that hold something of the person.' })
export class PersonFound {
  @Field({ description: 'The table.' }) entity!: string;
  @Field(() => Int, { description: 'How many rows.' }) rows!: number;
  @Field(() => [String], { description: 'In which columns.' }) columns!: string[];
}
@ObjectType({ description: 'What stays as it is, and why.' })
export class PersonKept {
  @Field({ description: 'The table.' }) entity!: string;
  @Field(() => Int, { description: 'How many rows.' }) rows!: number;
  @Field(() => PersonKeptReason, { description: 'Why.' }) reason!: KeptReason;
}
@ObjectType({ description: 'The receipt of what was done on request of a person; holds no value of the person.' })
export class PersonReceipt {
  @Field({ description: 'Its number, e.g. GR2026-0001.' }) number!: string;
  @Field(() => Date, { description: 'When.' }) at!: Date;
  @Field({ description: 'Given earlier: there was nothing left to do this time.' }) earlier!: boolean;
}
@ObjectType({ description: 'What was found of a person and what became of it.' })
export class PersonPayload {
  @Field(() => PersonReceipt, { nullable: true, description: 'The receipt; absent on a dry run and when nothing was ever held.' }) receipt?: PersonReceipt | null;
  @Field(() => [PersonFound], { description: 'Rows by table: changed, or on a dry run to be changed.' }) found!: PersonFound[];
  @Field(() => [PersonKept], { description: 'What stays.' }) kept!: PersonKept[];
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'What a contact says of the person, masked.' })
export class PersonContact {
  @Field(() => ID, { description: 'Global id of the contact.' }) id!: string;
  @Field(() => String, { nullable: true, description: 'The surname.' }) name?: string | null;
  @Field(() => String, { nullable: true, description: 'Title.' }) title?: string | null;
  @Field(() => [String], { description: 'Phones, masked.' }) phones!: string[];
  @Field(() => String, { nullable: true, description: 'WeChat account, masked.' }) wechat?: string | null;
  @Field(() => [String], { description: 'E-mail addresses, masked.' }) emails!: string[];
  @Field(() => String, { nullable: true, description: 'Ground of the processing: a code of policy personalData.' }) basis?: string | null;
  @Field(() => String, { nullable: true, description: 'Where the data came from.' }) source?: string | null;
  @Field(() => DateScalar, { description: 'When it was collected.' }) collectedOn!: string;
}
@ObjectType({ description: 'What is held of a person, masked; the whole values are for the person and come by the command line (person:export).' })
export class PersonExportPayload extends PersonPayload {
  @Field(() => [PersonContact], { description: 'The person\'s contact records.' }) contacts!: PersonContact[];
}
@ObjectType({ description: 'A contact past its term, as the daily job proposed it. Nothing is erased by the clock.' })
export class PersonalDataDue {
  @Field(() => ID, { description: 'Global id of the contact, for personErase.' }) contactId!: string;
  @Field(() => String, { nullable: true, description: 'The surname.' }) name?: string | null;
  @Field(() => [String], { description: 'Phones, masked.' }) phones!: string[];
  @Field(() => String, { nullable: true, description: 'Ground of the processing: a code of policy personalData.' }) basis?: string | null;
  @Field(() => DateScalar, { description: 'When it was collected.' }) collectedOn!: string;
  @Field(() => DateScalar, { description: 'Until when it was to be kept.' }) dueOn!: string;
  @Field(() => Date, { description: 'When it was proposed.' }) proposedAt!: Date;
}
@ObjectType({ description: 'Contacts past their term in order.' })
export class PersonalDataDueConnection extends connectionOf(PersonalDataDue, 'PersonalDataDue') {}

@InputType({ isAbstract: true })
abstract class PersonInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'The same key with the same input within 7 days gives the first result.' }) idempotencyKey?: string | null;
  @Field(() => ID, { nullable: true, description: 'A contact of the person.' }) contactId?: string | null;
  @MaxLength(60) @Field(() => String, { nullable: true, description: 'A phone of the person, however written.' }) phone?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'The exact name.' }) name?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'With the name: the enterprise, by its present or a former name.' }) enterprise?: string | null;
  @MaxLength(500) @Field(() => String, { nullable: true, description: 'Why and on whose request; required unless it is a dry run. What it says of the person is not kept.' }) reason?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Count only: nothing is changed, no receipt is given.' }) dryRun?: boolean | null;
}
@InputType({ description: 'Whose data is asked for, and why.' })
export class PersonExportInput extends PersonInput {}
@InputType({ description: 'Who is erased, and why.' })
export class PersonEraseInput extends PersonInput {}
@InputType({ description: 'Whose name or phone is put right.' })
export class PersonCorrectInput extends PersonInput {
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'The right name.' }) newName?: string | null;
  @MaxLength(60) @Field(() => String, { nullable: true, description: 'The right phone, in place of `phone`.' }) newPhone?: string | null;
}
