import { hash } from 'node:crypto';
import { coreName } from '@yinfeng/enterprises';
import { newId } from '@yinfeng/platform';
import type { DuplicateOf, LedgerRow } from '../reading/ledger-reading.js';
import { copyJson, copyLine, type CopyValue } from './copy-lines.js';
import { shortened } from './draft-parties.rules.js';
import { projectDraft, type SheetFacts } from './draft-project.rules.js';
import { visitDraft } from './draft-visit.rules.js';
import { worksHistory } from './works-history.rules.js';

/** Columns of the tables that rows are copied into, in the order of their lines. */
export const COLUMNS = {
  ledger_row: ['ord', 'sheet', 'row', 'key', 'identity', 'action', 'reason', 'duplicate_of'],
  ledger_row_text: ['ord', 'fields', 'raw', 'warnings'],
  draft_project: [
    'ord', 'id', 'sheet', 'row', 'code', 'name', 'folded_name', 'core_name', 'stem', 'marks', 'investors', 'usccs', 'duplicate_of', 'duplicate_class', 'duplicate_level',
    'stage', 'stage_given', 'status', 'status_reason', 'state_at', 'prior_states', 'class', 'capital_source', 'content', 'industry_code', 'sector', 'local_chain', 'source_region',
    'department', 'department_given', 'owner', 'reporter', 'park', 'site', 'land_need', 'output_estimate', 'channel', 'total_amount', 'total_currency', 'total_raw', 'total_approximate',
    'fixed_cny', 'next_step', 'extra', 'reported_at', 'as_of',
  ],
  draft_amount: ['ord', 'kind', 'year', 'amount', 'upper_bound', 'currency', 'raw', 'approximate', 'bound', 'placeholder', 'source'],
  draft_milestone: ['ord', 'kind', 'event_on', 'approved_at', 'precision', 'dated'],
  draft_works: ['ord', 'part', 'code', 'planned_on', 'reached_on', 'precision', 'dated', 'year', 'kind'],
  draft_company: ['ord', 'role', 'position', 'name', 'folded_name', 'core_name', 'uscc', 'source_region', 'classes', 'profile'],
  draft_contact: ['ord', 'position', 'name', 'title', 'phones', 'full_name'],
  draft_visit: [
    'ord', 'id', 'sheet', 'row', 'identity', 'duplicate_of', 'duplicate_class', 'direction', 'visited_on', 'leader_name', 'leader_level', 'headcount', 'city', 'place', 'met', 'companions',
    'content', 'result', 'next_step', 'next_on', 'department', 'enterprise', 'enterprise_folded', 'enterprise_stem', 'project', 'project_folded', 'project_stem', 'extra',
  ],
} as const;
export type DraftTable = keyof typeof COLUMNS;
export const DRAFT_TABLES = Object.keys(COLUMNS) as DraftTable[];

/** What a row is known by from one file to the next: a decision about it is remembered by this. */
function digest(...parts: readonly (string | null | undefined)[]): string {
  return hash('sha1', parts.map((p) => p ?? '').join('\x1f'), 'base64').slice(0, 22);
}

/** Turns rows into the lines of all tables. `ordOf` gives the place in the file of a row met earlier. */
export class DraftLines {
  private readonly lines = new Map<DraftTable, string[]>(DRAFT_TABLES.map((t) => [t, []]));
  private readonly places = new Map<string, Map<number, number>>();
  private ord = 0;

  get count(): number {
    return this.ord;
  }

  /** The lines gathered since the last call. */
  take(table: DraftTable): string[] {
    const lines = this.lines.get(table)!;
    this.lines.set(table, []);
    return lines;
  }

  add(row: LedgerRow, sheet: SheetFacts): void {
    const ord = ++this.ord;
    const places = this.places.get(row.sheet) ?? new Map<number, number>();
    this.places.set(row.sheet, places.set(row.row, ord));
    const duplicateOf = row.duplicateOf ? (this.places.get(row.duplicateOf.sheet)?.get(row.duplicateOf.row) ?? null) : null;
    const identity = row.action === 'reject' ? digest('reject', row.key, JSON.stringify(row.rawCells)) : row.kind === 'VISITS' ? this.visit(ord, row, sheet, duplicateOf) : this.project(ord, row, sheet, duplicateOf);
    const action = row.action === 'reject' ? 'REJECT' : row.action === 'hold' ? 'HOLD' : row.action === 'merge' ? 'MERGE' : 'CREATE';
    this.put('ledger_row', [ord, row.sheet, row.row, row.key ? shortened(row.key) : null, identity, action, row.reject?.reason ?? row.duplicateOf?.class ?? null, duplicateOf]);
    this.put('ledger_row_text', [ord, copyJson(row.fields), copyJson(row.rawCells), row.warnings.length ? copyJson(row.warnings) : null]);
  }

