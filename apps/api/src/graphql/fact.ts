import { Extensions } from '@nestjs/graphql';

/**
 * Says that a field declared by @ResolveField (because its type lives in a later folder) is a plain fact of its parent:
 * its property is read as it is, the method is never called, and the pass-through may write it.
 */
export const PlainFact = () => Extensions({ plainFact: true });
