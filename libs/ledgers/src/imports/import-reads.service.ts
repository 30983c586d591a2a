import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, factsJson, type Page, type PageInput, pageOf, pageRequest, Refusal, type Shape } from '@yinfeng/platform';
import { importFacts, importRowFacts } from './import.facts.js';
import type { ImportState } from './import-record.js';
import type { ImportCounts } from './plan-rows.js';

export const ROW_ACTIONS = ['CREATE', 'UPDATE', 'UNCHANGED', 'MERGE', 'HOLD', 'REJECT'] as const;
export type RowAction = (typeof ROW_ACTIONS)[number];

export interface ImportFilter {
  states?: ImportState[] | null;
}
export interface ImportRowFilter {
  actions?: RowAction[] | null;
  /** Held rows that nobody has decided about, and visits whose project is not clear. */
  undecided?: boolean | null;
  /** Rows with a warning of this class. */
  warning?: string | null;
}

/** An import in short, as the command line tells it. */
export interface ImportReport extends Omit<ImportCounts, 'undecided'> {
  importId: string;
  file: string;
  state: ImportState;
  asOf: string | null;
  /** Class → how many cells. */
  warnings: Record<string, number>;
  rejects: { sheet: string; row: number; reason: string }[];
  holds: { sheet: string; row: number; reason: string; decision: string | null; repeats: { sheet: string; row: number } | null }[];
  questions: string[];
}

/** What is on record about imports. They concern the whole zone: whoever may read imports sees all of them. */
@Injectable()
export class ImportReads {
  constructor(private readonly db: Database) {}

  /** Imports of the zone, newest first. */
  async page(actor: Actor, filter: ImportFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'import.read');
    const request = pageRequest(input, 1);
    const params: unknown[] = [];
    const where = this.where(filter, params);
    if (request.keys) where.push(`i.id ${request.backward ? '>' : '<'} $${params.push(request.keys[0])}::uuid`);
    const rows = await this.db.read<{ node: { id: string }; k: string }>(actor,
      `select ${factsJson(importFacts, { id: true, ...shape })} as node, i.id as k from ledger_import i where ${where.join(' and ')} order by i.id ${request.backward ? 'asc' : 'desc'} limit ${request.limit + 1}`, params);
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k] })), request);
  }

  async count(actor: Actor, filter: ImportFilter): Promise<number> {
    demand(actor, 'import.read');
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from ledger_import i where ${this.where(filter, params).join(' and ')}`, params);
    return row!.n;
  }

  /** One import, or null when there is none in this zone. */
  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('import.read')) return null;
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(importFacts, { id: true, ...shape })} as node from ledger_import i where i.id = $1`, [id]);
    return row?.node ?? null;
  }

  /** Rows of an import in the order of the file. */
  async rows(actor: Actor, importId: string, filter: ImportRowFilter, input: PageInput, shape: Shape): Promise<Page<object>> {
    demand(actor, 'import.read');
    const request = pageRequest(input, 1);
    const params: unknown[] = [importId];
    const where = this.whereRows(filter, params);
    if (request.keys) where.push(`r.ord > $${params.push(request.keys[0])}::int`);
    const rows = await this.db.read<{ node: object; k: number }>(actor,
      `select ${factsJson(importRowFacts, { sheet: true, row: true, ...shape })} as node, r.ord as k from ledger_row r join ledger_row_text t using (import_id, ord) where ${where.join(' and ')} order by r.ord limit ${request.limit + 1}`, params);
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k] })), request);
  }

  async countRows(actor: Actor, importId: string, filter: ImportRowFilter): Promise<number> {
    const params: unknown[] = [importId];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from ledger_row r join ledger_row_text t using (import_id, ord) where ${this.whereRows(filter, params).join(' and ')}`, params);
    return row!.n;
  }

  /** @throws Refusal NOT_FOUND */
  async report(actor: Actor, importId: string): Promise<ImportReport> {
    demand(actor, 'import.read');
    const [row] = await this.db.read<{ report: ImportReport }>(actor,
      `select json_build_object('importId', i.id, 'file', i.file_name, 'state', i.state, 'asOf', i.as_of,
         'rows', i.counts -> 'rows', 'created', i.counts -> 'created', 'updated', i.counts -> 'updated', 'unchanged', i.counts -> 'unchanged', 'merged', i.counts -> 'merged', 'held', i.counts -> 'held', 'rejected', i.counts -> 'rejected',
         'warnings', coalesce((select json_object_agg(w.key, w.value -> 'count' order by w.key) from jsonb_each(i.warnings) w), '{}'),
         'rejects', coalesce((select json_agg(json_build_object('sheet', r.sheet, 'row', r.row, 'reason', r.reason) order by r.ord) from ledger_row r where r.import_id = i.id and r.action = 'REJECT'), '[]'),
         'holds', coalesce((select json_agg(json_build_object('sheet', r.sheet, 'row', r.row, 'reason', r.reason, 'decision', r.decision,
            'repeats', (select json_build_object('sheet', o.sheet, 'row', o.row) from ledger_row o where o.import_id = r.import_id and o.ord = r.duplicate_of)) order by r.ord) from ledger_row r where r.import_id = i.id and r.action = 'HOLD'), '[]'),
         'questions', coalesce((select json_agg(q ->> 'text') from jsonb_array_elements(i.questions) q), '[]')) as report
       from ledger_import i where i.id = $1`, [importId]);
    if (!row) throw new Refusal('NOT_FOUND');
    return row.report;
  }

  /** The version that the next act on an import has to name. @throws Refusal NOT_FOUND */
  async version(actor: Actor, importId: string): Promise<number> {
    const [row] = await this.db.read<{ version: number }>(actor, 'select version from ledger_import where id = $1', [importId]);
    if (!row) throw new Refusal('NOT_FOUND');
    return row.version;
  }

  private where(filter: ImportFilter, params: unknown[]): string[] {
    return filter.states ? [`i.state = any($${params.push(filter.states)}::text[])`] : ['true'];
  }

  private whereRows(filter: ImportRowFilter, params: unknown[]): string[] {
    const where = ['r.import_id = $1'];
    if (filter.actions) where.push(`r.action = any($${params.push(filter.actions)}::text[])`);
    if (filter.undecided) where.push(`((r.action = 'HOLD' and r.decision is null) or (r.reason = 'LINK_AMBIGUOUS' and r.project_id is null))`);
    if (filter.warning) where.push(`exists (select from json_array_elements(t.warnings) w where w ->> 'class' = $${params.push(filter.warning)})`);
    return where;
  }
}
