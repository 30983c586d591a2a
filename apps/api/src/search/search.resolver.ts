import { Args, Context, Field, ID, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { type Matched, SearchService } from '@yinfeng/recruitment';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { describedEnum } from '../graphql/enums.js';

const SearchHitTypeEnum = describedEnum('SearchHitType', 'What was found.', { Project: 'A project.', Enterprise: 'An enterprise.', Contact: 'A person of an enterprise or project.' });
const SearchMatchedEnum = describedEnum('SearchMatched', 'What a hit was found by.', {
  NAME: 'Its name as written, width, script and signs apart.', PINYIN: 'Its name by pinyin, initials or sound.', PHONE: 'A phone or its last digits.', USCC: 'The beginning of its credit code.',
  CODE: 'The beginning of its project code, or the number in it.', CONTACT: 'The name of a person.',
} satisfies Record<Matched, string>);

@ObjectType({ description: 'A record found by the one search box.' })
export class SearchHit {
  @Field(() => ID, { description: 'Global id of what was found.' }) id!: string;
  @Field(() => SearchHitTypeEnum, { description: 'What it is.' }) type!: string;
  @Field({ description: 'Name.' }) title!: string;
  @Field(() => String, { nullable: true, description: 'Code and stage of a project; credit code of an enterprise; project or firm, title and masked phone of a contact.' }) detail?: string | null;
  @Field(() => SearchMatchedEnum, { description: 'What it was found by.' }) matched!: string;
  @Field({ description: 'Nothing matches as written; this sounds alike or differs by one character.' }) approximate!: boolean;
  @Field(() => ID, { description: 'Global id of the project or enterprise to open: the record itself, or what a contact belongs to. Fetch it through node(id:).' }) opens!: string;
}

@Resolver()
export class SearchResolver {
  constructor(private readonly service: SearchService) {}

  @Can('search.run')
  @Query(() => [SearchHit], { description: 'One box for enterprises, projects and contacts: any part of a name in characters, pinyin, initials or mixed; a phone or its last four digits; the beginning of a credit code or project code, or its number. Whole names first, then beginnings, then the rest; shorter and newer before others.' })
  search(@Args('text', { description: 'What to look for.' }) text: string, @Args('first', { type: () => Int, nullable: true, description: 'At most this many, 1 to 50; 20 when absent.' }) first: number | null, @Context() context: RequestContext) {
    return this.service.search(actorOf(context), text, first ?? 20);
  }
}
