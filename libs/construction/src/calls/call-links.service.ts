import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, factsJson, newId, once, Refusal, type Shape, systemActor, type Tx } from '@yinfeng/platform';
import { bind, demandVersion, lockProject, projectVisibility } from '@yinfeng/recruitment';
import { CallBook, type CallSaid, required } from './call-book.js';
import type { CallEntryKind, CallState } from './call.rules.js';
import { linkFacts } from './calls.sql.js';

export interface CallLinkCreate {
  idempotencyKey?: string | null;
  projectId: string | null;
  /** Whom it is given to. */
  contactId?: string | null;
  /** Of this project: the link then follows that call instead of raising one. */
  serviceCallId?: string | null;
  /** Absent: by the zone's rule (7 to raise, 180 to follow). */
  days?: number | null;
}
export interface CallLinkRevoke {
  idempotencyKey?: string | null;
  linkId: string | null;
  expectedVersion: number;
}
/** What an address that is good opens. */
export interface OpenLink { id: string; zoneId: string; projectId: string; kind: 'RAISE' | 'FOLLOW'; callId: string | null; contactId: string | null; usedForm: Buffer | null; used: boolean }
/** What the page to raise a call shows. */
export interface RaisePage { zone: string; project: string; types: { code: string; zh: string; en: string }[] }
/** What an enterprise sees of its call: no name of a colleague, no inside word. */
export interface FollowPage {
  zone: string; number: string; typeZh: string; typeEn: string; title: string; content: string; state: CallState; version: number; department: string; reportInDueOn: string; resolveDueOn: string; raisedOn: string; score: number | null; scale: number;
  mayRate: boolean; mayReopen: boolean; mayWithdraw: boolean; entries: { kind: CallEntryKind; on: string; content: string | null; department: string | null; score: number | null; byLink: boolean }[];
}
export interface RaisedByLink extends CallSaid {
  callerName: string;
  callerPhone: string;
}

/** Ours are 32 random bytes in base64url. */
const SECRET = /^[A-Za-z0-9_-]{43}$/;
const OPEN_MOST = 20;
const digest = (text: string) => createHash('sha256').update(text).digest();
/**
 * The address to follow a call follows from the address it was raised by and the form that raised it: whoever sends the
 * same form again, because the answer was lost on the way, gets the same address; nobody else can work it out.
 */
const followSecret = (secret: string, form: string) => createHmac('sha256', secret).update(`follow ${form}`).digest('base64url');

