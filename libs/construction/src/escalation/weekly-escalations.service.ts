import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, factsJson, type Page, type PageInput, pageOf, pageRequest, preparedName, type Shape, type Tx } from '@yinfeng/platform';
import { bind } from '@yinfeng/recruitment';
import { type EscalationSource, weekOf } from './escalation.rules.js';
import { type WeekQuestion, weeklyEscalationFacts, weekRows } from './escalation.sql.js';

export interface WeeklyFilter {
  departmentId?: string | null;
  levels?: string[] | null;
  sources?: EscalationSource[] | null;
  answered?: boolean | null;
  projectId?: string | null;
  mine?: boolean | null;
}
/** How much of one unit went to one level in a week. `question` finds exactly its rows. */
export interface WeeklyFigure {
  source: EscalationSource;
  level: string;
  label: { zh: string; en: string } | { code: string };
  department: { id: string; name: string } | null;
  count: number;
  answered: number;
  open: number;
  question: WeekQuestion;
}
const MOST_FIGURES = 200;

/** What was escalated in a week, by lights, by persons and by reminders that nobody acted on: one list, and its figures. */
@Injectable()
export class WeeklyEscalationsService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /** The question of a week (any day of it) and a filter. */
  question(week: string, filter: WeeklyFilter): WeekQuestion {
    return { ...weekOf(week), ...filter };
  }

  /** One page, the newest first. */
  async page(actor: Actor, question: WeekQuestion, input: PageInput, shape: Shape): Promise<Page<object>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const rows = weekRows(actor, question, params);
    const where = request.keys ? `(w.opened_at, w.id) < (${bind(params, request.keys[0])}::timestamptz, ${bind(params, request.keys[1])}::uuid)` : 'true';
    const sql = `select ${factsJson(weeklyEscalationFacts, { escalationId: true, ...shape })} as node, w.opened_at::text as k, w.id from ${rows} where ${where} order by w.opened_at desc, w.id desc limit ${bind(params, request.limit + 1)}`;
    const found = await this.db.read<{ node: object; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(found.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, question: WeekQuestion): Promise<number> {
    const params: unknown[] = [];
    return (await this.db.read<{ n: number }>(actor, `select count(*)::int as n from ${weekRows(actor, question, params)}`, params))[0]!.n;
  }

  /** By source, level and unit, most first, at most 200; each is exactly its rows. */
  async figures(actor: Actor, week: string, filter: WeeklyFilter): Promise<WeeklyFigure[]> {
    demand(actor, 'construction.read');
    const question = this.question(week, filter);
    const params: unknown[] = [];
    const found = await this.db.read<{ source: EscalationSource; level: string; label: WeeklyFigure['label']; department_id: string | null; name: string | null; n: number; answered: number; open: number }>(actor,
      `select t.*, d.name from (
         select w.source, w.level, (array_agg(w.label order by w.opened_at desc))[1] as label, w.department_id, count(*)::int as n, count(*) filter (where w.answered_at is not null)::int as answered, count(*) filter (where w.state = 'OPEN')::int as open
         from ${weekRows(actor, question, params)} group by w.source, w.level, w.department_id) t
       left join department d on d.id = t.department_id order by t.n desc, t.source, t.level, d.name, t.department_id limit ${MOST_FIGURES}`, params);
    return found.map((f) => ({
      source: f.source, level: f.level, label: f.label, count: f.n, answered: f.answered, open: f.open, department: f.department_id ? { id: `Department:${f.department_id}`, name: f.name! } : null,
      question: { ...question, exact: { departmentId: f.department_id, level: f.level, source: f.source } },
    }));
  }

  /** How much an actor sees of a week, and how much of it stands open; joins the sweep's transaction. */
  async total(tx: Tx, actor: Actor, week: string): Promise<{ count: number; open: number }> {
    const params: unknown[] = [];
    return (await tx.row<{ count: number; open: number }>(`select count(*)::int as count, count(*) filter (where w.state = 'OPEN')::int as open from ${weekRows(actor, this.question(week, {}), params)}`, params))!;
  }
}
