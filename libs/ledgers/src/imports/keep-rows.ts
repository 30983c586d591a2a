import type { Tx } from '@yinfeng/platform';
import * as change from './change-projects.sql.js';
import { POINT_REPEATS } from './match.sql.js';
import * as parties from './keep-parties.sql.js';
import * as keep from './keep-projects.sql.js';
import * as visits from './visits.sql.js';
import { keepWorks, revisePlans } from './works.sql.js';

/** Called between the steps, with the share of the work that is done (0 to 1); may throw to stop everything. */
export type OnStep = (share: number) => Promise<void>;

/** A firm that the file contradicts itself about. */
export interface FirmConflict {
  class: 'SAME_USCC_OTHER_NAME' | 'SAME_NAME_OTHER_USCC';
  uscc: string;
  names: string[];
  ord: number;
}

/** Units, people, parks and firms of the rows that enter the books. */
async function keepParties(tx: Tx, importId: string): Promise<FirmConflict[]> {
  await tx.run('drop table if exists unit, person, ground, firm, firm_id, firm_gap');
  await tx.run(parties.NAMED_UNITS, [importId]);
  await tx.run(parties.MAKE_UNITS, [importId]);
  await tx.run(parties.FIND_UNITS);
  await tx.run(parties.NAMED_PEOPLE, [importId]);
  await tx.run(parties.MAKE_PEOPLE, [importId]);
  await tx.run(parties.FIND_PEOPLE);
  await tx.run(parties.NAMED_PARKS, [importId]);
  await tx.run(parties.MAKE_PARKS, [importId]);
  await tx.run(parties.FIND_PARKS);
  await tx.run(parties.NAMED_FIRMS, [importId]);
  await tx.run(parties.FIRM_IDS);
  await tx.run('analyze firm');
  await tx.run('analyze firm_id');
  await tx.run(parties.FIND_FIRMS_BY_CODE);
  await tx.run(parties.FIND_FIRMS_BY_NAME);
  await tx.run(parties.FIND_MERGED_FIRMS);
  await tx.run(parties.FIND_FIRMS_BY_FORMER_NAME);
  await tx.run(parties.MAKE_FIRMS, [importId]);
  await tx.run(parties.TAKE_FIRMS);
  await tx.run('analyze firm_id');
  await tx.run(parties.FIRM_GAPS, [importId]);
  await tx.run(parties.FILL_FIRMS);
  await tx.run(parties.NOTE_FIRMS, [importId]);
  return tx.rows<FirmConflict>(parties.FIRM_CONFLICTS);
}

/**
 * Brings the planned projects into the books: new ones with their first report, milestones, amounts, firms and people;
 * changed ones with what they were before on record.
 * @param year of the numbers for projects without a code
 */
export async function keepProjects(tx: Tx, importId: string, year: number, onStep: OnStep): Promise<FirmConflict[]> {
  const conflicts = await keepParties(tx, importId);
  await onStep(0.15);
  await tx.run(keep.COUNTERS);
  const numbered = await tx.run(keep.NUMBERED, [importId]);
  await tx.run(keep.PASS_NUMBERS, [importId]);
  const numbers = numbered > 0 ? await tx.row<{ base: number; zone: string }>(keep.TAKE_NUMBERS, [year, numbered]) : undefined;
  await tx.run(keep.NOTE_COUNTERS, [importId]);
  await tx.run(keep.FIRST_FIRMS, [importId]);
  await tx.run(keep.MAKE_PROJECTS, [importId, `${numbers?.zone ?? ''}-${year}-`, numbers?.base ?? 0]);
  await tx.run(keep.POINT_CREATED);
  // What repeats a row of this file now knows its project.
  await tx.run(POINT_REPEATS);
  await onStep(0.45);
  await tx.run(keep.MAKE_FIRST_REPORTS, [importId]);
  await onStep(0.55);
  await tx.run(keep.MAKE_MILESTONES, [importId]);
  await onStep(0.7);
  await tx.run(keep.MAKE_PROJECT_FIRMS, [importId]);
  await tx.run(keep.MAKE_AMOUNTS, [importId]);
  await onStep(0.8);
  await tx.run(keep.MAKE_CONTACTS, [importId]);
  await onStep(0.88);
  await changeProjects(tx, importId);
  await keepWorks(tx, importId);
  await tx.run(keep.MAKE_SIGNINGS, [importId]);
  await onStep(0.95);
  return conflicts;
}

async function changeProjects(tx: Tx, importId: string): Promise<void> {
  await tx.run(change.ROUNDS);
  const { last } = (await tx.row<{ last: number }>(change.LAST_ROUND))!;
  for (let round = 0; round <= last; round++) {
    const now = [importId, round];
    await tx.run(change.NOTE_PROJECTS, now);
    await tx.run(change.MILESTONES_DUE, now);
    await tx.run(change.NOTE_MILESTONES, [importId]);
    await tx.run(change.CHANGE_MILESTONES);
    await tx.run(change.ADD_MILESTONES, [importId]);
    await tx.run(change.END_MILESTONES);
    await tx.run(change.NOTE_AMOUNTS, now);
    await tx.run(change.CHANGE_AMOUNTS, now);
    await tx.run(change.ADD_FIRMS, now);
    await tx.run(change.NAME_FIRMS, now);
    await tx.run(change.NOTE_CONTACTS, now);
    await tx.run(change.CHANGE_CONTACTS, now);
    await tx.run(change.ADD_CONTACTS, now);
    await revisePlans(tx, importId, round);
    await tx.run(change.CHANGE_PROJECTS, now);
  }
}

/** Brings the planned visits into the books; last visit, count and next follow-up of their projects follow. */
export async function keepVisits(tx: Tx, importId: string): Promise<void> {
  await tx.run(visits.LINKED_FIRMS, [importId]);
  await keepParties(tx, importId);
  await tx.run(visits.MAKE_VISITS, [importId]);
  await tx.run(visits.POINT_VISITS, [importId]);
  await tx.run(visits.NOTE_VISITS, [importId]);
  await tx.run(visits.CHANGE_VISITS, [importId]);
  await tx.run(visits.VISITED, [importId]);
  await tx.run(visits.NOTE_VISITED, [importId]);
  await tx.run(visits.FOLLOW_VISITS);
}

/** The version at which the import leaves what it changed. */
export async function noteVersions(tx: Tx, importId: string): Promise<void> {
  await tx.run(change.NOTE_VERSIONS, [importId]);
}