/** One-time links: an enterprise raises one call without an account, follows it, rates it or says that it is not solved. */
@Injectable()
export class CallLinksService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly book: CallBook) {}

  /**
   * A new link. The secret is shown now and never again: `path` is null when the same key is sent a second time.
   * @throws Refusal NOT_FOUND, UNKNOWN_REFERENCE (contact, call), INVALID (days), CALL_LINKS_OPEN.
   */
  async create(actor: Actor, input: CallLinkCreate): Promise<{ linkId: string; path: string | null }> {
    demand(actor, 'call.raise');
    let path: string | null = null;
    const { linkId } = await this.db.tx(actor, (tx) => once(tx, 'serviceCallLinkCreate', input, async () => {
      const project = await lockProject(tx, input.projectId);
      const policy = await this.book.policy(tx);
      const days = input.days ?? (input.serviceCallId ? policy.followDays : policy.linkDays);
      if (days < 1 || days > 365) throw new Refusal('INVALID', ['days'], { field: '有效天数', value: days, expected: '1–365' });
      if (input.contactId) await this.book.contactOf(tx, project, input.contactId);
      if (input.serviceCallId && !(await tx.row('select 1 as ok from service_call where id = $1 and project_id = $2', [input.serviceCallId, project.id]))) throw new Refusal('UNKNOWN_REFERENCE', ['serviceCallId'], { field: '诉求', value: input.serviceCallId });
      const { n } = (await tx.row<{ n: number }>(`select count(*)::int as n from service_call_link where project_id = $1 and kind = 'RAISE' and used_at is null and revoked_at is null and expires_at > app_now()`, [project.id]))!;
      if (!input.serviceCallId && n >= OPEN_MOST) throw new Refusal('CALL_LINKS_OPEN', ['projectId'], { count: n });
      const secret = randomBytes(32).toString('base64url');
      path = `/calls/${secret}`;
      return { linkId: await this.keep(tx, { projectId: project.id, contactId: input.contactId ?? null, callId: input.serviceCallId ?? null, secret, days }) };
    }), { cause: 'serviceCallLinkCreate' });
    return { linkId, path };
  }

  /** Ends a link that was not used. @throws Refusal NOT_FOUND, CONFLICT, CALL_LINK_SPENT. */
  async revoke(actor: Actor, input: CallLinkRevoke): Promise<{ linkId: string }> {
    demand(actor, 'call.raise');
    return this.db.tx(actor, (tx) => once(tx, 'serviceCallLinkRevoke', input, async () => {
      const found = input.linkId ? await tx.row<{ project_id: string }>('select project_id from service_call_link where id = $1', [input.linkId]) : undefined;
      await lockProject(tx, found?.project_id ?? null);
      const link = (await tx.row<{ id: string; version: number; spent: boolean }>('select id, version, used_at is not null or revoked_at is not null or expires_at <= app_now() as spent from service_call_link where id = $1 for update', [input.linkId]))!;
      demandVersion(link, input.expectedVersion);
      if (link.spent) throw new Refusal('CALL_LINK_SPENT', ['linkId'], {}, link.id);
      await tx.run('update service_call_link set revoked_at = app_now(), revoked_by = app_staff(), version = version + 1 where id = $1', [link.id]);
      return { linkId: link.id };
    }), { cause: 'serviceCallLinkRevoke' });
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('construction.read')) return null;
    const params: unknown[] = [];
    const sql = `select ${factsJson(linkFacts, { id: true, ...shape })} as node from service_call_link l where l.id = ${bind(params, id)} and exists (select from project pv where pv.id = l.project_id and ${projectVisibility(actor, 'pv', params)})`;
    const [row] = await this.db.read<{ node: { id: string } }>(actor, sql, params);
    return row?.node ?? null;
  }

  /** The link behind a secret, or null: unknown, malformed, expired and revoked alike. A used one is found for the form that used it. */
  async find(secret: string): Promise<OpenLink | null> {
    if (!SECRET.test(secret)) return null;
    const [row] = await this.db.shared<{ id: string; zone_id: string; project_id: string; kind: 'RAISE' | 'FOLLOW'; call_id: string | null; contact_id: string | null; used_form: Buffer | null; used_at: Date | null }>(
      'select * from service_call_link_find($1, $2)', [digest(secret), this.clock.now()], 'service_call_link_find');
    return row ? { id: row.id, zoneId: row.zone_id, projectId: row.project_id, kind: row.kind, callId: row.call_id, contactId: row.contact_id, usedForm: row.used_form, used: row.used_at !== null } : null;
  }

  /** What the page to raise a call shows. */
  raisePage(link: OpenLink, requestId: string): Promise<RaisePage> {
    return this.db.tx(systemActor(link.zoneId, requestId), async (tx) => ({
      ...(await tx.row<{ zone: string; project: string }>('select (select name from zone where id = app_zone()) as zone, name as project from project where id = $1', [link.projectId]))!, types: (await this.book.policy(tx)).types,
    }));
  }

  /**
   * The enterprise raises its one call. Gives the address to follow it; null when the link is spent, unless by this very form.
   * @throws Refusal REQUIRED, TOO_LONG, UNKNOWN_CHOICE, CALL_NO_DEPARTMENT: nothing is used up then.
   */
  async raise(secret: string, link: OpenLink, form: string, said: RaisedByLink, fileIds: readonly string[], requestId: string): Promise<string | null> {
    const follow = followSecret(secret, form);
    const { name, phone } = this.demandSaid(said);
    return this.db.tx(systemActor(link.zoneId, requestId), async (tx) => {
      const project = await lockProject(tx, link.projectId);
      const now = (await tx.row<{ used_form: Buffer | null; used: boolean; gone: boolean }>('select used_form, used_at is not null as used, revoked_at is not null or expires_at <= app_now() as gone from service_call_link where id = $1 for update', [link.id]))!;
      if (now.gone) return null;
      if (now.used) return now.used_form?.equals(digest(form)) ? follow : null;
      const { callId, entryId } = await this.book.open(tx, project, said, { byLink: true, contactId: await this.stillThere(tx, link.contactId), name, phone });
      await this.book.attach(tx, entryId, fileIds);
      await tx.run('update service_call_link set used_at = app_now(), used_form = $2, call_id = $3, version = version + 1 where id = $1', [link.id, digest(form), callId]);
      await this.keep(tx, { projectId: project.id, contactId: link.contactId, callId, secret: follow, days: (await this.book.policy(tx)).followDays });
      return follow;
    }, { cause: 'serviceCallLink' });
  }

  /** @throws Refusal REQUIRED, TOO_LONG: the words of a call that can be raised. */
  demandSaid(said: RaisedByLink): { name: string; phone: string } {
    required(said.title, 'title', '诉求标题', 100);
    required(said.content, 'content', '诉求内容', 2000);
    return { name: required(said.callerName, 'callerName', '联系人', 40), phone: required(said.callerPhone, 'callerPhone', '联系电话', 40) };
  }

  /** The answer to a form that was sent again: its address to follow, or null. */
  sameForm(secret: string, link: OpenLink, form: string): string | null {
    return link.used && link.usedForm?.equals(digest(form)) ? followSecret(secret, form) : null;
  }

  /** What the enterprise sees of its call. */
  followPage(link: OpenLink, requestId: string): Promise<FollowPage> {
    return this.db.tx(systemActor(link.zoneId, requestId), async (tx) => {
      const policy = await this.book.policy(tx);
      const call = (await tx.row<Omit<FollowPage, 'entries' | 'scale' | 'mayRate' | 'mayReopen' | 'mayWithdraw'>>(
        `select (select name from zone where id = app_zone()) as zone, c.number, c.type_zh as "typeZh", c.type_en as "typeEn", c.title, c.content, c.state, c.version, d.name as department, c.report_in_due_on as "reportInDueOn", c.resolve_due_on as "resolveDueOn",
           shanghai_day(c.raised_at) as "raisedOn", c.score from service_call c join department d on d.id = c.lead_department_id where c.id = $1`, [link.callId]))!;
      const entries = await tx.rows<FollowPage['entries'][number]>(
        `select e.kind, shanghai_day(e.at) as "on", e.content, d.name as department, e.score, e.by_link as "byLink" from service_call_entry e left join department d on d.id = e.department_id where e.call_id = $1 and e.public order by e.at desc, e.id desc limit 100`, [link.callId]);
      return { ...call, entries, scale: policy.scale, mayRate: ['RESOLVED', 'CLOSED'].includes(call.state) && call.score === null, mayReopen: ['RESOLVED', 'CLOSED', 'WITHDRAWN'].includes(call.state), mayWithdraw: ['RAISED', 'REPORTED_IN', 'HANDLING', 'REOPENED'].includes(call.state) };
    });
  }

  /**
   * What the enterprise says of its call: a rating, not solved (the next round), or no longer needed.
   * @throws Refusal CONFLICT (what it saw has changed), CALL_STATE, CALL_RATED, CALL_REOPEN_LATE, INVALID, REASON_REQUIRED, TOO_LONG.
   */
  async answer(link: OpenLink, said: { act: 'rate' | 'reopen' | 'withdraw'; version: number; score: number; words: string }, fileIds: readonly string[], requestId: string): Promise<void> {
    await this.db.tx(systemActor(link.zoneId, requestId), async (tx) => {
      const { call } = await this.book.lock(tx, link.callId);
      demandVersion(call, said.version);
      this.book.demandState(tx, call, said.act);
      const words = said.words.trim();
      if (said.act === 'rate') return this.book.rate(tx, call, said.score, words || null, true);
      if (said.act === 'reopen') return this.book.reopen(tx, call, words, true, fileIds);
      await this.book.enter(tx, call, 'WITHDRAWN', { content: required(words, 'words', '原因', 2000), byLink: true });
      await tx.run(`update service_call set state = 'WITHDRAWN', version = version + 1 where id = $1`, [call.id]);
      await this.book.answered(tx, call);
    }, { cause: 'serviceCallLink' });
  }

  private async keep(tx: Tx, l: { projectId: string; contactId: string | null; callId: string | null; secret: string; days: number }): Promise<string> {
    const id = newId();
    await tx.run(
      `insert into service_call_link (id, zone_id, project_id, kind, contact_id, call_id, secret_hash, created_by, created_at, expires_at) values ($1, app_zone(), $2, $3, $4, $5, $6, app_staff(), app_now(), app_now() + $7 * interval '1 day')`,
      [id, l.projectId, l.callId ? 'FOLLOW' : 'RAISE', l.contactId, l.callId, digest(l.secret), l.days]);
    return id;
  }

  /** A contact that was archived meanwhile, or went to another firm, is not named any more. */
  private async stillThere(tx: Tx, contactId: string | null): Promise<string | null> {
    return contactId && (await tx.row('select 1 as ok from contact where id = $1 and archived_at is null', [contactId])) ? contactId : null;
  }
}
