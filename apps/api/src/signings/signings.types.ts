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
  @Field(() => SigningKindEnum, { description: 'Kind of agreement.' }) kind!: keyof typeof SigningKindEnum;
  @Field(() => DateScalar, { description: '协议签订时间; not after today.' }) signedOn!: string;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'Title.' }) title?: string | null;
  @MaxLength(200) @Field({ description: '签约主体.' }) partyName!: string;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'Credit code of the signing party.' }) partyUscc?: string | null;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'The event it was signed at.' }) eventName?: string | null;
  @Field(() => MoneyInput, { nullable: true, description: 'Total investment by the agreement.' }) totalInvestment?: MoneyInput | null;
  @Field(() => MoneyInput, { nullable: true, description: 'Fixed-asset investment, in CNY.' }) fixedInvestment?: MoneyInput | null;
  @MaxLength(5000) @Field(() => String, { nullable: true, description: '承诺事项, in words.' }) commitments?: string | null;
  @ArrayMaxSize(20) @Field(() => [ID], { nullable: true, description: 'Uploaded scans; they become evidence "agreement".' }) agreementFileIds?: string[] | null;
}
@InputType({ description: 'Which signings.' })
export class SigningFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(5) @Field(() => [SigningKindEnum], { nullable: true, description: 'Kinds.' }) kinds?: (keyof typeof SigningKindEnum)[] | null;
  @Field(() => DateScalar, { nullable: true, description: 'Signed from this day on.' }) from?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Signed up to this day, included.' }) to?: string | null;
}
