import type { z } from 'zod';

/** A rule of the zone beside its stages: numbers and lists that an administrator may change from a day on. */
export interface Policy<Schema extends z.ZodObject = z.ZodObject> {
  /** What it decides, for the administrator's list. */
  zh: string;
  en: string;
  /** Where the usual numbers come from (domain.md section). */
  source: string;
  schema: Schema;
  /** What a zone without a row of its own has. */
  usual: z.infer<Schema>;
}

/** Ties the usual values to their schema; a wrong default is a type error. */
export function definePolicy<Schema extends z.ZodObject>(policy: Policy<Schema>): Policy<Schema> {
  return policy;
}
