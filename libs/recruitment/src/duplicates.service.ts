import { Injectable } from '@nestjs/common';
import { PolicyService, type PolicyValue } from '@yinfeng/directory';
import { compareFolded, coreName, foldName, foldSketch, normaliseUscc, type DuplicateLevel, type DuplicateReason, type DuplicateVerdict, type ProjectSketch } from '@yinfeng/enterprises';
import { type Actor, Clock, Database, demand, Refusal, shiftDecimal, type Tx } from '@yinfeng/platform';
import { type Candidate, CANDIDATES, type ComparedRow, GROUPS, sketchOf, SUBJECTS } from './duplicate-candidates.sql.js';
import { projectVisibility } from './projects.access.js';

/** What a new or changed project is compared by. */
export interface DuplicateCheck {
  name: string;
  code?: string | null;
  enterpriseName?: string | null;
  uscc?: string | null;
  /** Company founded for the project. */
  registeredCompany?: string | null;
  phones?: string[] | null;
  /** 地块编号. */
  parcel?: string | null;
  /** 元 of the currency. */
  amount?: { amount: string; currency: string } | null;
  industryCode?: string | null;
  departmentId?: string | null;
  /** The project itself when it is edited. */
  exceptProjectId?: string | null;
}

export const DUPLICATE_ACTIONS = ['BLOCK', 'DECIDE', 'WARN', 'HINT'] as const;
export type DuplicateAction = (typeof DUPLICATE_ACTIONS)[number];
export type DuplicateDecided = 'SAME' | 'DIFFERENT';

/**
 * A project on record that may be the same. Who may not see it learns only which unit reported it and whom to ask
 * (domain.md A1 row 15): no name, no amount, no stage, no day; and its amount and industry are not compared, for a level
 * that moves with the amount typed would tell it. One firm alone is then worth a hint.
 */
export interface DuplicateHit {
  level: DuplicateLevel;
  /** What the zone asks of a hit of this level. */
  action: DuplicateAction;
  confidence: number;
  reasons: DuplicateReason[];
  /** What somebody decided about this pair; such a hit is shown and asked about no more. */
  decided: DuplicateDecided | null;
  /** UUID; null when the actor may not see the project. */
  projectId: string | null;
  reportedBy: string | null;
  askPerson: string | null;
  reportedAt: Date | null;
}
/** A hit with the project it means, for the service alone. */
export interface FoundDuplicate extends DuplicateHit {
  otherId: string;
  /** The verdict as it is told to who sees only one of the two; null: nothing. */
  blind: DuplicateVerdict | null;
}
/** A project to look for: on record or only typed. */
export interface DuplicateSubject {
  id: string | null;
  sketch: ProjectSketch;
}
export type DuplicateRules = PolicyValue<'duplicates'>;

/** Thrown inside the transaction so that nothing stays, carrying what the caller is to be shown. */
export class DuplicateRefusal extends Refusal {
  constructor(code: 'DUPLICATE_BLOCKED' | 'DUPLICATE_UNDECIDED', readonly hits: DuplicateHit[], path: readonly string[] = ['name'], recordId?: string) {
    const worst = hits[0]!;
    super(code, path, { level: worst.level, hint: [worst.reportedBy, worst.askPerson].filter(Boolean).join(' · ') || '—' }, recordId);
  }
}

/** Candidates of a kind (equal names, one investor, like names); of more the least alike are left out. */
const MOST = 100;
const SHOWN = 20;
/** What a program or a person is shown: never which hidden record it is. */
export const shownHits = (hits: readonly FoundDuplicate[]): DuplicateHit[] => hits.slice(0, SHOWN).map(({ otherId: _, blind: __, ...hit }) => hit);

@Injectable()
export class DuplicatesService {
  constructor(private readonly db: Database, private readonly policies: PolicyService, private readonly clock: Clock) {}

