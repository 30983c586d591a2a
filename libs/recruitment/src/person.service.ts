import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { foldName, isPartialName, normalPhone } from '@yinfeng/enterprises';
import { type Actor, Clock, Database, demand, factsJson, idFact, type Facts, once, type Page, type PageInput, pageOf, pageRequest, Refusal, type Shape, systemActor, type Tx } from '@yinfeng/platform';
import { alike, digitsOf, GONE, hangTogether, type KeptReason, type KnownContact, namePattern, onePerson, plainReplacement, strongPattern, tellingNames } from './person.rules.js';
import { bind } from './projects.access.js';

/** Whom: by a contact, a phone, or a name (of an enterprise); several narrow it down. undefined: not named, contactId null: unknown. */
export interface PersonSelector {
  contactId?: string | null;
  phone?: string | null;
  name?: string | null;
  enterprise?: string | null;
}
export interface PersonRequest extends PersonSelector {
  idempotencyKey?: string | null;
  /** Why, and on whose request; kept with the receipt without what it says of the person. */
  reason?: string | null;
  /** Counts alone: nothing is changed and no receipt given. */
  dryRun?: boolean | null;
}
export interface PersonCorrection extends PersonRequest {
  newName?: string | null;
  /** Stands for `phone`. */
  newPhone?: string | null;
}
/** Rows of one table. */
export interface PersonFound { entity: string; rows: number; columns: string[] }
/** What stays, and why. */
export interface PersonKept { entity: string; rows: number; reason: KeptReason }
export interface PersonOutcome {
  actId: string | null;
  /** The receipt's number; of an earlier act when there is nothing left to do. */
  number: string | null;
  at: Date | null;
  /** Whether the receipt is that of an earlier act. */
  earlier: boolean;
  found: PersonFound[];
  kept: PersonKept[];
}
/** A record that holds something of the person, and the words that do. */
export interface PersonRecord { entity: string; record: string; words: { column: string; words: string[] }[] }
export interface PersonContact {
  id: string; name: string | null; title: string | null; department: string | null; language: string | null; phones: string[]; wechat: string | null; emails: string[]; note: string | null; basis: string | null; source: string | null; collectedOn: string;
}
export interface PersonExport extends PersonOutcome { contacts: PersonContact[]; records: PersonRecord[] }

interface Person { contacts: KnownContact[]; strong: string; names: string; near: string; projects: string[]; enterprises: string[]; subjects: string[]; doubtful: boolean }
type Walk = 'EXPORT' | 'CORRECT' | 'ERASE';
interface Walked { entity: string; found: string; columns: string[]; kept: KeptReason | null; words: { record: string; words: Record<string, string[]> }[] | null }

/** Longest walk through the tables of a zone, ms. */
const LONGEST_MS = 10 * 60_000;

const dueFacts: Facts = {
  contactId: idFact('Contact', 'd.contact_id'), dueOn: 'd.due_on', proposedAt: 'd.proposed_at', basis: 'k.basis', collectedOn: 'coalesce(k.collected_on, shanghai_day(k.created_at))',
  name: `left(k.name, 1) || '**'`, phones: 'to_json(mask_phones(k.phones))',
};

