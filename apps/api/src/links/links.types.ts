import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { LINK_KINDS } from '@yinfeng/recruitment';
import { MaxLength } from 'class-validator';
import { describedEnum } from '../graphql/enums.js';
import { Project } from '../projects/projects.types.js';

const KEY = 'The same key with the same input within 7 days gives the first result.';

export const LinkKindEnum = describedEnum('ProjectLinkKind', 'What a project is of another.', {
  PHASE_OF: '分期: a phase inside the original contract; not counted by itself.', EXPANSION_OF: '增资扩产: an expansion; counted with its increment.',
} satisfies Record<(typeof LINK_KINDS)[number], string>);

@ObjectType({ description: 'A project that another one is part of, or that is part of it.' })
export class LinkedProject {
  @Field(() => LinkKindEnum, { description: 'Phase or expansion.' }) kind!: string;
  @Field(() => Project, { description: 'The other project.' }) project!: Project;
}
@InputType({ description: 'Links a phase or an expansion to its original project.' })
export class ProjectLinkInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The phase or expansion.' }) projectId!: string;
  @Field(() => Int, { description: 'Version of it that the caller has seen.' }) expectedVersion!: number;
  @Field(() => ID, { description: 'The original project.' }) parentId!: string;
  @Field(() => LinkKindEnum, { description: 'Phase or expansion.' }) kind!: keyof typeof LinkKindEnum;
  @Field(() => Boolean, { nullable: true, description: 'The total of the expansion was told with the original\'s in it: it is reduced to the increment.' }) cumulative?: boolean | null;
}
@InputType({ description: 'Ends a link; the project counts by itself again.' })
export class ProjectUnlinkInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The phase or expansion.' }) projectId!: string;
  @Field(() => Int, { description: 'Version of it that the caller has seen.' }) expectedVersion!: number;
  @MaxLength(1000) @Field({ description: 'Why.' }) reason!: string;
}
