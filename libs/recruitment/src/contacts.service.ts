import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { isPartialName, mayComplete, normalPhone } from '@yinfeng/enterprises';
import { type Actor, Clock, Database, demand, factsJson, globalId, newId, once, type Page, type PageInput, pageOf, pageRequest, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { contactFacts } from './contact.facts.js';
import { bind, contactVisibility, demandVersion, enterpriseVisibility, lockProject } from './projects.access.js';

/** What is known of a person; absent means unchanged, null clears. */
export interface ContactValues {
  name?: string | null;
  title?: string | null;
  department?: string | null;
  language?: string | null;
  phones?: string[] | null;
  wechat?: string | null;
  emails?: string[] | null;
  note?: string | null;
  /** Ground of the processing: a code of policy personalData. */
  basis?: string | null;
  source?: string | null;
  collectedOn?: string | null;
  retainUntil?: string | null;
  doNotContact?: boolean | null;
  doNotContactReason?: string | null;
}
export interface ContactCreate extends ContactValues {
  idempotencyKey?: string | null;
  /** Of one project, of an enterprise, or of both; undefined: none is named, null: an unknown one. */
  projectId?: string | null;
  enterpriseId?: string | null;
  /** Somebody on record has this phone; the caller has looked and says that this is another person. */
  confirmSeparate?: boolean | null;
}
export interface ContactEdit extends ContactValues {
  idempotencyKey?: string | null;
  contactId: string | null;
  expectedVersion: number;
}
export interface ContactArchive {
  idempotencyKey?: string | null;
  contactId: string | null;
  expectedVersion: number;
  /** false takes it back. */
  archived?: boolean | null;
}
export interface ContactReveal {
  idempotencyKey?: string | null;
  contactId: string | null;
  reason: string;
}
export interface ContactFilter {
  projectId?: string | null;
  enterpriseId?: string | null;
  /** Part of the name. */
  text?: string | null;
  /** Absent: those not archived. */
  archived?: boolean | null;
  doNotContact?: boolean | null;
  /** Whether a ground is stated. */
  hasBasis?: boolean | null;
}
export interface Revealed {
  contactId: string;
  phones: string[];
  wechat: string | null;
  emails: string[];
  /** How many of today's reveals are left. */
  left: number;
}

interface Locked { id: string; version: number; name: string | null; full_name: boolean; open: boolean }

@Injectable()
export class ContactsService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly policies: PolicyService,
  ) {}

  /** Contacts of the projects and enterprises that the actor may see, newest first. */
  async page(actor: Actor, filter: ContactFilter, input: PageInput, shape: Shape): Promise<Page<object>> {
    demand(actor, 'contact.read');
    const request = pageRequest(input, 1);
    const params: unknown[] = [];
    const where = this.where(actor, filter, params);
    if (request.keys) where.push(`k.id ${request.backward ? '>' : '<'} ${bind(params, request.keys[0])}::uuid`);
    const rows = await this.db.read<{ node: object; k: string }>(actor, `select ${factsJson(contactFacts, shape)} as node, k.id as k from contact k where ${where.join(' and ')} order by k.id ${request.backward ? 'asc' : 'desc'} limit ${bind(params, request.limit + 1)}`, params);
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k] })), request);
  }

  async count(actor: Actor, filter: ContactFilter): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from contact k where ${this.where(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<object | null> {
    if (!id || !actor.permissions.has('contact.read')) return null;
    const params: unknown[] = [id];
    const [row] = await this.db.read<{ node: object }>(actor, `select ${factsJson(contactFacts, { id: true, ...shape })} as node from contact k where k.id = $1 and ${contactVisibility(actor, 'k', params)}`, params);
    return row?.node ?? null;
  }

  /** The contacts of several projects or enterprises at once, oldest first; at most 100 each. */
  async of(actor: Actor, column: 'project_id' | 'enterprise_id', ids: readonly string[], shape: Shape): Promise<Map<string, object[]>> {
    demand(actor, 'contact.read');
    const params: unknown[] = [ids];
    const rows = await this.db.read<{ of: string; nodes: object[] }>(actor,
      `select x.id as of, coalesce((select json_agg(n.node order by n.id) from (select k.id, ${factsJson(contactFacts, shape)} as node from contact k where k.${column} = x.id and k.archived_at is null and ${contactVisibility(actor, 'k', params)} order by k.id limit 100) n), '[]') as nodes from unnest($1::uuid[]) x (id)`, params);
    return new Map(rows.map((r) => [r.of, r.nodes]));
  }

  /** Puts a person on record. @throws Refusal NOT_FOUND, UNKNOWN_REFERENCE, REQUIRED, INVALID, CONTACT_KNOWN (with the record that has this phone). */
  async create(actor: Actor, input: ContactCreate): Promise<{ contactId: string }> {
    demand(actor, 'contact.edit');
    if (!input.name?.trim() && !input.phones?.length) throw new Refusal('REQUIRED', ['name'], { field: '姓名或电话' });
    if (input.projectId === undefined && input.enterpriseId === undefined) throw new Refusal('REQUIRED', ['projectId'], { field: '项目或企业' });
    return this.db.tx(actor, (tx) => once(tx, 'contactCreate', input, async () => {
      const project = input.projectId === undefined ? null : await lockProject(tx, input.projectId);
      const enterpriseId = input.enterpriseId === undefined ? (project?.enterprise_id ?? null) : await this.enterprise(tx, input.enterpriseId);
      const { set, params } = await this.values(tx, input);
      const phones = phonesOf(input.phones);
      if (phones.length && !input.confirmSeparate) await this.demandUnknown(tx, input.name?.trim() ?? '', phones, project?.id ?? null, enterpriseId);
      const id = newId();
      const place = (value: unknown) => bind(params, value);
      await tx.run(`insert into contact (id, zone_id, project_id, enterprise_id, created_at, created_by${set.map((s) => `, ${s.column}`).join('')}) values (${place(id)}, app_zone(), ${place(project?.id ?? null)}, ${place(enterpriseId)}, app_now(), app_staff()${set.map((s) => `, ${s.value}`).join('')})`, params);
      return { contactId: id };
    }), { cause: 'contactCreate' });
  }

  /** Corrects or completes a person. Who sees phones masked cannot overwrite them unseen. @throws Refusal NOT_FOUND, CONFLICT, CONTACT_MASKED, INVALID. */
  async edit(actor: Actor, input: ContactEdit): Promise<{ contactId: string }> {
    demand(actor, 'contact.edit');
    return this.db.tx(actor, (tx) => once(tx, 'contactEdit', input, async () => {
      const own = await this.lock(tx, input.contactId);
      demandVersion(own, input.expectedVersion);
      const hidden = (['phones', 'wechat', 'emails'] as const).find((f) => input[f] !== undefined);
      if (hidden && !own.open) throw new Refusal('CONTACT_MASKED', [hidden]);
      if (input.name !== undefined && !input.name?.trim()) throw new Refusal('REQUIRED', ['name'], { field: '姓名' });
      const { set, params } = await this.values(tx, input);
      await tx.run(`update contact set ${[...set.map((s) => `${s.column} = ${s.value}`), 'version = version + 1'].join(', ')} where id = ${bind(params, own.id)}`, params);
      return { contactId: own.id };
    }), { cause: 'contactEdit' });
  }

  /** Takes a contact out of the lists, or back into them. @throws Refusal NOT_FOUND, CONFLICT. */
  async archive(actor: Actor, input: ContactArchive): Promise<{ contactId: string }> {
    demand(actor, 'contact.edit');
    return this.db.tx(actor, (tx) => once(tx, 'contactArchive', input, async () => {
      const own = await this.lock(tx, input.contactId);
      demandVersion(own, input.expectedVersion);
      await tx.run(`update contact set archived_at = case when $2 then app_now() end, version = version + 1 where id = $1`, [own.id, input.archived ?? true]);
      return { contactId: own.id };
    }), { cause: 'contactArchive' });
  }

  /**
   * The whole values of a contact: an act on record, with its reason, under a daily quota (policy contactMasking). The
   * values are read after the act and stand in no log and under no idempotency key.
   * @throws Refusal NOT_FOUND, REASON_REQUIRED, REVEAL_QUOTA.
   */
  async reveal(actor: Actor, input: ContactReveal): Promise<Revealed> {
    demand(actor, 'contact.reveal');
    const reason = input.reason.trim();
    if (reason.length < 2) throw new Refusal('REASON_REQUIRED', ['reason']);
    const today = this.clock.today();
    return this.db.tx(actor, async (tx) => {
      const { revealsPerDay: most } = await this.policies.value(tx, 'contactMasking', today);
      const done = await once(tx, 'contactReveal', input, async () => {
        const own = await this.lock(tx, input.contactId);
        const used = await tx.row<{ used: number }>(
          `insert into contact_reveal_day as d (zone_id, staff_id, day, used) select app_zone(), app_staff(), $1, 1 where $2 > 0
           on conflict (staff_id, day) do update set used = d.used + 1 where d.used < $2 returning used`, [today, most], 'contact_reveal_day');
        if (!used) throw new Refusal('REVEAL_QUOTA', ['contactId'], { max: most });
        await tx.run('insert into contact_reveal (zone_id, contact_id, staff_id, reason, revealed_on) values (app_zone(), $1, app_staff(), mask_text($2), $3)', [own.id, reason, today]);
        await tx.run(`select audit_event(app_zone(), app_staff(), 'contact_reveal', $1, jsonb_build_object('reason', mask_text($2)))`, [own.id, reason]);
        return { contactId: own.id, left: most - used.used };
      });
      const params: unknown[] = [done.contactId];
      const row = await tx.row<{ phones: string[]; wechat: string | null; emails: string[] }>(`select k.phones, k.wechat, k.emails from contact k where k.id = $1 and ${contactVisibility(tx.actor, 'k', params)}`, params);
      if (!row) throw new Refusal('NOT_FOUND');
      return { ...done, ...row };
    }, { cause: 'contactReveal' });
  }

  private async lock(tx: Tx, id: string | null): Promise<Locked> {
    const params: unknown[] = [id];
    const row = id ? await tx.row<Locked>(`select k.id, k.version, k.name, k.full_name, contact_open(k) as open from contact k where k.id = $1 and ${contactVisibility(tx.actor, 'k', params)} for no key update`, params) : undefined;
    if (!row) throw new Refusal('NOT_FOUND');
    return row;
  }

  private async enterprise(tx: Tx, id: string | null): Promise<string> {
    const params: unknown[] = [id];
    const seen = id ? await tx.row<{ id: string }>(`select e.id from enterprise e where e.id = $1 and ${enterpriseVisibility(tx.actor, 'e', params)}`, params) : undefined;
    if (!seen) throw new Refusal('UNKNOWN_REFERENCE', ['enterpriseId'], { field: '企业', value: id ? globalId('Enterprise', id) : '—' });
    return seen.id;
  }

  /** 周总 is on record by this phone and 周建国 is to be: the record is completed, not doubled. */
  private async demandUnknown(tx: Tx, name: string, phones: string[], projectId: string | null, enterpriseId: string | null): Promise<void> {
    const known = await tx.rows<{ id: string; name: string | null }>('select k.id, k.name from contact k where (k.project_id = $1 or k.enterprise_id = $2) and k.archived_at is null and k.phones && $3::text[] order by k.id limit 20', [projectId, enterpriseId, phones]);
    const same = known.find((k) => !k.name || !name || k.name === name || mayComplete(k.name, name) || mayComplete(name, k.name));
    if (same) throw new Refusal('CONTACT_KNOWN', ['phones'], { name: same.name ?? '—', id: globalId('Contact', same.id) }, same.id);
  }

  /** @throws Refusal INVALID, UNKNOWN_REFERENCE. */
  private async values(tx: Tx, input: ContactValues): Promise<{ set: { column: string; value: string }[]; params: unknown[] }> {
    const params: unknown[] = [];
    const set: { column: string; value: string }[] = [];
    const put = (column: string, value: unknown) => { if (value !== undefined) set.push({ column, value: bind(params, value) }); };
    const words = (text: string | null | undefined) => (typeof text === 'string' ? text.trim() || null : text);
    put('name', words(input.name));
    if (input.name !== undefined) put('full_name', Boolean(input.name?.trim()) && !isPartialName(input.name!));
    for (const [column, value] of [['title', input.title], ['department', input.department], ['language', input.language], ['wechat', input.wechat], ['note', input.note], ['source', input.source]] as const) put(column, words(value));
    if (input.phones !== undefined) put('phones', phonesOf(input.phones));
    if (input.emails !== undefined) put('emails', [...new Set((input.emails ?? []).map((e) => e.trim()).filter(Boolean))]);
    if (input.basis != null) {
      const { bases } = await this.policies.value(tx, 'personalData', this.clock.today());
      if (!bases.some((b) => b.code === input.basis)) throw new Refusal('INVALID', ['basis'], { field: '处理依据', value: input.basis, expected: bases.map((b) => `${b.code} ${b.zh}`).join('、') });
    }
    put('basis', input.basis);
    const today = this.clock.today();
    if (input.collectedOn && input.collectedOn > today) throw new Refusal('DATE_IN_FUTURE', ['collectedOn'], { field: '收集日期', value: input.collectedOn, today });
    put('collected_on', input.collectedOn);
    put('retain_until', input.retainUntil);
    if (input.doNotContact != null) {
      set.push({ column: 'do_not_contact_at', value: input.doNotContact ? 'app_now()' : 'null' });
      put('do_not_contact_reason', input.doNotContact ? (words(input.doNotContactReason) ?? null) : null);
    }
    return { set, params };
  }

  private where(actor: Actor, f: ContactFilter, params: unknown[]): string[] {
    const where = [contactVisibility(actor, 'k', params), `k.archived_at is ${f.archived ? 'not ' : ''}null`];
    if (f.projectId) where.push(`k.project_id = ${bind(params, f.projectId)}`);
    if (f.enterpriseId) where.push(`k.enterprise_id = ${bind(params, f.enterpriseId)}`);
    if (f.text?.trim()) where.push(`strpos(k.name, ${bind(params, f.text.trim())}) > 0`);
    if (f.doNotContact != null) where.push(`k.do_not_contact_at is ${f.doNotContact ? 'not ' : ''}null`);
    if (f.hasBasis != null) where.push(`k.basis is ${f.hasBasis ? 'not ' : ''}null`);
    return where;
  }
}

/** Numbers as digits, each once. @throws Refusal INVALID naming the one that is none. */
function phonesOf(phones: string[] | null | undefined): string[] {
  return [...new Set((phones ?? []).map((text, i) => {
    const phone = normalPhone(text);
    if (!phone) throw new Refusal('INVALID', ['phones', String(i)], { field: '电话', value: text.slice(0, 40), expected: '5–20 位数字，不含 * / 5–20 digits, unmasked' });
    return phone;
  }))];
}
