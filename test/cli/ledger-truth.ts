import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shiftDecimal } from '@yinfeng/platform';
import type pg from 'pg';

const FOLDER = join(process.cwd(), 'test/fixtures/ledgers');
export const ledger = (name: string): string => join(FOLDER, name);

interface Sum { count: number; cny?: string; usd?: string; fixedCny?: string }
interface Flow extends Sum { cny: string; usd: string }
/** What the truth file of a ledger says (ledgers README §3), as far as it concerns the books. */
export interface Truth {
  counts: { dataRows: number; create: number; merge: number; hold: number; reject: number };
  byStage?: Record<string, Sum>;
  byDepartment?: Record<string, Sum>;
  stockAt?: Record<string, Record<string, number>>;
  flows?: Record<string, Record<'newlyReported' | 'signedByApproval' | 'landedByApproval' | 'startedNew', Flow>>;
  warnings: { byClass: Record<string, { count: number; cells: string[] }> };
  duplicates: { class: string; extra: { sheet?: string; row: number }[] }[];
  rejects: { sheet: string; row: number; reason: string }[];
  reimport: { unchanged: number };
}
export const truth = (name: string): Truth => JSON.parse(readFileSync(join(FOLDER, 'truth', `${name}.truth.json`), 'utf8')) as Truth;
export const truthRows = <Row>(name: string): Row[] => readFileSync(join(FOLDER, 'truth', `${name}.rows.jsonl`), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Row);

const PLACE: Record<string, string> = {
  lead: 'LEAD', reserve: 'RESERVE', negotiating: 'NEGOTIATING', signed: 'SIGNED', landed: 'LANDED', started: 'STARTED', finished: 'PRODUCING', in_production: 'PRODUCING', finished_or_in_production: 'PRODUCING',
  dormant: 'SUSPENDED', withdrawn: 'WITHDRAWN', transferred: 'WITHDRAWN',
};
const plain = (decimal: string): string => shiftDecimal(decimal, 0);
const added = (a: string, b: string): string => plain((Number(a) * 100 + Number(b) * 100).toFixed(0).replace(/(\d{2})$/, '.$1'));

/** Stages of the truth as the books have them: count and sums in 万. */
export function stages(byStage: Record<string, Sum | number>): Record<string, [number, string, string]> {
  const out: Record<string, [number, string, string]> = {};
  for (const [stage, sum] of Object.entries(byStage)) {
    const { count, cny = '0', usd = '0' } = typeof sum === 'number' ? { count: sum } : sum;
    const [n, c, u] = out[PLACE[stage]!] ?? [0, '0', '0'];
    out[PLACE[stage]!] = [n + count, added(c, cny), added(u, usd)];
  }
  return out;
}

const SUMS = `count(*)::int as n, coalesce(trim_scale(sum(p.total_amount) filter (where p.total_currency = 'CNY') / 10000), 0)::text as cny, coalesce(trim_scale(sum(p.total_amount) filter (where p.total_currency = 'USD') / 10000), 0)::text as usd`;

/** What the books of a zone say, by plain SQL. */
export class Books {
  constructor(
    private readonly owner: pg.Pool,
    private readonly zoneId: string,
  ) {}

  private async rows<Row>(sql: string, ...params: unknown[]): Promise<Row[]> {
    return (await this.owner.query(sql, [this.zoneId, ...params])).rows as Row[];
  }

  async byStage(): Promise<Record<string, [number, string, string]>> {
    const rows = await this.rows<{ k: string; n: number; cny: string; usd: string }>(`select case when status = 'ACTIVE' then stage::text else status::text end as k, ${SUMS} from project p where zone_id = $1 group by 1`);
    return Object.fromEntries(rows.map((r) => [r.k, [r.n, r.cny, r.usd]]));
  }

  async byDepartment(): Promise<Record<string, { count: number; cny: string; usd: string; fixedCny: string }>> {
    const rows = await this.rows<{ k: string; n: number; cny: string; usd: string; fixed: string }>(
      `select d.name as k, ${SUMS}, coalesce(trim_scale(sum(p.fixed_cny) / 10000), 0)::text as fixed from project p join department d on d.id = p.department_id where p.zone_id = $1 group by 1`);
    return Object.fromEntries(rows.map((r) => [r.k, { count: r.n, cny: r.cny, usd: r.usd, fixedCny: r.fixed }]));
  }

  /** At the end of a Shanghai day, from the movements alone. */
  async stockAt(day: string): Promise<Record<string, number>> {
    const rows = await this.rows<{ k: string; n: number }>(`select stage::text as k, sum(delta)::int as n from pipeline_movement where zone_id = $1 and at < shanghai_midnight($2::date + 1) group by 1 having sum(delta) <> 0`, day);
    return Object.fromEntries(rows.map((r) => [r.k, r.n]));
  }

  async flow(year: string, kind: string): Promise<{ count: number; cny: string; usd: string }> {
    const [r] = await this.rows<{ n: number; cny: string; usd: string }>(`select ${SUMS} from milestone m join project p on p.id = m.project_id where m.zone_id = $1 and m.voided_at is null and m.kind = $3 and extract(year from m.counting_on) = $2::int`, year, kind);
    return { count: r!.n, cny: r!.cny, usd: r!.usd };
  }

  /** Every business record of the zone, as text: equal before and after means that nothing is left behind. */
  async everything(): Promise<Record<string, string[]>> {
    const out: Record<string, string[]> = {};
    for (const table of ['department', 'staff', 'park', 'enterprise', 'contact', 'project', 'project_enterprise', 'project_amount', 'first_report', 'milestone', 'visit', 'signing', 'works_milestone', 'works_revision', 'works_pause', 'start_plan', 'deadline', 'project_code_counter', 'ledger_mapping'])
      out[table] = (await this.rows<{ t: string }>(`select x::text as t from ${table} x where zone_id = $1 order by 1`)).map((r) => r.t);
    return out;
  }
}
