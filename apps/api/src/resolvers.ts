import type { Type } from '@nestjs/common';

/** Every resolver of the API, by domain noun. */
export const resolvers: Type<unknown>[] = [];
