import { Field, Int, ObjectType } from '@nestjs/graphql';
import { RoleEnum } from '../graphql/enums.js';
import { Node } from '../graphql/relay.js';

@ObjectType({ implements: () => [Node], description: 'A unit of the organisation: bureau, group, office, service centre, agency.' })
export class Department extends Node {
  @Field({ description: 'Name.' }) name!: string;
  @Field({ description: 'ZONE, BUREAU, GROUP, OFFICE, SERVICE or AGENCY.' }) kind!: string;
  @Field(() => [String], { description: 'Other names found in ledgers.' }) aliases!: string[];
  @Field(() => ParentDepartment, { nullable: true, description: 'The unit above.' }) parent?: ParentDepartment | null;
}
@ObjectType({ description: 'The unit above a department.' })
export class ParentDepartment {
  @Field({ description: 'Global id of the department.' }) id!: string;
  @Field({ description: 'Name.' }) name!: string;
  @Field({ description: 'Kind of unit.' }) kind!: string;
}
@ObjectType({ implements: () => [Node], description: 'A person of the zone.' })
export class Staff extends Node {
  @Field(() => Int, { description: 'Version for edits.' }) version!: number;
  @Field({ description: 'Name.' }) name!: string;
  @Field(() => RoleEnum, { description: 'Role.' }) role!: string;
  @Field(() => String, { nullable: true, description: 'Title.' }) title?: string | null;
  @Field(() => Department, { nullable: true, description: 'Main department.' }) department?: Department | null;
}
@ObjectType({ implements: () => [Node], description: 'A park or sub-zone.' })
export class Park extends Node {
  @Field({ description: 'Name.' }) name!: string;
}
@ObjectType({ implements: () => [Node], description: 'An industry of GB/T 4754.' })
export class Industry extends Node {
  @Field({ description: 'Code, section letter to four digits.' }) code!: string;
  @Field({ description: 'Chinese name.' }) name!: string;
}
