import { companyStem, foldName } from '@yinfeng/enterprises';
import type { LedgerRow, PersonValue } from '../reading/ledger-reading.js';
import { shortened } from './draft-parties.rules.js';
import { projectStem, type SheetFacts } from './draft-project.rules.js';
import { firstDay } from './stage-history.rules.js';

/** A row of a visit log made ready for the books. Days are Shanghai days. */
export interface VisitDraft {
  direction: 'OUTBOUND' | 'INBOUND' | 'EVENT';
  visitedOn: string;
  leaderName: string | null;
  leaderLevel: string | null;
  headcount: number | null;
  city: string | null;
  place: string | null;
  met: { name: string; title: string | null }[];
  companions: string[];
  content: string;
  result: string | null;
  nextStep: string | null;
  nextOn: string | null;
  enterprise: string | null;
  enterpriseFolded: string | null;
  enterpriseStem: string | null;
  project: string | null;
  projectFolded: string | null;
  projectStem: string | null;
  extra: Record<string, unknown>;
}

const PLACED = new Set(['direction', 'date.visit', 'leader', 'leader.level', 'headcount', 'city', 'place', 'met', 'companions', 'content', 'result', 'next_step', 'date.next', 'enterprise', 'project', 'owner.unit']);
const DAY = /^\d{4}-\d{2}-\d{2}/;

/** Reads a row of a visit log; a date that is not a day stands for the first day it may mean. */
export function visitDraft(row: LedgerRow, sheet: SheetFacts): VisitDraft {
  const { fields } = row;
  const visited = fields['date.visit'];
  const next = fields['date.next'];
  const enterprise = fields.enterprise ? shortened(fields.enterprise) : null;
  const project = fields.project ? shortened(fields.project, 300) : null;
  const folded = project ? foldName(project) : null;
  const extra: Record<string, unknown> = {};
  for (const field in fields) if (fields[field] !== undefined && !PLACED.has(field)) extra[field] = fields[field];
  for (const header in row.extra) if (row.extra[header]) extra[header] = row.extra[header];
  if (visited && !DAY.test(visited)) extra['date.visit'] = visited;
  if (next && !DAY.test(next)) extra['date.next'] = next;
  return {
    direction: fields.direction === 'in' ? 'INBOUND' : fields.direction === 'out' ? 'OUTBOUND' : 'EVENT',
    visitedOn: visited ? firstDay(visited) : sheet.asOf,
    leaderName: fields.leader ? shortened(fields.leader.name) : null,
    leaderLevel: fields['leader.level'] ?? null,
    headcount: fields.headcount !== undefined && Number.isInteger(fields.headcount) && fields.headcount >= 0 && fields.headcount <= 10_000 ? fields.headcount : null,
    city: fields.city ?? null,
    place: fields.place ?? null,
    met: (fields.met ?? []).map((p: PersonValue) => ({ name: p.name, title: p.title ?? null })),
    companions: fields.companions ?? [],
    content: fields.content ?? fields.result ?? fields.remark ?? '（未填写内容）',
    result: fields.result ?? null,
    nextStep: fields.next_step ?? null,
    // 近期, 年底 and the like name no day that could be due.
    nextOn: next && DAY.test(next) ? next.slice(0, 10) : null,
    enterprise,
    enterpriseFolded: enterprise ? foldName(enterprise) : null,
    enterpriseStem: enterprise ? companyStem(enterprise) : null,
    project, projectFolded: folded, projectStem: folded ? projectStem(folded) : null,
    extra,
  };
}
