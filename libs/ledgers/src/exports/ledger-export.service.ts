import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, once, Refusal, type StoredFile, StoredFiles } from '@yinfeng/platform';
import { projectVisibility, STAGE_LABELS } from '@yinfeng/recruitment';
import { writeTable } from './sheets.js';

/** Header and SQL of each column of the plain ledger (V2/V4 of domain.md D1); amounts in 亿元 where the header says so. */
const COLUMNS: readonly (readonly [header: string, sql: string, width?: number])[] = [
  ['编号', 'p.code', 18], ['项目名称', 'p.name', 36], ['项目状态', `case when p.status = 'ACTIVE' then p.stage::text else p.status_reason end`, 10], ['项目分类', 'p.class'],
  ['内外资', `case p.capital_source when 'DOMESTIC' then '内资' when 'FOREIGN' then '外资' end`, 8], ['产业类别', 'p.sector'], ['行业代码', 'p.industry_code', 10], ['产业链类别', 'p.local_chain'], ['项目简介', 'p.content', 48],
  ['投资主体', `(select string_agg(e.name, '；' order by x.position) from project_enterprise x join enterprise e on e.id = x.enterprise_id where x.project_id = p.id and x.role = 'INVESTOR')`, 30],
  ['投资主体证照号码', `(select string_agg(e.uscc, '；' order by x.position) from project_enterprise x join enterprise e on e.id = x.enterprise_id where x.project_id = p.id and x.role = 'INVESTOR')`, 22],
  ['来源地', 'p.source_region'], ['投资方联系人', `(select string_agg(k.name, '；' order by k.id) from contact k where k.project_id = p.id)`],
  ['投资方联系方式', `(select string_agg(f, '；') from contact k cross join unnest(case when contact_open(k) then k.phones else mask_phones(k.phones) end) f where k.project_id = p.id)`],
  ['投资金额', `trim_scale(p.total_amount / 10000)`, 12], ['计价单位', `case when p.total_amount is not null then case p.total_currency when 'CNY' then '万元' when 'USD' then '万美元' when 'EUR' then '万欧元' when 'HKD' then '万港元' else '万日元' end end`, 8],
  ['固投金额(万元)', 'trim_scale(p.fixed_cny / 10000)', 12], ['项目建设地址', 'p.site', 24], ['承接区', '(select k.name from park k where k.id = p.park_id)'], ['负责单位', '(select d.name from department d where d.id = p.department_id)', 18],
  ['申报人', '(select s.name from staff s where s.id = p.owner_id)', 10], ['首报人', '(select f.reporter_name from first_report f where f.project_id = p.id)', 10], ['招商类型', 'p.channel'],
  ...([['申报时间', 'REPORTED', 'event_on'], ['对接时间', 'NEGOTIATED', 'event_on'], ['协议签订时间', 'SIGNED', 'event_on'], ['签约审核通过时间', 'SIGNED', 'approved_at'], ['落位时间', 'LANDED', 'event_on'], ['落地审核通过时间', 'LANDED', 'approved_at'],
    ['开工/开业时间', 'STARTED', 'event_on'], ['竣工/投产时间', 'PRODUCING', 'event_on'], ['入规入统时间', 'STATISTICS_ENTRY', 'event_on']] as const).map(([header, kind, column]) =>
    [header, `(select ${column === 'approved_at' ? `to_char(m.approved_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS')` : 'm.event_on::text'} from milestone m where m.project_id = p.id and m.kind = '${kind}' and m.voided_at is null)`, 14] as const),
  ['走访次数', 'p.visit_count', 8], ['最近走访', 'p.last_visit_on::text', 12], ['下次跟进时间', 'p.next_follow_up_on::text', 12], ['进度', `p.extra ->> 'progress'`, 40], ['备注', `p.extra ->> 'remark'`, 24],
];

/** Rows fetched at a time. */
const PORTION = 1_000;

@Injectable()
export class LedgerExports {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly files: StoredFiles,
  ) {}

  /** The projects that the actor may see, as a sheet of an office: title, one header row, texts as text. Exports are on record. */
  async projects(actor: Actor): Promise<Readable> {
    demand(actor, 'project.read');
    const [zone] = await this.db.read<{ name: string }>(actor, 'select name from zone where id = app_zone()');
    await this.db.tx(actor, (tx) => tx.run(`select audit_event($1, $2, 'ledger_export', null, null)`, [actor.zoneId, actor.staffId]));
    return writeTable({ sheet: '项目台账', title: `${zone?.name ?? ''}招商项目台账（截至${this.clock.today()}）`, headers: COLUMNS.map((c) => c[0]), widths: COLUMNS.map((c) => c[2] ?? 14), rows: this.rows(actor) });
  }

  private async *rows(actor: Actor): AsyncGenerator<(string | number | null)[]> {
    let after: string | null = null;
    for (;;) {
      const params: unknown[] = [after];
      const sql: string = `select p.id, json_build_array(${COLUMNS.map((c) => c[1]).join(', ')}) as cells from project p where ($1::uuid is null or p.id > $1) and ${projectVisibility(actor, 'p', params)} order by p.id limit ${PORTION}`;
      const rows: { id: string; cells: (string | number | null)[] }[] = await this.db.read(actor, sql, params);
      for (const r of rows) {
        const stage = STAGE_LABELS[r.cells[2] as keyof typeof STAGE_LABELS];
        if (stage) r.cells[2] = stage[0];
        yield r.cells;
      }
      if (rows.length < PORTION) return;
      after = rows.at(-1)!.id;
    }
  }

  /** The sheet of leftRows as a stored file, made once for a key. */
  async keepLeftRows(actor: Actor, input: { idempotencyKey?: string | null; importId: string | null }): Promise<StoredFile> {
    // The file is stored by a transaction of its own: content is no part of any.
    return this.db.tx(actor, (tx) => once(tx, 'importRowsExport', input, async () => this.files.add(actor, await this.leftRows(actor, input.importId))));
  }

  /** The rows of an import that were not taken or still wait, as they were written, with the reason beside each. @throws Refusal NOT_FOUND */
  async leftRows(actor: Actor, importId: string | null): Promise<{ name: string; content: Readable }> {
    demand(actor, 'import.read');
    if (!importId) throw new Refusal('NOT_FOUND');
    const [record] = await this.db.read<{ name: string; sheets: { name: string; columns: { letter: string; header: string }[] }[] | null }>(actor,
      `select file_name as name, case when jsonb_typeof(sheets) = 'object' then sheets -> 'sheets' end as sheets from ledger_import where id = $1`, [importId]);
    if (!record) throw new Refusal('NOT_FOUND');
    const letters = [...new Set((record.sheets ?? []).flatMap((s) => s.columns.map((c) => c.letter)))];
    const headers = new Map((record.sheets ?? []).flatMap((s) => s.columns.map((c): [string, string] => [c.letter, c.header])));
    const rows = await this.db.read<{ sheet: string; row: number; action: string; reason: string | null; note: string | null; raw: Record<string, string> }>(actor,
      `select r.sheet, r.row, r.action, r.reason, (select w ->> 'note' from json_array_elements(t.warnings) w where w ->> 'class' = r.reason limit 1) as note, t.raw
       from ledger_row r join ledger_row_text t using (import_id, ord) where r.import_id = $1 and (r.action = 'REJECT' or (r.action = 'HOLD' and r.decision is null)) order by r.ord`, [importId]);
    return {
      name: `${record.name.replace(/\.[a-z]+$/i, '')}-未导入行.xlsx`,
      content: writeTable({
        sheet: '未导入行', headers: ['工作表', '行', '结果', '原因', '说明', ...letters.map((l) => headers.get(l) || l)],
        rows: rows.map((r) => [r.sheet, r.row, r.action === 'REJECT' ? '退回' : '待定', r.reason, r.note, ...letters.map((l) => r.raw[l] ?? null)]),
      }),
    };
  }
}