  /** Hits before anything is written, worst first (rules: domain.md C3, L1 to L4). At most 20. */
  async check(actor: Actor, input: DuplicateCheck): Promise<DuplicateHit[]> {
    demand(actor, 'lead.check');
    if (foldName(input.name).length < 2) return [];
    return this.db.tx(actor, async (tx) => {
      const params: unknown[] = [input.exceptProjectId];
      // Leaving out a project that one may not see would tell whether it is among the hits.
      const own = input.exceptProjectId && (await tx.row(`select 1 as ok from project p where p.id = $1 and ${projectVisibility(actor, 'p', params)}`, params));
      return shownHits(await this.find(tx, own ? input : { ...input, exceptProjectId: null }));
    });
  }

  /** The numbers of the zone today. */
  rules(tx: Tx): Promise<DuplicateRules> {
    return this.policies.value(tx, 'duplicates', this.clock.today());
  }

  /** What somebody typed, ready to be looked for. */
  async typed(tx: Tx, input: DuplicateCheck): Promise<DuplicateSubject> {
    const uscc = input.uscc ? normaliseUscc(input.uscc) : null;
    const investors = input.enterpriseName?.trim() ? [input.enterpriseName] : [];
    const registered = input.registeredCompany?.trim() ? [input.registeredCompany] : [];
    const [keys, groups] = await Promise.all([
      tx.row<{ phones: string[]; parcel: string | null }>('select array(select d from (select distinct phone_digits(x) as d from unnest($1::text[]) x) t where d is not null) as phones, parcel_key($2) as parcel', [input.phones ?? [], input.parcel ?? null], 'duplicate_keys'),
      tx.rows<{ id: string; parent: string | null }>(GROUPS, [[...investors, ...registered].map(foldName), uscc ? [uscc] : []], 'duplicate_groups'),
    ]);
    return {
      id: input.exceptProjectId ?? null,
      sketch: {
        name: input.name, code: input.code ?? null, investors, registered, usccs: uscc ? [uscc] : [], phones: keys!.phones, parcel: keys!.parcel,
        group: groups.flatMap((g) => (g.parent ? [g.id, g.parent] : [g.id])),
        amount: input.amount ? { v: shiftDecimal(input.amount.amount, -4), u: input.amount.currency } : null,
        industry: input.industryCode?.slice(0, 3) ?? null, unit: input.departmentId ?? null,
      },
    };
  }

  /** Projects of the zone as they stand on record, by id. */
  async subjects(tx: Tx, ids: readonly string[]): Promise<DuplicateSubject[]> {
    const rows = await tx.rows<ComparedRow & { phones: string[] }>(SUBJECTS, [ids], 'duplicate_subjects');
    return rows.map((row) => ({ id: row.id, sketch: sketchOf(row, row.phones) }));
  }

  /** Everything on record that may be the same as what was typed, worst first. */
  async find(tx: Tx, input: DuplicateCheck): Promise<FoundDuplicate[]> {
    return this.alike(tx, await this.typed(tx, input));
  }

