import { Injectable } from '@nestjs/common';
import { compareProjects, type DuplicateVerdict, foldName } from '@yinfeng/enterprises';
import { type Actor, Database, demand, factsJson, once, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { decisionFacts } from './duplicate-findings.service.js';
import { type DuplicateDecided, DuplicatesService } from './duplicates.service.js';
import { projectFacts } from './project.facts.js';
import { enterpriseVisibility, projectVisibility } from './projects.access.js';
import { STAGE_LABELS } from './stages.stage.js';
import { STATUS_LABELS } from './status.rules.js';

/** Says about two records that look alike what they are. */
export interface DuplicateDecide {
  idempotencyKey?: string | null;
  kind: 'project' | 'enterprise';
  /** UUIDs. */
  firstId: string | null;
  secondId: string | null;
  verdict: DuplicateDecided;
  note?: string | null;
  /** Of the decision that is changed; absent for the first one. */
  expectedVersion?: number | null;
}
/** One thing that two projects say of themselves. Texts, for people; null: nothing on record. */
export interface ComparedField {
  field: string;
  label: string;
  a: string | null;
  b: string | null;
  same: boolean;
  /** Both say something, and only one of them can be right of one project. */
  conflict: boolean;
}
export interface DuplicateComparison {
  verdict: DuplicateVerdict | null;
  decided: DuplicateDecided | null;
  rows: ComparedField[];
}

interface Compared {
  name: string; code: string; content: string | null; stage: keyof typeof STAGE_LABELS; status: keyof typeof STATUS_LABELS; sourceRegion: string | null; capitalSource: string; site: string | null; parcel: string | null; fixedInvestment: string | null; visitCount: number;
  totalInvestment: { amount: string; currency: string; raw: string | null } | null;
  industry: { name: string } | null; department: { name: string } | null; owner: { name: string } | null; park: { name: string } | null; lastVisit: { visitedOn: string } | null;
  enterprises: { role: string; enterprise: { name: string; uscc: string | null } }[];
  firstReport: { number: string; reporterName: string | null; reportedAt: string } | null;
}
const SHAPE: Shape = {
  name: true, code: true, content: true, stage: true, status: true, sourceRegion: true, capitalSource: true, site: true, parcel: true, fixedInvestment: true, visitCount: true,
  totalInvestment: { amount: true, currency: true, raw: true }, industry: { name: true }, department: { name: true }, owner: { name: true }, park: { name: true }, lastVisit: { visitedOn: true },
  enterprises: { role: true, enterprise: { name: true, uscc: true } }, firstReport: { number: true, reporterName: true, reportedAt: true },
};
interface Contact { name: string | null; title: string | null; phones: string[]; masked: string[] }

const CAPITAL_LABELS: Record<string, readonly [string, string]> = { DOMESTIC: ['内资', 'domestic'], FOREIGN: ['外资', 'foreign'] };

/** Two records beside each other, and what is decided about them. */
@Injectable()
export class DuplicatePairsService {
  constructor(private readonly db: Database, private readonly duplicates: DuplicatesService) {}

  /**
   * Decides about a pair that the actor sees both sides of; it is then not asked about again.
   * @throws Refusal NOT_FOUND, INVALID (twice the same record), ALREADY_DECIDED, CONFLICT (the decision has changed)
   */
  async decide(actor: Actor, input: DuplicateDecide): Promise<void> {
    demand(actor, 'project.edit');
    await this.db.tx(actor, (tx) => once(tx, 'duplicateDecide', input, async () => {
      const [first, second] = await this.demandBoth(tx, input.kind, input.firstId, input.secondId);
      const columns = `first_${input.kind}_id, second_${input.kind}_id`;
      const made = await tx.run(`insert into duplicate_decision (zone_id, ${columns}, verdict, note, decided_by) values (app_zone(), $1, $2, $3, $4, app_staff()) on conflict (${columns}) where first_${input.kind}_id is not null do nothing`,
        [first, second, input.verdict, input.note?.trim() || null]);
      if (made) return null;
      const there = (await tx.row<{ id: string; version: number; verdict: string; who: string | null }>(
        `select d.id, d.version, d.verdict, (select name from staff s where s.id = d.decided_by) as who from duplicate_decision d where (${columns}) = ($1, $2) for update`, [first, second]))!;
      if (input.expectedVersion == null) throw new Refusal('ALREADY_DECIDED', ['verdict'], { by: there.who ?? '—', state: there.verdict });
      if (there.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: there.version });
      await tx.run('update duplicate_decision set verdict = $2, note = $3, decided_by = app_staff(), decided_at = app_now(), version = version + 1 where id = $1', [there.id, input.verdict, input.note?.trim() || null]);
      return null;
    }), { cause: 'duplicateDecide' });
  }

  /** What stands decided about a pair, or null; for whoever sees both. */
  async decision(actor: Actor, input: Pick<DuplicateDecide, 'kind' | 'firstId' | 'secondId'>, shape: Shape): Promise<object | null> {
    return this.db.tx(actor, async (tx) => {
      const [first, second] = await this.demandBoth(tx, input.kind, input.firstId, input.secondId);
      return (await tx.row<{ node: object }>(`select ${factsJson(decisionFacts, shape)} as node from duplicate_decision d where (d.first_${input.kind}_id, d.second_${input.kind}_id) = ($1, $2)`, [first, second]))?.node ?? null;
    });
  }

  /** Two projects field by field; contacts with masked phones. @throws Refusal NOT_FOUND unless the actor sees both, INVALID */
  async compare(actor: Actor, a: string | null, b: string | null): Promise<DuplicateComparison> {
    demand(actor, 'project.read');
    return this.db.tx(actor, async (tx) => {
      const [first, second] = await this.demandBoth(tx, 'project', a, b);
      const rows = await tx.rows<{ id: string; node: Compared; contacts: Contact[] }>(
        `select p.id, ${factsJson(projectFacts, SHAPE)} as node,
           coalesce((select json_agg(json_build_object('name', c.name, 'title', c.title, 'phones', c.phones, 'masked', mask_phones(c.phones)) order by c.id) from (
             select c.* from contact c where c.project_id = p.id union select c.* from contact c where c.enterprise_id = p.enterprise_id and c.project_id is null order by id limit 20) c), '[]') as contacts
         from project p where p.id = any($1::uuid[])`, [[first, second]]);
      const [x, y] = [rows.find((r) => r.id === a)!, rows.find((r) => r.id === b)!];
      const [one, other] = await this.duplicates.subjects(tx, [a!, b!]).then((s) => [s.find((r) => r.id === a)!, s.find((r) => r.id === b)!]);
      const decided = await tx.row<{ verdict: DuplicateDecided }>('select verdict from duplicate_decision where first_project_id = $1 and second_project_id = $2', [first, second]);
      return { verdict: compareProjects(one!.sketch, other!.sketch, await this.duplicates.rules(tx)), decided: decided?.verdict ?? null, rows: beside(x, y, actor.locale === 'en' ? 1 : 0) };
    });
  }

  /** The pair in its order on record, if the actor sees both. */
  private async demandBoth(tx: Tx, kind: 'project' | 'enterprise', a: string | null, b: string | null): Promise<[string, string]> {
    const params: unknown[] = [[a, b]];
    const visible = kind === 'project' ? projectVisibility(tx.actor, 'x', params) : tx.actor.permissions.has('enterprise.read') ? enterpriseVisibility(tx.actor, 'x', params) : 'false';
    const seen = a && b ? await tx.rows<{ id: string }>(`select x.id from ${kind} x where x.id = any($1::uuid[]) and ${visible} order by x.id`, params) : [];
    if (seen.length === 1 && a === b) throw new Refusal('INVALID', ['secondId'], { field: 'secondId', value: a!, expected: '另一条记录 / another record' });
    if (seen.length < 2) throw new Refusal('NOT_FOUND');
    return [seen[0]!.id, seen[1]!.id];
  }
}

