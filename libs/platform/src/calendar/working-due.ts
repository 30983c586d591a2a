import type { Tx } from '../database/database.js';

/** A deadline in working days; `provisional`: it lies in a year whose holidays the State Council has not published yet, where Monday to Friday count. */
export interface WorkingDue {
  /** Shanghai day. */
  due: string;
  provisional: boolean;
}

/** The n-th working day after a Shanghai day (0: the day itself or the next working day), also beyond the published calendar. */
export async function workingDue(tx: Tx, from: string, workingDays: number): Promise<WorkingDue> {
  return (await tx.row<WorkingDue>('select due, provisional from working_due($1, $2)', [from, workingDays], 'working_due'))!;
}