  /** The same for a subject made ready before. `least`: likeness (trigrams) below which a like name is not looked at; `blind`: with what is told to who sees one side. */
  async alike(tx: Tx, subject: DuplicateSubject, options: { rules?: DuplicateRules; least?: number; blind?: boolean } = {}): Promise<FoundDuplicate[]> {
    const rules = options.rules ?? (await this.rules(tx));
    const wanted = foldSketch(subject.sketch);
    const { sketch } = wanted;
    const params: unknown[] = [wanted.name, wanted.core, sketch.code, [...wanted.investors, ...wanted.registered], sketch.usccs ?? [], sketch.phones ?? [], sketch.parcel, subject.id, MOST, rules.phoneFirms, options.least ?? 0];
    const candidates = await tx.rows<Candidate>(CANDIDATES(projectVisibility(tx.actor, 'p', params)), params, `duplicate_candidates_${tx.actor.reach}`);
    const strange = foldSketch({ ...sketch, amount: null, industry: null });
    return candidates.flatMap((c): FoundDuplicate[] => {
      const phones = c.by_phone ? (sketch.phones ?? []) : [];
      const blind = options.blind || !c.visible ? compareFolded(strange, foldSketch(sketchOf(c, phones, false)), { ...rules, firmAlone: true }) : null;
      const verdict = c.visible ? compareFolded(wanted, foldSketch(sketchOf(c, phones)), rules) : blind;
      return verdict ? [{
        level: verdict.level, action: rules[verdict.level], confidence: verdict.confidence, reasons: verdict.reasons, decided: c.decided,
        projectId: c.visible ? c.id : null, reportedBy: c.department, askPerson: c.person, reportedAt: c.visible ? c.reported_at : null, otherId: c.id, blind,
      }] : [];
    }).sort((a, b) => a.level.localeCompare(b.level) || b.confidence - a.confidence || (a.otherId < b.otherId ? -1 : 1));
  }

  /**
   * What is still to be decided, after the zone's rules. @returns the hits that this confirmation decides, to be remembered
   * @throws DuplicateRefusal DUPLICATE_BLOCKED, DUPLICATE_UNDECIDED
   */
  demandDecided(hits: readonly FoundDuplicate[], confirmed: boolean, path?: readonly string[], recordId?: string): FoundDuplicate[] {
    const open = hits.filter((h) => h.decided === null);
    const refuse = (code: 'DUPLICATE_BLOCKED' | 'DUPLICATE_UNDECIDED', action: DuplicateAction) =>
      new DuplicateRefusal(code, shownHits([...open.filter((h) => h.action === action), ...hits.filter((h) => h.decided !== null || h.action !== action)]), path, recordId);
    if (open.some((h) => h.action === 'BLOCK')) throw refuse('DUPLICATE_BLOCKED', 'BLOCK');
    const asked = open.filter((h) => h.action === 'DECIDE');
    if (asked.length && !confirmed) throw refuse('DUPLICATE_UNDECIDED', 'DECIDE');
    return asked;
  }

  /**
   * Before a project enters a stage that is counted: whatever would block or ask a new report has to be decided, here by
   * confirming it. @throws DuplicateRefusal DUPLICATE_UNDECIDED
   */
  async demandDistinct(tx: Tx, projectId: string, confirmed: boolean): Promise<void> {
    const [subject] = await this.subjects(tx, [projectId]);
    const hits = subject ? await this.alike(tx, subject) : [];
    const open = hits.filter((h) => h.decided === null && (h.action === 'BLOCK' || h.action === 'DECIDE'));
    if (open.length && !confirmed) throw new DuplicateRefusal('DUPLICATE_UNDECIDED', shownHits(open), ['confirmNotDuplicate'], projectId);
    await this.remember(tx, projectId, open);
  }

  /** Somebody has said that these are other projects: the pairs are not asked about again. */
  async remember(tx: Tx, projectId: string, hits: readonly FoundDuplicate[]): Promise<void> {
    if (hits.length === 0) return;
    await tx.run(
      `insert into duplicate_decision (zone_id, first_project_id, second_project_id, verdict, decided_by)
       select app_zone(), least(o, $1::uuid), greatest(o, $1::uuid), 'DIFFERENT', app_staff() from unnest($2::uuid[]) o
       on conflict (first_project_id, second_project_id) where first_project_id is not null do nothing`, [projectId, hits.map((h) => h.otherId)]);
  }

  /** Two reports of one firm (or, without one, of one name) at once: the second waits here and then meets the first. */
  async inTurn(tx: Tx, name: string, enterpriseName: string | null | undefined): Promise<void> {
    await tx.run('select pg_advisory_xact_lock(hashtextextended($1 || app_zone(), 1))', [coreName(enterpriseName?.trim() ? enterpriseName : name)], 'duplicate_turn');
  }
}
