import { Args, Context, Field, ID, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { SearchService } from '@yinfeng/recruitment';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { describedEnum } from '../graphql/enums.js';

const SearchHitTypeEnum = describedEnum('SearchHitType', 'What was found.', { Project: 'A project.', Enterprise: 'An enterprise.' });

@ObjectType({ description: 'A record found by the one search box.' })
export class SearchHit {
  @Field(() => ID, { description: 'Global id; fetch it through node(id:).' }) id!: string;
  @Field(() => SearchHitTypeEnum, { description: 'What it is.' }) type!: string;
  @Field({ description: 'Name.' }) title!: string;
  @Field(() => String, { nullable: true, description: 'Code and stage of a project, credit code of an enterprise.' }) detail?: string | null;
}

@Resolver()
export class SearchResolver {
  constructor(private readonly service: SearchService) {}

  @Can('search.run')
  @Query(() => [SearchHit], { description: 'One box: part of a name, beginning of a project code or credit code.' })
  search(@Args('text', { description: 'What to look for.' }) text: string, @Args('first', { type: () => Int, nullable: true, description: 'At most this many, 1 to 50; 20 when absent.' }) first: number | null, @Context() context: RequestContext) {
    return this.service.search(actorOf(context), text, first ?? 20);
  }
}
