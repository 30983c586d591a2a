import { compareProjects } from '@yinfeng/enterprises';
import type { Tx } from '@yinfeng/platform';
import { FIND_CHANGES } from './changes.sql.js';
import * as match from './match.sql.js';
import * as visits from './visits.sql.js';

/**
 * Finds out what every row of an import means for the books as they are now, into the temporary table `plan`: which
 * project or visit it is, whether it is new, changes something, repeats another row or has to wait for a person.
 */
export async function planProjects(tx: Tx, importId: string, fingerprints: readonly string[]): Promise<void> {
  await tx.run(match.PLAN_ROWS, [importId]);
  await tx.run(match.PLAN_KEY);
  await tx.run(match.PLAN_STATISTICS);
  await tx.run(match.MATCH_CODE, [importId]);
  await tx.run(match.MATCH_MERGED_CODE, [importId]);
  await tx.run(match.MATCH_NAME, [importId]);
  await tx.run(match.TAKE_NAME);
  await tx.run(match.HOLD_NAME);
  await tx.run(match.TAKE_MERGED_NAME, [importId]);
  await tx.run(match.HOLD_RIVALS);
  await holdLikeNames(tx, importId);
  await tx.run(match.HOLD_TOTALS, [importId, fingerprints]);
  await tx.run(match.RECALL_DECISIONS, [importId]);
  await tx.run(match.OBEY_DIFFERENT);
  await tx.run(match.OBEY_TAKE);
  await tx.run(match.POINT_REPEATS);
  await tx.run(match.POINT_HELD);
  await tx.run(FIND_CHANGES, [importId]);
}

/** Plans the rows of visit logs; after the projects, so that a visit finds a project of the same file. */
export async function planVisits(tx: Tx, importId: string): Promise<void> {
  await tx.run(visits.PLAN_VISITS, [importId]);
  await tx.run(match.PLAN_STATISTICS);
  await tx.run(visits.KNOWN_VISITS, [importId]);
  await tx.run(match.RECALL_DECISIONS, [importId]);
  await tx.run(match.OBEY_DIFFERENT);
  await tx.run(visits.LINK_VISITS, [importId]);
  await tx.run(visits.TAKE_LINKS);
  await tx.run(visits.OBEY_LINKS, [importId]);
  await tx.run(visits.VISIT_CHANGES, [importId]);
}

/** L2 against the books: like names of one investor (domain.md C3); weaker likeness is no reason to stop a row. */
async function holdLikeNames(tx: Tx, importId: string): Promise<void> {
  const pairs = await tx.rows<{ ord: number; name: string; project_id: string; project_name: string; project_code: string }>(match.LIKE_NAMES, [importId]);
  const held = new Map<number, string>();
  for (const p of pairs) {
    if (held.has(p.ord)) continue;
    const investors = ['same investor'];
    const verdict = compareProjects({ name: p.name, investors }, { name: p.project_name, investors });
    if (verdict && (verdict.level === 'L1' || verdict.level === 'L2')) held.set(p.ord, p.project_id);
  }
  if (held.size > 0) await tx.run(match.HOLD_LIKE, [[...held.keys()], [...held.values()]]);
}

/** Writes what the plan says into the rows of the import, where it says something else than before. */
export async function keepPlan(tx: Tx, importId: string): Promise<void> {
  await tx.run(
    `update ledger_row r set action = p.action, reason = p.reason, decision = coalesce(p.decision, r.decision), project_id = p.project_id, visit_id = p.visit_id, candidates = p.candidates, changes = nullif(p.changes, '{}'),
       duplicate_of = p.duplicate_of
     from plan p where r.import_id = $1 and r.ord = p.ord
       and (r.action, r.reason, r.decision, r.project_id, r.visit_id, r.candidates, r.changes, r.duplicate_of)
         is distinct from (p.action, p.reason, coalesce(p.decision, r.decision), p.project_id, p.visit_id, p.candidates, nullif(p.changes, '{}'), p.duplicate_of)`, [importId]);
}

/** Rows by what became of them. */
export interface ImportCounts {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  merged: number;
  held: number;
  /** Of the held ones, those that nobody has decided about. */
  undecided: number;
  rejected: number;
}

export async function countRows(tx: Tx, importId: string): Promise<ImportCounts> {
  return (await tx.row<ImportCounts>(
    `select count(*)::int as rows, count(*) filter (where action = 'CREATE')::int as created, count(*) filter (where action = 'UPDATE')::int as updated,
       count(*) filter (where action = 'UNCHANGED')::int as unchanged, count(*) filter (where action = 'MERGE')::int as merged, count(*) filter (where action = 'HOLD')::int as held,
       count(*) filter (where action = 'HOLD' and decision is null)::int as undecided, count(*) filter (where action = 'REJECT')::int as rejected
     from ledger_row where import_id = $1`, [importId]))!;
}