/** One person across all tables: found, given out, corrected, erased, each with a receipt (个人信息保护法 arts. 45–47). */
@Injectable()
export class PersonService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /**
   * What is held of a person. Masked as every answer to the security administrator: numbers by their ends, names by the
   * surname; `whole` is for the operator's command line, whose file goes to the person.
   * @throws Refusal REQUIRED, REASON_REQUIRED, INVALID, NOT_FOUND, PERSON_SEVERAL.
   */
  async export(actor: Actor, input: PersonRequest, whole = false): Promise<PersonExport> {
    const reason = this.demandAsked(actor, input);
    return this.db.tx(actor, async (tx) => {
      const person = await this.find(tx, input);
      const walked = await this.walk(tx, person, 'EXPORT');
      const done = await this.told(tx, 'EXPORT', input, person, walked, reason);
      const contacts = person.contacts.filter((c) => !c.erased).map(({ collected_on: collectedOn, project_id: _p, enterprise_id: _e, erased: _x, ...c }) => ({ ...c, collectedOn }));
      const records = walked.flatMap((w) => (w.words ?? []).map((r) => ({ entity: w.entity, record: r.record, words: Object.entries(r.words).map(([column, words]) => ({ column, words })) })));
      if (whole) return { ...done, contacts, records };
      const hidden = (await tx.row<{ t: string }>(`select regexp_replace(regexp_replace($1, $2, '***', 'gi'), $3, '***', 'g') as t`, [JSON.stringify(records.map((r) => r.words)), person.strong, person.near]))!;
      const words = JSON.parse(hidden.t) as PersonRecord['words'][];
      return { ...done, contacts: await this.masked(tx, contacts), records: records.map((r, i) => ({ ...r, words: words[i]! })) };
    }, { cause: 'personExport', statementTimeoutMs: LONGEST_MS });
  }

  /** Puts a name or a phone right wherever it stands. @throws Refusal as export, and REQUIRED when nothing is to be corrected. */
  async correct(actor: Actor, input: PersonCorrection): Promise<PersonOutcome> {
    const reason = this.demandAsked(actor, input);
    const newName = input.newName?.trim() || null;
    const newPhone = input.newPhone?.trim() ? normalPhone(input.newPhone) : null;
    if (input.newPhone?.trim() && !newPhone) throw new Refusal('INVALID', ['newPhone'], { field: '新电话', value: input.newPhone.slice(0, 40), expected: '5–20 位数字 / 5–20 digits' });
    if (!newName && !newPhone) throw new Refusal('REQUIRED', ['newName'], { field: '更正后的姓名或电话' });
    if (newName && newName.length > 100) throw new Refusal('INVALID', ['newName'], { field: '姓名', value: newName.slice(0, 40), expected: '≤ 100' });
    // Which of several numbers is the wrong one has to be said.
    if (newPhone && !input.phone?.trim()) throw new Refusal('REQUIRED', ['phone'], { field: '原电话' });
    return this.act(actor, 'CORRECT', 'personCorrect', input, reason, { newName, newPhone });
  }

  /** Replaces what is the person's by 已删除 wherever it stands; records, counts and books stay. @throws Refusal as export. */
  async erase(actor: Actor, input: PersonRequest): Promise<PersonOutcome> {
    return this.act(actor, 'ERASE', 'personErase', input, this.demandAsked(actor, input), { newName: GONE, newPhone: GONE });
  }

  /** Contacts past their term as the daily job proposed them, longest first. */
  async due(actor: Actor, by: string, input: PageInput, shape: Shape): Promise<Page<object>> {
    demand(actor, 'person.manage');
    const request = pageRequest(input, 2);
    const params: unknown[] = [by];
    const after = request.keys ? `and (d.due_on, d.contact_id) > (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)` : '';
    const rows = await this.db.read<{ node: object; day: string; id: string }>(actor,
      `select ${factsJson(dueFacts, shape)} as node, d.due_on as day, d.contact_id as id from personal_data_due d join contact k on k.id = d.contact_id where d.due_on <= $1 ${after} order by d.due_on, d.contact_id limit ${bind(params, request.limit + 1)}`, params);
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.day, r.id] })), request);
  }

  async dueCount(actor: Actor, by: string): Promise<number> {
    demand(actor, 'person.manage');
    const [row] = await this.db.read<{ n: number }>(actor, 'select count(*)::int as n from personal_data_due d join contact k on k.id = d.contact_id where d.due_on <= $1', [by]);
    return row!.n;
  }

  /** Looks in every zone who is past the term (policy personalData); erases nobody. Returns how many are proposed now. */
  async propose(requestId: string): Promise<number> {
    let all = 0;
    for (const { id } of await this.db.shared<{ id: string }>('select zone_ids() as id')) {
      all += await this.db.tx(systemActor(id, requestId), async (tx) => {
        const today = this.clock.today();
        const { retentionMonths } = await this.policies.value(tx, 'personalData', today);
        return (await tx.row<{ n: number }>('select personal_data_propose($1, $2) as n', [retentionMonths, today]))!.n;
      }, { cause: 'personalData.propose', statementTimeoutMs: LONGEST_MS });
    }
    return all;
  }

  private demandAsked(actor: Actor, input: PersonRequest): string {
    demand(actor, 'person.manage');
    if (input.contactId === undefined && !input.phone?.trim() && !input.name?.trim()) throw new Refusal('REQUIRED', ['phone'], { field: '电话、联系人或姓名' });
    const reason = input.reason?.trim() ?? '';
    if (!input.dryRun && reason.length < 2) throw new Refusal('REASON_REQUIRED', ['reason']);
    return reason.slice(0, 500);
  }

  private act(actor: Actor, walk: 'CORRECT' | 'ERASE', cause: 'personCorrect' | 'personErase', input: PersonRequest, reason: string, becomes: { newName: string | null; newPhone: string | null }): Promise<PersonOutcome> {
    return this.db.tx(actor, async (tx) => {
      // One act at a time in a zone: the second sees what the first has left.
      await tx.row('select person_lock()');
      const claim = { idempotencyKey: input.dryRun ? null : input.idempotencyKey, asked: await this.digest(tx, JSON.stringify([input.contactId, input.phone, input.name, input.enterprise, reason, becomes])) };
      return once(tx, cause, claim, async () => {
        const person = await this.find(tx, input, walk === 'CORRECT' ? becomes : null);
        return this.told(tx, walk, input, person, await this.walk(tx, person, walk, becomes, input.dryRun ?? false), reason);
      });
    }, { cause: input.dryRun ? '' : cause, statementTimeoutMs: LONGEST_MS });
  }

  /** The receipt; without anything found, that of the act which left nothing. */
  private async told(tx: Tx, kind: 'EXPORT' | 'CORRECT' | 'ERASE', input: PersonRequest, person: Person, walked: Walked[], reason: string): Promise<PersonOutcome> {
    const sums = new Map<string, PersonFound>();
    for (const w of walked) if (!w.kept) {
      const sum = sums.get(w.entity) ?? { entity: w.entity, rows: 0, columns: [] };
      sums.set(w.entity, { ...sum, rows: sum.rows + Number(w.found), columns: [...new Set([...sum.columns, ...w.columns])] });
    }
    const found = [...sums.values()];
    const kept: PersonKept[] = walked.filter((w) => w.kept !== null).map((w) => ({ entity: w.entity, rows: Number(w.found), reason: w.kept! }));
    if (person.doubtful) kept.push({ entity: 'contact', rows: 0, reason: 'NAMESAKE' });
    if (input.dryRun) {
      await tx.run(`select audit_event(app_zone(), app_staff(), 'person_preview', null, jsonb_build_object('subjects', $1::text[], 'kind', $2::text))`, [person.subjects, kind]);
      return { actId: null, number: null, at: null, earlier: false, found, kept };
    }
    if (found.length === 0 && kind !== 'EXPORT') {
      const before = await tx.row<{ id: string; number: string; acted_at: Date }>('select id, number, acted_at from person_act where kind = $1 and subjects && $2::text[] order by acted_at desc, id desc limit 1', [kind, person.subjects]);
      return { actId: before?.id ?? null, number: before?.number ?? null, at: before?.acted_at ?? null, earlier: Boolean(before), found, kept };
    }
    const act = (await tx.row<{ id: string; number: string; acted_at: Date }>('select id, number, acted_at from person_receipt($1, $2, $3, $4, $5, $6, $7)', [kind, person.subjects, reason, person.strong, person.near, JSON.stringify(found), JSON.stringify(kept)]))!;
    return { actId: act.id, number: act.number, at: act.acted_at, earlier: false, found, kept };
  }

  private async walk(tx: Tx, p: Person, walk: Walk, becomes: { newName: string | null; newPhone: string | null } = { newName: null, newPhone: null }, dry = false): Promise<Walked[]> {
    const text = (v: string | null) => (v === null ? null : plainReplacement(v));
    return tx.rows<Walked>('select entity, found, columns, kept, words from person_walk($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
      [walk, p.strong, p.names, p.near, p.projects, p.enterprises, p.contacts.map((c) => c.id), text(becomes.newPhone), text(becomes.newName), dry]);
  }

  private async find(tx: Tx, s: PersonSelector, right: { newName: string | null } | null = null): Promise<Person> {
    const phone = s.phone?.trim() ? normalPhone(s.phone) : null;
    if (s.phone?.trim() && !phone) throw new Refusal('INVALID', ['phone'], { field: '电话', value: s.phone.slice(0, 40), expected: '5–20 位数字 / 5–20 digits' });
    const name = s.name?.trim() || null;
    let contacts = await this.named(tx, s, phone, name);
    // Further records of the same person, by the phones of those known.
    for (let before = -1; before < contacts.length;) {
      before = contacts.length;
      const known = new Set(contacts.map((c) => c.id));
      const numbers = numbersOf(contacts);
      if (numbers.length === 0) break;
      const more = (await this.contacts(tx, [], numbers)).filter((c) => !known.has(c.id) && contacts.every((k) => alike(k.name, c.name)));
      contacts = [...contacts, ...more];
    }
    const own = new Set(contacts.map((c) => c.id));
    const numbers = [...new Set([...numbersOf(contacts), ...(phone ? [digitsOf(phone)] : [])])];
    const shared = new Set((numbers.length ? await this.contacts(tx, [], numbers) : []).filter((c) => !own.has(c.id)).flatMap((c) => c.phones.map(digitsOf)));
    const alone = numbers.filter((n) => !shared.has(n));
    const scope = (await tx.row<{ projects: string[]; enterprises: string[]; introducers: string[] }>('select projects, enterprises, introducers from person_scope($1, $2)', [[...own], alone]))!;
    const all = [...contacts.map((c) => c.name ?? ''), ...(name ? [name] : []), ...scope.introducers].map((n) => n.trim()).filter((n) => n && n !== GONE);
    const others = all.length ? (await tx.rows<{ n: string }>('select person_namesakes($1, $2, $3, $4) as n', [all, [...own], scope.projects, scope.enterprises])).map((r) => r.n) : [];
    const { sure, doubtful } = tellingNames(right ? all.filter((n) => !isPartialName(n)) : all, others);
    // Where the right name stands already nothing is to be done, though it has the wrong one within.
    const passed = [...others, ...(right?.newName ? [right.newName] : [])];
    const accounts = contacts.flatMap((c) => [...(c.wechat ? [c.wechat] : []), ...c.emails]);
    const subjects: string[] = [];
    for (const v of [...alone, ...[...own].map((id) => `contact:${id}`)]) subjects.push(await this.digest(tx, v));
    return {
      contacts, projects: scope.projects, enterprises: scope.enterprises, subjects, doubtful: doubtful.length > 0,
      // Only the number that is wrong is put right.
      strong: right && phone ? strongPattern(alone.filter((n) => n === digitsOf(phone)), []) : strongPattern(alone, accounts),
      names: namePattern(sure, passed), near: namePattern([...sure, ...doubtful], passed),
    };
  }

  /** @throws Refusal NOT_FOUND, PERSON_SEVERAL. */
  private async named(tx: Tx, s: PersonSelector, phone: string | null, name: string | null): Promise<KnownContact[]> {
    if (s.contactId !== undefined) {
      const found = s.contactId === null ? [] : await this.contacts(tx, [s.contactId], []);
      if (found.length === 0) throw new Refusal('NOT_FOUND');
      return found;
    }
    if (phone) {
      const all = await this.contacts(tx, [], [digitsOf(phone)]);
      const fit = name ? all.filter((c) => alike(c.name, name)) : all;
      if (!onePerson(fit)) throw new Refusal('PERSON_SEVERAL', ['phone'], { n: fit.length });
      return fit;
    }
    const fit = await this.contacts(tx, [], [], name, s.enterprise?.trim() ? foldName(s.enterprise) : null);
    if (!s.enterprise?.trim() && !hangTogether(fit)) throw new Refusal('PERSON_SEVERAL', ['name'], { n: fit.length });
    return fit;
  }

  private contacts(tx: Tx, ids: string[], numbers: string[], name: string | null = null, firm: string | null = null): Promise<KnownContact[]> {
    return tx.rows<KnownContact>('select * from person_contacts($1, $2, $3, $4)', [ids, numbers, name, firm]);
  }

  private async digest(tx: Tx, value: string): Promise<string> {
    return (await tx.row<{ d: string }>('select person_digest($1) as d', [value]))!.d;
  }

  private masked(tx: Tx, contacts: PersonContact[]): Promise<PersonContact[]> {
    return tx.rows<PersonContact>(
      `select c.id, left(c.name, 1) || '**' as name, c.title, c.department, c.language, mask_phones(c.phones) as phones, mask_account(c.wechat) as wechat, array(select mask_account(a) from unnest(c.emails) a) as emails,
         mask_text(c.note) as note, c.basis, mask_text(c.source) as source, c."collectedOn"
       from jsonb_to_recordset($1::jsonb) c (id uuid, name text, title text, department text, language text, phones text[], wechat text, emails text[], note text, basis text, source text, "collectedOn" date)`, [JSON.stringify(contacts)]);
  }
}

const numbersOf = (contacts: readonly KnownContact[]): string[] => [...new Set(contacts.flatMap((c) => c.phones.map(digitsOf)).filter((n) => n.length >= 5))];
