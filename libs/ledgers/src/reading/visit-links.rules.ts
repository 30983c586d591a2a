import { companyStem, coreName, foldName } from '@yinfeng/enterprises';
import type { LedgerRow, RowWarning } from './ledger-reading.js';

/** A project as far as a visit log can point to it. */
export interface LinkableProject {
  /** Whatever the caller knows the project by: its code or its id. */
  id: string;
  name: string;
  investors: string[];
}

/**
 * How the project of a visit was found: same text; other brackets or quotes; other spaces; without
 * 项目 or 建设项目 at the end; by the enterprise alone. `ambiguous`: the enterprise has several and none is named.
 */
export type LinkHow = 'exact' | 'bracket' | 'space' | 'suffix' | 'company-only' | 'ambiguous' | 'none';

export interface VisitLink {
  project: string | null;
  how: LinkHow;
  candidates?: string[];
  companyKnown: boolean;
}

const withoutSuffix = (folded: string): string => folded.replace(/(?:建设)?项目$/, '');

/** Finds the project that a visit is about, among those of the zone (ledgers README, visits). */
export class ProjectFinder {
  private readonly byName = new Map<string, LinkableProject[]>();
  private readonly byStem = new Map<string, LinkableProject[]>();
  private readonly byCompany = new Map<string, LinkableProject[]>();
  private readonly byCompanyStem = new Map<string, LinkableProject[]>();

  constructor(projects: Iterable<LinkableProject>) {
    for (const p of projects) {
      const folded = foldName(p.name);
      append(this.byName, folded, p);
      append(this.byStem, withoutSuffix(folded), p);
      for (const i of p.investors) {
        append(this.byCompany, foldName(i), p);
        append(this.byCompanyStem, companyStem(i), p);
      }
    }
  }

  find(visit: { enterprise?: string | undefined; project?: string | undefined }): VisitLink {
    const company = visit.enterprise ? foldName(visit.enterprise) : '';
    const own = company ? (this.byCompany.get(company) ?? this.byCompanyStem.get(companyStem(visit.enterprise!)) ?? []) : [];
    const companyKnown = own.length > 0;
    if (visit.project) {
      const folded = foldName(visit.project);
      const same = prefer(this.byName.get(folded), own);
      if (same) return { project: same.id, how: howNamed(visit.project, same.name), companyKnown };
      const stem = prefer(this.byStem.get(withoutSuffix(folded)), own) ?? own.find((p) => coreName(p.name) === coreName(visit.project!));
      if (stem) return { project: stem.id, how: 'suffix', companyKnown };
    }
    if (own.length === 1) return { project: own[0]!.id, how: 'company-only', companyKnown };
    if (own.length > 1) return { project: null, how: 'ambiguous', candidates: own.map((p) => p.id), companyKnown };
    return { project: null, how: 'none', companyKnown };
  }
}

function howNamed(written: string, name: string): LinkHow {
  if (written.trim() === name.trim()) return 'exact';
  const spaceless = (t: string): string => t.replace(/\s/g, '');
  return spaceless(written) === spaceless(name) ? 'space' : 'bracket';
}

/** Of several projects of a name, the one of the visited enterprise. */
function prefer(named: readonly LinkableProject[] | undefined, own: readonly LinkableProject[]): LinkableProject | undefined {
  if (!named) return undefined;
  return named.find((p) => own.includes(p)) ?? (named.length === 1 ? named[0] : undefined);
}

function append(map: Map<string, LinkableProject[]>, key: string, project: LinkableProject): void {
  if (!key) return;
  const list = map.get(key);
  if (!list) map.set(key, [project]);
  else if (!list.includes(project)) list.push(project);
}

/** The warning of a visit whose enterprise has several projects and none is named. */
export function ambiguousLink(row: LedgerRow, enterpriseColumn: { letter: string; header: string }, candidates: number): RowWarning {
  return {
    column: enterpriseColumn.letter,
    cell: enterpriseColumn.letter + row.row,
    header: enterpriseColumn.header,
    field: 'enterprise',
    raw: row.rawCells[enterpriseColumn.letter] ?? null,
    class: 'LINK_AMBIGUOUS',
    level: 'ask',
    value: row.fields.enterprise ?? null,
    note: `该企业有 ${candidates} 个项目，未写明是哪一个`,
  };
}
