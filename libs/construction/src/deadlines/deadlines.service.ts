import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, factsJson, type Page, type PageInput, pageOf, pageRequest, preparedName, type Shape } from '@yinfeng/platform';
import { bind } from '@yinfeng/recruitment';
import type { DeadlineKind, DeadlineOrder } from './deadline.rules.js';
import { deadlineFacts, DEPARTMENT, OF_PEOPLE, visibleDeadlines } from './deadlines.sql.js';

export interface DeadlineFilter {
  /** Past their day; false: not yet. */
  overdue?: boolean | null;
  /** Due before this Shanghai day. */
  dueBefore?: string | null;
  kinds?: readonly DeadlineKind[] | null;
  /** To be done by these departments or any below them. */
  departmentIds?: string[] | null;
  /** To be done by these people. */
  staffIds?: string[] | null;
  projectId?: string | null;
  /** To be done by who asks. */
  mine?: boolean | null;
  /** Met ones in place of those still due. */
  met?: boolean | null;
}
/** How much of a kind a department has to do. `question` finds exactly its rows. */
export interface DeadlineFigure {
  kind: DeadlineKind;
  department: { id: string; name: string } | null;
  open: number;
  overdue: number;
  question: Question;
}
/** A filter, and the one department of a figure (null: of none). */
type Question = DeadlineFilter & { department?: string | null };

/**
 * Whatever is due by a day, over the projects that the actor may see: the records themselves tell `deadline` of it. A
 * project that is suspended, pooled, withdrawn or lost rests, and its days with it; they stand again when it moves again.
 */
@Injectable()
export class DeadlinesService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /** One page, earliest day first, in the shape asked for. @throws Refusal INVALID (page). */
  async page(actor: Actor, filter: Question, order: DeadlineOrder, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    return this.pageOf<{ id: string }>(actor, filter, order, input, factsJson(deadlineFacts, { id: true, ...shape }));
  }

  /** The same with each record as the JSON text that `json` makes (aliases dl and p). */
  async pageOfText(actor: Actor, filter: DeadlineFilter, order: DeadlineOrder, input: PageInput, json: string): Promise<Page<string>> {
    return this.pageOf<string>(actor, filter, order, input, `${json}::text`);
  }

  async count(actor: Actor, filter: Question): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from ${visibleDeadlines(actor, params)} where ${this.conditions(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('construction.read')) return null;
    const params: unknown[] = [id];
    const sql = `select ${factsJson(deadlineFacts, { id: true, ...shape })} as node from ${visibleDeadlines(actor, params)} where dl.id = $1`;
    return (await this.db.read<{ node: { id: string } }>(actor, sql, params))[0]?.node ?? null;
  }

  /** What is due by kind and department, most overdue first, at most `most` of them. */
  async figures(actor: Actor, filter: DeadlineFilter, most: number): Promise<DeadlineFigure[]> {
    demand(actor, 'construction.read');
    const params: unknown[] = [this.clock.today()];
    const rows = await this.db.read<{ kind: DeadlineKind; department_id: string | null; name: string | null; open: number; overdue: number }>(
      actor,
      `select t.kind, t.department_id, d.name, t.open, t.overdue from (
         select dl.kind, ${DEPARTMENT} as department_id, count(*)::int as open, count(*) filter (where dl.done_on is null and dl.due_on < $1)::int as overdue from ${visibleDeadlines(actor, params)} where ${this.conditions(actor, filter, params).join(' and ')} group by 1, 2) t
       left join department d on d.id = t.department_id
       order by t.overdue desc, t.open desc, t.kind, d.name, t.department_id limit ${bind(params, most)}`, params);
    return rows.map(({ kind, department_id: id, name, open, overdue }) => ({ kind, department: id ? { id: `Department:${id}`, name: name! } : null, open, overdue, question: { ...filter, kinds: [kind], department: id } }));
  }

  private async pageOf<Node>(actor: Actor, filter: Question, order: DeadlineOrder, input: PageInput, node: string): Promise<Page<Node>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const from = visibleDeadlines(actor, params);
    const where = this.conditions(actor, filter, params);
    const up = (order === 'EARLIEST') !== request.backward;
    if (request.keys) where.push(`(dl.due_on, dl.id) ${up ? '>' : '<'} (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)`);
    const way = up ? 'asc' : 'desc';
    const sql = `select ${node} as node, dl.due_on::text as k, dl.id from ${from} where ${where.join(' and ')} order by dl.due_on ${way}, dl.id ${way} limit ${request.fetch}`;
    const rows = await this.db.read<{ node: Node; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  private conditions(actor: Actor, f: Question, params: unknown[]): string[] {
    const where = [f.met ? 'dl.done_on is not null' : 'dl.done_on is null'];
    // Days are told, not computed: only a plain day can be looked up in the index behind the wall.
    if (f.overdue != null) where.push(`dl.due_on ${f.overdue ? '<' : '>='} ${bind(params, this.clock.today())}`);
    if (f.dueBefore) where.push(`dl.due_on < ${bind(params, f.dueBefore)}`);
    if (f.kinds) where.push(`dl.kind = any(${bind(params, f.kinds)}::text[])`);
    if (f.departmentIds) where.push(`${DEPARTMENT} = any(array(select dv.id from department dv where dv.path && ${bind(params, f.departmentIds)}::uuid[]))`);
    if (f.department !== undefined) where.push(f.department === null ? `${DEPARTMENT} is null` : `${DEPARTMENT} = ${bind(params, f.department)}`);
    if (f.staffIds) where.push(OF_PEOPLE(`${bind(params, f.staffIds)}::uuid[]`));
    if (f.projectId) where.push(`dl.project_id = ${bind(params, f.projectId)}`);
    if (f.mine) where.push(OF_PEOPLE(`array[${bind(params, actor.staffId)}]::uuid[]`));
    return where;
  }
}