  private put(table: DraftTable, values: readonly CopyValue[]): void {
    this.lines.get(table)!.push(copyLine(values));
  }

  private project(ord: number, row: LedgerRow, sheet: SheetFacts, duplicateOf: number | null): string {
    const d = projectDraft(row, sheet);
    const { fields } = row;
    const { history } = d;
    const investors = d.companies.filter((c) => c.role === 'INVESTOR');
    const again: DuplicateOf | undefined = row.duplicateOf;
    this.put('draft_project', [
      ord, newId(), row.sheet, row.row, d.code, d.name, d.foldedName, d.coreName, d.stem, d.marks, investors.map((c) => c.foldedName), investors.flatMap((c) => c.uscc ?? []),
      duplicateOf, again?.class ?? null, again?.level ?? null,
      history.stage, history.stageGiven, history.status, history.statusReason, history.stateAt, copyJson(history.priorStates), fields['project.class'] ?? null, d.capitalSource,
      fields.content ?? null, fields['industry.gb4754.code'] ?? null, fields['industry.sector3'] ?? null, fields['industry.local_chain'] ?? null, fields.source_region ?? null,
      name(fields['owner.unit']), sheet.letters.has('owner.unit'), name(fields.owner), name(fields.first_reporter), name(fields['site.zone']), fields.site ?? null, d.landNeed, d.outputEstimate, fields.channel ?? null,
      d.total?.amount ?? null, d.total?.currency ?? 'CNY', d.total?.raw ?? null, d.total ? d.total.approximate || d.total.bound !== null || d.total.placeholder : false,
      d.fixedCny, fields.next_step ?? null, copyJson(d.extra), d.reportedAt, sheet.asOf,
    ]);
    for (const a of d.amounts) this.put('draft_amount', [ord, a.kind, a.year, a.amount, a.upperBound, a.currency, a.raw, a.approximate, a.bound, a.placeholder, a.source]);
    for (const m of history.milestones) this.put('draft_milestone', [ord, m.kind, m.eventOn, m.approvedAt, m.precision, m.dated]);
    for (const w of worksHistory(fields, sheet.asOf, sheet.headers.get('flag.planned_prev'))) {
      this.put('draft_works', [ord, w.part, w.part === 'MILESTONE' ? w.code : null, w.part === 'MILESTONE' ? w.plannedOn : null, w.part === 'PLAN' ? null : w.reachedOn, w.part === 'PLAN' ? 'YEAR' : w.precision,
        w.part !== 'RESUMPTION' || w.dated, w.part === 'PLAN' ? w.year : null, w.part === 'PLAN' ? w.kind : null]);
    }
    for (const c of d.companies) this.put('draft_company', [ord, c.role, c.position, c.name, c.foldedName, c.coreName, c.uscc, c.sourceRegion, c.classes, c.profile]);
    for (const c of d.contacts) this.put('draft_contact', [ord, c.position, c.name, c.title, c.phones, c.fullName]);
    return digest(d.code, d.foldedName, ...investors.map((c) => c.foldedName).sort(), again?.class);
  }

  private visit(ord: number, row: LedgerRow, sheet: SheetFacts, duplicateOf: number | null): string {
    const d = visitDraft(row, sheet);
    const identity = digest(d.direction, d.visitedOn, d.enterpriseStem, d.projectStem, d.leaderName, ...d.met.map((m) => m.name).sort(), row.duplicateOf?.class);
    this.put('draft_visit', [
      ord, newId(), row.sheet, row.row, identity, duplicateOf, row.duplicateOf?.class ?? null, d.direction, d.visitedOn, d.leaderName, d.leaderLevel, d.headcount, d.city, d.place, copyJson(d.met), d.companions,
      d.content, d.result, d.nextStep, d.nextOn, name(row.fields['owner.unit']), d.enterprise, d.enterpriseFolded, d.enterpriseStem, d.project, d.projectFolded, d.projectStem, copyJson(d.extra),
    ]);
    if (d.enterprise) this.put('draft_company', [ord, 'INVESTOR', 0, d.enterprise, d.enterpriseFolded, coreName(d.enterprise), null, null, [], null]);
    return identity;
  }
}

const name = (text: unknown): string | null => (typeof text === 'string' && text.trim() ? shortened(text.trim(), 100) : null);
