import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Staff } from '../directory/directory.types.js';
import { GateItemKindEnum, StageEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

@ObjectType({ description: 'What a gate asks of this project and whether the project has it.' })
export class GateItem {
  @Field({ description: 'Name of the item.' }) item!: string;
  @Field(() => GateItemKindEnum, { description: 'What it looks at.' }) kind!: string;
  @Field({ description: 'In words, in the language of the caller.' }) label!: string;
  @Field({ description: 'What to do about it, in the language of the caller.' }) how!: string;
  @Field(() => String, { nullable: true, description: 'Items with the same name here: one of them is enough.' }) anyOf?: string | null;
  @Field({ description: 'The project has it.' }) met!: boolean;
}
@ObjectType({ description: 'What a gate misses: an item, or a group of which one would be enough.' })
export class GateMissing {
  @Field({ description: 'Name of the item or group, as userErrors name it in their path.' }) item!: string;
  @Field(() => GateItemKindEnum, { description: 'What it looks at.' }) kind!: string;
  @Field({ description: 'In words, in the language of the caller.' }) label!: string;
  @Field({ description: 'What to do about it, in the language of the caller.' }) how!: string;
}
@ObjectType({ description: 'A stage that a project may enter next, and what its gate still misses.' })
export class NextStage {
  @Field(() => StageEnum, { description: 'The stage.' }) stage!: string;
  @Field({ description: 'Its name, in the language of the caller.' }) label!: string;
  @Field({ description: 'Another person has to approve the move.' }) needsApproval!: boolean;
  @Field(() => [GateMissing], { description: 'What is missing; empty: it may be asked for.' }) missing!: GateMissing[];
}
@ObjectType({ description: 'What a gate missed when it was bypassed, as it was called then.' })
export class BypassedItem {
  @Field({ description: 'Name of the item or group.' }) item!: string;
  @Field(() => GateItemKindEnum, { description: 'What it looks at.' }) kind!: string;
  @Field({ description: 'In Chinese.' }) zh!: string;
  @Field({ description: 'In English.' }) en!: string;
}
@ObjectType({ implements: () => [Node], description: 'A stage entered although its gate missed something; never changed.' })
export class GateBypass extends Node {
  @Field(() => StageEnum, { description: 'From.' }) fromStage!: string;
  @Field(() => StageEnum, { description: 'To.' }) toStage!: string;
  @Field({ description: 'Why.' }) reason!: string;
  @Field(() => [BypassedItem], { description: 'What was missing.' }) missing!: BypassedItem[];
  @Field(() => Staff, { nullable: true, description: 'By whom.' }) bypassedBy?: Staff | null;
  @Field(() => Date, { description: 'When.' }) bypassedAt!: Date;
  @Field(() => Project, { description: 'The project.' }) project!: Project;
}
@ObjectType({ description: 'Bypasses in order.' })
export class GateBypassConnection extends connectionOf(GateBypass, 'GateBypass') {}

@InputType({ description: 'Enters the next stage although its gate misses something; never for a project of one\'s own.' })
export class StageBypassInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: 'The same key with the same input within 7 days gives the first result.' }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The project.' }) projectId!: string;
  @Field(() => Int, { description: 'Version of the project that the caller has seen.' }) expectedVersion!: number;
  @Field(() => StageEnum, { description: 'The stage to enter.' }) toStage!: keyof typeof StageEnum;
  @MaxLength(1000) @Field({ description: 'Why; stands on the timeline.' }) reason!: string;
  @Field(() => DateScalar, { nullable: true, description: 'Day of the event; not after today.' }) eventOn?: string | null;
}
@ObjectType({ description: 'A project after its gate was bypassed.' })
export class StageBypassPayload {
  @Field(() => Project, { nullable: true, description: 'The project as it is now.' }) project?: Project | null;
  @Field(() => GateBypass, { nullable: true, description: 'The record of it.' }) bypass?: GateBypass | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
@InputType({ description: 'Which bypasses.' })
export class GateBypassFilter {
  @Field(() => ID, { nullable: true, description: 'Of this project.' }) projectId?: string | null;
  @ArrayMaxSize(7) @Field(() => [StageEnum], { nullable: true, description: 'Into these stages.' }) stages?: (keyof typeof StageEnum)[] | null;
  @Field(() => DateScalar, { nullable: true, description: 'From this day on.' }) from?: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'Up to this day, included.' }) to?: string | null;
}