const ofRole = (p: Compared, ...roles: string[]) => p.enterprises.filter((e) => roles.includes(e.role));
/** Lists are alike when they have something in common, a text when it folds alike. */
const overlap = (a: readonly string[], b: readonly string[]) => a.some((v) => b.map(foldName).includes(foldName(v)));

function beside(x: { node: Compared; contacts: Contact[] }, y: { node: Compared; contacts: Contact[] }, language: 0 | 1): ComparedField[] {
  /** `one`: one project has only one of it. */
  const row = (field: string, labels: readonly [string, string], one: boolean, read: (p: Compared, contacts: Contact[]) => string | readonly string[] | null | undefined, shown = (v: readonly string[]) => v.join('、')): ComparedField => {
    const [a, b] = [x, y].map((side) => [read(side.node, side.contacts) ?? []].flat().filter(Boolean)) as [string[], string[]];
    const both = a.length > 0 && b.length > 0;
    const same = both && overlap(a, b);
    return { field, label: labels[language], a: a.length ? shown(a) : null, b: b.length ? shown(b) : null, same, conflict: one && both && !same };
  };
  const numbers = (contacts: Contact[]) => contacts.flatMap((c) => c.phones.map((p) => p.replace(/\D/g, '')));
  const contacts: ComparedField = { ...row('contacts', ['联系人', 'Contacts'], false, (_, c) => c.map((k) => [k.name, k.title, ...k.masked].filter(Boolean).join(' '))), same: overlap(numbers(x.contacts), numbers(y.contacts)) };
  return [
    row('name', ['项目名称', 'Name'], true, (p) => p.name),
    row('code', ['项目编号', 'Code'], false, (p) => p.code),
    row('investors', ['投资方', 'Investors'], true, (p) => ofRole(p, 'INVESTOR', 'SIGNING_PARTY').map((e) => e.enterprise.name)),
    row('registeredCompany', ['注册公司', 'Registered company'], true, (p) => ofRole(p, 'REGISTERED_COMPANY').map((e) => e.enterprise.name)),
    row('parent', ['母公司', 'Parent company'], true, (p) => ofRole(p, 'PARENT').map((e) => e.enterprise.name)),
    row('uscc', ['统一社会信用代码', 'Credit code'], true, (p) => p.enterprises.flatMap((e) => e.enterprise.uscc ?? [])),
    row('totalInvestment', ['总投资', 'Total investment'], true, (p) => p.totalInvestment && `${p.totalInvestment.amount} ${p.totalInvestment.currency}`),
    row('fixedInvestment', ['固定资产投资', 'Fixed-asset investment'], true, (p) => p.fixedInvestment && `${p.fixedInvestment} CNY`),
    row('content', ['项目内容', 'Content'], false, (p) => p.content),
    row('industry', ['行业', 'Industry'], true, (p) => p.industry?.name),
    row('sourceRegion', ['来源地', 'Region of origin'], true, (p) => p.sourceRegion),
    row('capitalSource', ['内外资', 'Capital'], true, (p) => CAPITAL_LABELS[p.capitalSource]?.[language]),
    row('park', ['园区', 'Park'], true, (p) => p.park?.name),
    row('site', ['选址', 'Site'], true, (p) => p.site),
    row('parcel', ['地块编号', 'Parcel'], true, (p) => p.parcel),
    row('department', ['责任单位', 'Unit in charge'], true, (p) => p.department?.name),
    row('owner', ['负责人', 'Person in charge'], true, (p) => p.owner?.name),
    row('stage', ['阶段', 'Stage'], true, (p) => STAGE_LABELS[p.stage][language]),
    row('status', ['状态', 'Status'], true, (p) => STATUS_LABELS[p.status][language]),
    contacts,
    row('visits', ['走访次数', 'Visits'], false, (p) => String(p.visitCount)),
    row('lastVisit', ['最近走访', 'Last visit'], false, (p) => p.lastVisit?.visitedOn),
    row('firstReport', ['首报', 'First report'], false, (p) => p.firstReport && [`${p.firstReport.number} · ${p.firstReport.reporterName ?? '—'} · ${p.firstReport.reportedAt}`]),
  ];
}
