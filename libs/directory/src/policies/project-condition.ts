import { z } from 'zod';

/** Of which projects a rule speaks; every given condition must hold, none: of all. Sizes in whole 万元, other currencies at the fixed reference rate. */
export const projectCondition = z.strictObject({
  capitalSources: z.array(z.enum(['DOMESTIC', 'FOREIGN', 'UNKNOWN'])).min(1).max(3).optional(),
  /** Total investment from this many 万元 on, itself included; a project without an amount is never meant. */
  fromWan: z.number().int().min(0).max(1_000_000_000).optional(),
  /** Total investment below this many 万元. */
  belowWan: z.number().int().min(1).max(1_000_000_000).optional(),
  /** GB/T 4754 codes; each means all below it, e.g. C for manufacturing. */
  industries: z.array(z.string().regex(/^[A-T]\d{0,4}$/)).min(1).max(50).optional(),
  /** 项目分类 or class. */
  classes: z.array(z.string().min(1).max(20)).min(1).max(20).optional(),
  /** Whether it asks for land. */
  land: z.boolean().optional(),
});
export type ProjectCondition = z.infer<typeof projectCondition>;
