import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { ArrayMaxSize, IsEmail, MaxLength } from 'class-validator';
import { Staff } from '../directory/directory.types.js';
import { Enterprise } from '../enterprises/enterprises.types.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

@ObjectType({ implements: () => [Node], description: '联系人: a person of an enterprise or project. Phones and accounts are masked unless the zone\'s rule lets the caller see them.' })
export class Contact extends Node {
  @Field(() => Int, { description: 'Version for edits.' }) version!: number;
  @Field(() => String, { nullable: true, description: 'Name.' }) name?: string | null;
  @Field({ description: 'Whether the full name is known; 周总 is not one.' }) fullName!: boolean;
  @Field(() => String, { nullable: true, description: 'For a name that is half known: the full name of somebody here by the same phone.' }) suggestedName?: string | null;
  @Field(() => String, { nullable: true, description: 'Title.' }) title?: string | null;
  @Field(() => String, { nullable: true, description: 'Department in the enterprise.' }) department?: string | null;
  @Field(() => String, { nullable: true, description: 'Language.' }) language?: string | null;
  @Field(() => [String], { description: 'Phones; 139****6789 where masked.' }) phones!: string[];
  @Field(() => String, { nullable: true, description: 'WeChat account, masked like the phones.' }) wechat?: string | null;
  @Field(() => [String], { description: 'E-mail addresses, masked like the phones.' }) emails!: string[];
  @Field({ description: 'Whether phones and accounts are masked for the caller.' }) masked!: boolean;
  @Field(() => Int, { description: 'How often somebody had the whole values shown (contactReveal).' }) reveals!: number;
  @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @Field(() => String, { nullable: true, description: 'Ground of the processing: a code of policy personalData.' }) basis?: string | null;
  @Field(() => String, { nullable: true, description: 'Where the data came from.' }) source?: string | null;
  @Field(() => DateScalar, { description: 'When it was collected.' }) collectedOn!: string;
  @Field(() => DateScalar, { description: 'Until when it is kept: its own day, else so many months after the last activity of its project.' }) retainUntil!: string;
  @Field({ description: 'The person does not want to be contacted.' }) doNotContact!: boolean;
  @Field(() => String, { nullable: true, description: 'Why.' }) doNotContactReason?: string | null;
  @Field(() => Date, { nullable: true, description: 'When it was taken out of the lists.' }) archivedAt?: Date | null;
  @Field(() => Project, { nullable: true, description: 'The project.' }) project?: Project | null;
  @Field(() => Enterprise, { nullable: true, description: 'The enterprise.' }) enterprise?: Enterprise | null;
  @Field(() => Staff, { nullable: true, description: 'Who put it on record.' }) createdBy?: Staff | null;
  @Field(() => Date, { description: 'When it was put on record.' }) createdAt!: Date;
}
@ObjectType({ description: 'Contacts in order.' })
export class ContactConnection extends connectionOf(Contact, 'Contact') {}
@ObjectType({ description: 'A contact after an act on it.' })
export class ContactPayload {
  @Field(() => Contact, { nullable: true, description: 'The contact as it is now; on CONTACT_KNOWN the one on record that has this phone, to be completed by contactEdit.' }) contact?: Contact | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@ObjectType({ description: 'The whole phones and accounts of a contact, after an act on record.' })
export class ContactRevealPayload {
  @Field(() => Contact, { nullable: true, description: 'The contact as the caller sees it otherwise.' }) contact?: Contact | null;
  @Field(() => [String], { description: 'Phones.' }) phones!: string[];
  @Field(() => String, { nullable: true, description: 'WeChat account.' }) wechat?: string | null;
  @Field(() => [String], { description: 'E-mail addresses.' }) emails!: string[];
  @Field(() => Int, { nullable: true, description: 'How many reveals the caller has left today.' }) left?: number | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@InputType({ isAbstract: true })
abstract class ContactValuesInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'The same key with the same input within 7 days gives the first result.' }) idempotencyKey?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Name; 周总 will do until more is known.' }) name?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Title.' }) title?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Department in the enterprise.' }) department?: string | null;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'Language.' }) language?: string | null;
  @ArrayMaxSize(10) @MaxLength(60, { each: true }) @Field(() => [String], { nullable: true, description: 'Phones, all of them.' }) phones?: string[] | null;
  @MaxLength(60) @Field(() => String, { nullable: true, description: 'WeChat account.' }) wechat?: string | null;
  @ArrayMaxSize(10) @IsEmail({}, { each: true }) @Field(() => [String], { nullable: true, description: 'E-mail addresses, all of them.' }) emails?: string[] | null;
  @MaxLength(1000) @Field(() => String, { nullable: true, description: 'Note.' }) note?: string | null;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'Ground of the processing: a code of policy personalData (CONSENT, CONTRACT, …).' }) basis?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Where the data came from: 名片交换, 来访登记, …' }) source?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'When it was collected; not after today.' }) collectedOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Until when it is kept; null: by the zone\'s rule.' }) retainUntil?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'The person does not want to be contacted.' }) doNotContact?: boolean | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Why.' }) doNotContactReason?: string | null;
}
@InputType({ description: 'A new contact: of a project, of an enterprise, or of both.' })
export class ContactCreateInput extends ContactValuesInput {
  @Field(() => ID, { nullable: true, description: 'The project.' }) projectId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The enterprise; that of the project when absent.' }) enterpriseId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Somebody on record has this phone; the caller has looked and says that this is another person.' }) confirmSeparate?: boolean | null;
}
@InputType({ description: 'Changes of a contact; what is absent stays, null clears.' })
export class ContactEditInput extends ContactValuesInput {
  @Field(() => ID, { description: 'The contact.' }) contactId!: string;
  @Field(() => Int, { description: 'The version that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ description: 'A contact that goes out of the lists, or back into them.' })
export class ContactArchiveInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'The same key with the same input within 7 days gives the first result.' }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The contact.' }) contactId!: string;
  @Field(() => Int, { description: 'The version that the caller has seen.' }) expectedVersion!: number;
  @Field(() => Boolean, { nullable: true, description: 'false takes it back; true when absent.' }) archived?: boolean | null;
}
@InputType({ description: 'Why somebody has to see the whole values.' })
export class ContactRevealInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'The same key with the same input within 7 days costs one reveal.' }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The contact.' }) contactId!: string;
  @MaxLength(200) @Field({ description: 'Why; kept on record.' }) reason!: string;
}
@InputType({ description: 'Which contacts.' })
export class ContactFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @Field(() => ID, { nullable: true, description: 'Of this enterprise.' }) enterpriseId?: string | null;
  @MaxLength(100) @Field(() => String, { nullable: true, description: 'Part of the name.' }) text?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Those taken out of the lists; the others when absent.' }) archived?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether they do not want to be contacted.' }) doNotContact?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether a ground of the processing is stated.' }) hasBasis?: boolean | null;
}

