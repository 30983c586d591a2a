import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Staff } from '../directory/directory.types.js';
import { SigningKindEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';
import { MoneyInput } from '../projects/projects.inputs.js';
import { Money, Project } from '../projects/projects.types.js';

@ObjectType({ description: 'A file that proves something.' })
export class Evidence {
  @Field(() => ID, { description: 'Global id.' }) id!: string;
  @Field({ description: 'The item of the gate it is for.' }) item!: string;
  @Field(() => ID, { description: 'The file; download it at /files/<id>.' }) fileId!: string;
  @Field({ description: 'Name of the file.' }) fileName!: string;
  @Field(() => Date, { description: 'When it was added.' }) addedAt!: Date;
}
@ObjectType({ implements: () => [Node], description: '签约: an agreement.' })
export class Signing extends Node {
  @Field(() => Int, { description: 'Version for edits.' }) version!: number;
  @Field(() => SigningKindEnum, { description: 'Kind of agreement.' }) kind!: string;
  @Field(() => DateScalar, { description: '协议签订时间.' }) signedOn!: string;
  @Field(() => DateScalar, { nullable: true, description: 'Last day of the term that it states itself; a supplement may state another for it.' }) validUntil?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Day on which it was fulfilled or let lapse.' }) endedOn?: string | null;
  @Field(() => String, { nullable: true, description: 'Title.' }) title?: string | null;
  @Field(() => String, { nullable: true, description: '签约主体.' }) partyName?: string | null;
  @Field(() => String, { nullable: true, description: 'Credit code of the signing party.' }) partyUscc?: string | null;
  @Field(() => String, { nullable: true, description: 'The event it was signed at.' }) eventName?: string | null;
  @Field(() => Money, { nullable: true, description: 'Total investment by the agreement.' }) totalInvestment?: Money | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Fixed-asset investment by the agreement, in 元.' }) fixedInvestment?: string | null;
  @Field(() => String, { nullable: true, description: '承诺事项, in words.' }) commitments?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who recorded it.' }) recordedBy?: Staff | null;
  @Field(() => Date, { description: 'When it was recorded.' }) recordedAt!: Date;
  @Field(() => [Evidence], { description: 'Files of the agreement.' }) evidence!: Evidence[];
  @Field(() => Project, { description: 'The project.' }) project!: Project;
  @Field(() => String, { nullable: true, description: 'Kind of agreement in the words of its office, e.g. 正式投资协议.' }) agreementType?: string | null;
  @Field(() => Signing, { nullable: true, description: 'The framework or letter of intent that this contract fulfils.' }) fulfils?: Signing | null;
  @Field(() => [Signing], { description: 'The contracts that have fulfilled it.' }) fulfilledBy!: Signing[];
  @Field(() => Signing, { nullable: true, description: 'The main agreement of this supplement.' }) supplements?: Signing | null;
  @Field(() => [Signing], { description: 'Its supplements.' }) supplementedBy!: Signing[];
  @Field(() => Date, { nullable: true, description: 'When it was taken out of account; absent: it stands.' }) voidedAt?: Date | null;
  @Field(() => Staff, { nullable: true, description: 'Who took it out of account.' }) voidedBy?: Staff | null;
  @Field(() => String, { nullable: true, description: 'Why.' }) voidReason?: string | null;
}
@ObjectType({ description: 'Frameworks and letters of intent signed in a period, and how many have become contracts since.' })
export class SigningConversion {
  @Field(() => Int, { description: 'Frameworks and letters of intent signed in the period.' }) frameworks!: number;
  @Field(() => Int, { description: 'Those that a contract fulfils.' }) converted!: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'converted ÷ frameworks, to four places; absent without frameworks.' }) rate?: string | null;
}
@ObjectType({ description: 'Signings in order.' })
export class SigningConnection extends connectionOf(Signing, 'Signing') {}
@ObjectType({ description: 'A signing after it was recorded.' })
export class SigningPayload {
  @Field(() => Signing, { nullable: true, description: 'The signing.' }) signing?: Signing | null;
  @Field(() => Project, { nullable: true, description: 'The project as it is now.' }) project?: Project | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@InputType({ description: 'A signing with its evidence. The stage moves by stageRequest.' })
export class SigningRecordInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'The same key with the same input within 7 days gives the first result.' }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => SigningKindEnum, { nullable: true, description: 'Kind of agreement; absent: by the words of agreementType.' }) kind?: keyof typeof SigningKindEnum | null;
  @MaxLength(60) @Field(() => String, { nullable: true, description: 'Kind of agreement in the words of its office, e.g. 正式投资协议.' }) agreementType?: string | null;
  @Field(() => ID, { nullable: true, description: 'The framework or letter of intent of this project that a contract fulfils.' }) fulfilsId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The agreement of this project that a supplement belongs to.' }) mainId?: string | null;
  @Field(() => DateScalar, { description: '协议签订时间; not after today.' }) signedOn!: string;
  @Field(() => DateScalar, { nullable: true, description: 'Last day of its term, of which people are reminded; that of a supplement takes the place of its main agreement\'s.' }) validUntil?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Title.' }) title?: string | null;
  @MaxLength(200) @Field({ description: '签约主体.' }) partyName!: string;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'Credit code of the signing party.' }) partyUscc?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'The event it was signed at.' }) eventName?: string | null;
  @Field(() => MoneyInput, { nullable: true, description: 'Total investment by the agreement.' }) totalInvestment?: MoneyInput | null;
  @Field(() => MoneyInput, { nullable: true, description: 'Fixed-asset investment, in CNY.' }) fixedInvestment?: MoneyInput | null;
  @MaxLength(5000) @Field(() => String, { nullable: true, description: '承诺事项, in words.' }) commitments?: string | null;
  @ArrayMaxSize(20) @Field(() => [ID], { nullable: true, description: 'Uploaded scans; they become evidence "agreement".' }) agreementFileIds?: string[] | null;
}
@InputType({ description: 'A correction of an agreement; absent means unchanged, null clears.' })
export class SigningEditInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'The same key with the same input within 7 days gives the first result.' }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The agreement.' }) signingId!: string;
  @Field(() => Int, { description: 'Version of the agreement that the caller has seen.' }) expectedVersion!: number;
  @Field(() => SigningKindEnum, { nullable: true, description: 'Kind of agreement.' }) kind?: keyof typeof SigningKindEnum | null;
  @MaxLength(60) @Field(() => String, { nullable: true, description: 'Kind of agreement in the words of its office.' }) agreementType?: string | null;
  @Field(() => ID, { nullable: true, description: 'The framework or letter of intent of this project that a contract fulfils.' }) fulfilsId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The agreement of this project that a supplement belongs to.' }) mainId?: string | null;
  @Field(() => DateScalar, { nullable: true, description: '协议签订时间; not after today.' }) signedOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Last day of its term.' }) validUntil?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Day on which it was fulfilled or let lapse, not after today: its term asks nothing any more. null takes that back.' }) endedOn?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Title.' }) title?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: '签约主体.' }) partyName?: string | null;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'Credit code of the signing party.' }) partyUscc?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'The event it was signed at.' }) eventName?: string | null;
  @Field(() => MoneyInput, { nullable: true, description: 'Total investment by the agreement.' }) totalInvestment?: MoneyInput | null;
  @Field(() => MoneyInput, { nullable: true, description: 'Fixed-asset investment, in CNY.' }) fixedInvestment?: MoneyInput | null;
  @MaxLength(5000) @Field(() => String, { nullable: true, description: '承诺事项, in words.' }) commitments?: string | null;
  @ArrayMaxSize(20) @Field(() => [ID], { nullable: true, description: 'Further scans; those that are there stay.' }) agreementFileIds?: string[] | null;
}
@InputType({ description: 'Takes an agreement out of account; its row and files stay.' })
export class SigningVoidInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'The same key with the same input within 7 days gives the first result.' }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The agreement.' }) signingId!: string;
  @Field(() => Int, { description: 'Version of the agreement that the caller has seen.' }) expectedVersion!: number;
  @MaxLength(1000) @Field({ description: 'Why.' }) reason!: string;
}
@InputType({ description: 'Which signings.' })
export class SigningFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(5) @Field(() => [SigningKindEnum], { nullable: true, description: 'Kinds.' }) kinds?: (keyof typeof SigningKindEnum)[] | null;
  @Field(() => DateScalar, { nullable: true, description: 'Signed from this day on.' }) from?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Signed up to this day, included.' }) to?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Also those taken out of account.' }) withVoided?: boolean | null;
}
