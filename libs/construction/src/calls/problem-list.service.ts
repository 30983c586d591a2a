import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { bind, demandVersion } from '@yinfeng/recruitment';
import { CallBook, type CallRow, reasonOf, required } from './call-book.js';
import { OPEN_STATES, withoutNames } from './call.rules.js';
import { OPEN_CALL, problemFacts } from './calls.sql.js';
import type { CallActInput } from './calls.service.js';

export interface ProblemPublish extends CallActInput {
  reason?: string | null;
  /** Words for the list; absent: those of the call, names and numbers masked by the zone's rule. */
  title?: string | null;
  content?: string | null;
}
export interface ProblemWithdraw extends CallActInput {
  reason?: string | null;
}

/** 挂牌督办 (domain.md C4, 大连): open calls that a leader lists for all of the zone, in words that name no one. */
@Injectable()
export class ProblemListService {
  constructor(private readonly db: Database, private readonly book: CallBook) {}

  /** @throws Refusal NOT_FOUND, CONFLICT, CALL_STATE (not open), CALL_LISTED, REASON_REQUIRED, TOO_LONG. */
  publish(actor: Actor, input: ProblemPublish): Promise<{ callId: string }> {
    return this.act(actor, 'serviceCallPublish', input, async (tx, call) => {
      const reason = reasonOf(input.reason, 'reason');
      if (!OPEN_STATES.includes(call.state)) this.book.demandState(tx, call, 'escalate');
      if (await tx.row('select 1 as ok from service_call_publication where call_id = $1 and withdrawn_at is null', [call.id])) throw new Refusal('CALL_LISTED', ['serviceCallId'], {}, call.id);
      const words = await this.words(tx, call);
      const title = input.title?.trim() ? required(input.title, 'title', '公开标题', 100) : words.title;
      const content = input.content?.trim() ? required(input.content, 'content', '公开内容', 2000) : words.content;
      await tx.run(`insert into service_call_publication (id, zone_id, project_id, call_id, title, content, reason, published_by, published_at) values ($1, app_zone(), $2, $3, $4, $5, $6, app_staff(), app_now())`, [newId(), call.project_id, call.id, title, content, reason]);
      await this.book.enter(tx, call, 'PUBLISHED', { content: reason });
    });
  }

  /** @throws Refusal NOT_FOUND, CONFLICT, CALL_NOT_LISTED, REASON_REQUIRED. */
  unpublish(actor: Actor, input: ProblemWithdraw): Promise<{ callId: string }> {
    return this.act(actor, 'serviceCallUnpublish', input, async (tx, call) => {
      const reason = reasonOf(input.reason, 'reason');
      if ((await tx.run('update service_call_publication set withdrawn_at = app_now(), withdrawn_by = app_staff(), withdraw_reason = $2 where call_id = $1 and withdrawn_at is null', [call.id, reason])) === 0) throw new Refusal('CALL_NOT_LISTED', ['serviceCallId'], {}, call.id);
      await this.book.enter(tx, call, 'UNPUBLISHED', { content: reason });
    });
  }

  /** What is listed, newest first; all of the zone reads it, whoever sees the project. `open`: only what is not solved. */
  async page(actor: Actor, open: boolean, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = conditions(open);
    if (request.keys) where.push(`(u.published_at, u.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::timestamptz, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = `select ${factsJson(problemFacts, { id: true, ...shape })} as node, u.published_at::text as k, u.id ${FROM} where ${where.join(' and ')} order by u.published_at ${way}, u.id ${way} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, open: boolean): Promise<number> {
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n ${FROM} where ${conditions(open).join(' and ')}`);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('construction.read')) return null;
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(problemFacts, { id: true, ...shape })} as node ${FROM} where u.id = $1 and ${conditions(false).join(' and ')}`, [id]);
    return row?.node ?? null;
  }

  /** The words of the call without names of firms and numbers of people, by the zone's rule. */
  private async words(tx: Tx, call: CallRow): Promise<{ title: string; content: string }> {
    const { maskEnterprise, maskNumbers } = (await this.book.policy(tx)).problemList;
    const said = (await tx.row<{ title: string; content: string; names: string[] }>(
      `select case when $2 then mask_text(c.title) else c.title end as title, case when $2 then mask_text(c.content) else c.content end as content,
         array(select x from (select p.name as x union select p.enterprise_name union select e.name from project_enterprise pe join enterprise e on e.id = pe.enterprise_id where pe.project_id = p.id union select e.name from enterprise e where e.id in (c.enterprise_id, p.enterprise_id) union select k.name from contact k where k.id = c.contact_id or k.project_id = p.id union select c.caller_name) n where x is not null) as names
       from service_call c join project p on p.id = c.project_id where c.id = $1`, [call.id, maskNumbers]))!;
    return maskEnterprise ? { title: withoutNames(said.title, said.names), content: withoutNames(said.content, said.names) } : said;
  }

  private act(actor: Actor, name: string, input: CallActInput, work: (tx: Tx, call: CallRow) => Promise<void>): Promise<{ callId: string }> {
    demand(actor, 'escalation.issue');
    return this.db.tx(actor, (tx) => once(tx, name, input, async () => {
      const { call } = await this.book.lock(tx, input.serviceCallId);
      demandVersion(call, input.expectedVersion);
      await work(tx, call);
      await tx.run('update service_call set version = version + 1 where id = $1', [call.id]);
      return { callId: call.id };
    }), { cause: name });
  }
}

// A project that is gone takes what was listed of it along: the wall hides it here.
const FROM = 'from service_call_publication u join service_call c on c.id = u.call_id join project p on p.id = c.project_id';
const conditions = (open: boolean) => ['u.withdrawn_at is null', `c.state <> 'WITHDRAWN'`, ...(open ? [OPEN_CALL] : [])];
