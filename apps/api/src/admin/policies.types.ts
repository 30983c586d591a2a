import { Field, InputType, Int, ObjectType } from '@nestjs/graphql';
import { ArrayMaxSize, IsBoolean, MaxLength } from 'class-validator';
import { describedEnum, GateItemKindEnum, RoleEnum, StageEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { DateScalar, JsonScalar } from '../graphql/scalars.js';

export const BucketEnum = describedEnum('PipelineBucket', 'The published bucket that a stage counts to.', { reserve: '储备', negotiating: '洽谈', signed: '签约 · 落位' });
export const CountingRuleEnum = describedEnum('CountingRule', 'Which day of a milestone counts.', { EVENT: 'The day it happened.', ENTRY: 'The day it was entered.', APPROVAL: 'The day it was approved.' });
export const SeparationEnum = describedEnum('SeparationOfDuty', 'Who may not approve a move into a stage.', {
  ASKER: 'Whoever asked for it.', PROJECT: 'Whoever asked for it, is in charge of the project, or (for SIGNED) recorded its agreement.',
});
const CONDITION = 'Of which projects it is asked; every part must hold, {}: of all. capitalSources: [DOMESTIC, FOREIGN, UNKNOWN], fromWan and belowWan: total investment in 万元, industries: GB/T 4754 codes with all below them, classes, land: whether land is needed.';

@ObjectType({ description: 'One thing that a project must have to enter a stage.' })
export class GateRule {
  @Field({ description: 'Name of the item, e.g. agreement.' }) item!: string;
  @Field(() => GateItemKindEnum, { description: 'What is looked at.' }) kind!: string;
  @Field({ description: 'Chinese label.' }) labelZh!: string;
  @Field({ description: 'English label.' }) labelEn!: string;
  @Field({ description: 'Whether it is asked for; false: switched off from some day on.' }) required!: boolean;
  @Field(() => String, { nullable: true, description: 'Items of the stage with the same name here: one of them is enough.' }) anyOf?: string | null;
  @Field(() => JsonScalar, { description: CONDITION }) condition!: unknown;
  @Field(() => String, { nullable: true, description: 'What to do when it is missing, in Chinese; absent: the usual sentence.' }) remedyZh?: string | null;
  @Field(() => String, { nullable: true, description: 'The same in English.' }) remedyEn?: string | null;
}
@ObjectType({ description: 'How the zone handles a stage on a day.' })
export class StagePolicy {
  @Field(() => StageEnum, { description: 'The stage.' }) stage!: string;
  @Field(() => DateScalar, { nullable: true, description: 'Since when; absent for the usual rules.' }) validFrom?: string | null;
  @Field({ description: 'Chinese label.' }) labelZh!: string;
  @Field({ description: 'English label.' }) labelEn!: string;
  @Field(() => BucketEnum, { nullable: true, description: 'Published bucket; none: shown by itself.' }) bucket?: string | null;
  @Field(() => CountingRuleEnum, { description: 'Which day of its milestone counts.' }) counting!: string;
  @Field(() => Int, { nullable: true, description: 'Working days without activity until a project counts as idle; none: never.' }) idleWorkingDays?: number | null;
  @Field({ description: 'Whether another person approves the move into it.' }) needsApproval!: boolean;
  @Field(() => [RoleEnum], { description: 'Roles that may approve; empty: whoever holds stage.approve.' }) approverRoles!: string[];
  @Field(() => SeparationEnum, { description: 'Who may not approve.' }) separation!: string;
  @Field(() => [GateRule], { description: 'What a project must have to enter it, in the order in which it is asked for.' }) gate!: GateRule[];
  @Field(() => Int, { description: 'Version for changes of the stage and of its gate.' }) version!: number;
}
@ObjectType({ description: 'A value of a rule, from a day on.' })
export class PolicyVersion {
  @Field(() => DateScalar, { description: 'First Shanghai day.' }) validFrom!: string;
  @Field(() => JsonScalar, { description: 'The value.' }) value!: unknown;
}
@ObjectType({ description: 'A rule of the zone: numbers and lists that the security administrator may change from a day on.' })
export class Policy {
  @Field({ description: 'Name, e.g. triage.' }) name!: string;
  @Field({ description: 'What it decides, in Chinese.' }) zh!: string;
  @Field({ description: 'What it decides, in English.' }) en!: string;
  @Field({ description: 'Where the usual numbers come from.' }) source!: string;
  @Field(() => JsonScalar, { description: 'The value that counts on the day asked for.' }) value!: unknown;
  @Field(() => JsonScalar, { description: 'The usual value, for a zone that has set none.' }) usual!: unknown;
  @Field(() => JsonScalar, { description: 'JSON Schema of the value: types, bounds, required parts.' }) schema!: unknown;
  @Field(() => DateScalar, { nullable: true, description: 'Since when this value counts; absent for the usual one.' }) validFrom?: string | null;
  @Field(() => [PolicyVersion], { description: 'All values, oldest first, with those set for days to come.' }) versions!: PolicyVersion[];
  @Field(() => Int, { description: 'Version for changes.' }) version!: number;
}
@ObjectType({ description: 'All rules of the zone on a day.' })
export class PolicyBook {
  @Field(() => DateScalar, { description: 'The Shanghai day.' }) day!: string;
  @Field(() => [StagePolicy], { description: 'The seven stages in order.' }) stages!: StagePolicy[];
  @Field(() => [Policy], { description: 'Every other rule, by name.' }) policies!: Policy[];
}

const KEY = 'At most 255 characters; the same key with the same input within 7 days does nothing more.';
const FROM = 'First Shanghai day on which it counts: today or later. Days gone by keep their rules.';
const EXPECTED = 'Version of the rule that the change was made on; another answers CONFLICT.';

@InputType({ description: 'A rule with the value it has from a day on.' })
export class PolicySetInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @MaxLength(60) @Field({ description: 'Name of the rule.' }) name!: string;
  @Field(() => JsonScalar, { description: 'The whole value, as its schema says.' }) value!: unknown;
  @Field(() => DateScalar, { description: FROM }) validFrom!: string;
  @Field(() => Int, { description: EXPECTED }) expectedVersion!: number;
}
@InputType({ description: 'How a stage is handled from a day on; what is left out stays.' })
export class StagePolicySetInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => StageEnum, { description: 'The stage.' }) stage!: keyof typeof StageEnum;
  @Field(() => DateScalar, { description: FROM }) validFrom!: string;
  @Field(() => Int, { description: EXPECTED }) expectedVersion!: number;
  @MaxLength(20) @Field(() => String, { nullable: true, description: 'Chinese label.' }) labelZh?: string;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'English label.' }) labelEn?: string;
  @Field(() => BucketEnum, { nullable: true, description: 'Published bucket; null: none.' }) bucket?: keyof typeof BucketEnum | null;
  @Field(() => CountingRuleEnum, { nullable: true, description: 'Which day of its milestone counts.' }) counting?: keyof typeof CountingRuleEnum;
  @Field(() => Int, { nullable: true, description: 'Idle limit in working days, 1 to 365; null: never idle.' }) idleWorkingDays?: number | null;
  @IsBoolean() @Field(() => Boolean, { nullable: true, description: 'Whether another person approves the move into it.' }) needsApproval?: boolean;
  @ArrayMaxSize(9) @Field(() => [RoleEnum], { nullable: true, description: 'Roles that may approve; empty: whoever holds stage.approve.' }) approverRoles?: (keyof typeof RoleEnum)[];
  @Field(() => SeparationEnum, { nullable: true, description: 'Who may not approve.' }) separation?: keyof typeof SeparationEnum;
}
@InputType({ description: 'An item of a gate from a day on.' })
export class GateItemSetInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => StageEnum, { description: 'The stage that is entered.' }) toStage!: keyof typeof StageEnum;
  @MaxLength(60) @Field({ description: 'Name of the item; a new name under EVIDENCE asks for a file under that name.' }) item!: string;
  @Field(() => GateItemKindEnum, { description: 'What is looked at.' }) kind!: keyof typeof GateItemKindEnum;
  @MaxLength(60) @Field({ description: 'Chinese label.' }) labelZh!: string;
  @MaxLength(80) @Field({ description: 'English label.' }) labelEn!: string;
  @Field({ description: 'false: asked for no longer.' }) required!: boolean;
  @Field(() => Int, { nullable: true, description: 'Place in the order, smallest first; 100 when absent.' }) position?: number | null;
  @MaxLength(40) @Field(() => String, { nullable: true, description: 'Items of the stage with the same name here: one of them is enough. Absent: as it was; null: by itself.' }) anyOf?: string | null;
  @Field(() => JsonScalar, { nullable: true, description: CONDITION + ' Absent: as it was.' }) condition?: unknown;
  @MaxLength(200) @Field(() => String, { nullable: true, description: 'What to do when it is missing, in Chinese. Absent: as it was; null: the usual sentence.' }) remedyZh?: string | null;
  @MaxLength(300) @Field(() => String, { nullable: true, description: 'The same in English.' }) remedyEn?: string | null;
  @Field(() => DateScalar, { description: FROM }) validFrom!: string;
  @Field(() => Int, { description: EXPECTED }) expectedVersion!: number;
}
@ObjectType({ description: 'The rules after a change.' })
export class PolicyPayload {
  @Field(() => PolicyBook, { nullable: true, description: 'All rules as they count on the first day of the change; at a conflict as they count today.' }) policies?: PolicyBook | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
