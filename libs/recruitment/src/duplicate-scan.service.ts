import { Injectable } from '@nestjs/common';
import { compareEnterprises, type DuplicateVerdict } from '@yinfeng/enterprises';
import { type Actor, Database, demand, enqueue, newId, once, systemActor, type Tx } from '@yinfeng/platform';
import { COMPARED_STATUSES } from './duplicate-candidates.sql.js';
import { DuplicatesService, type DuplicateRules } from './duplicates.service.js';

/** Records in one transaction, and transactions in one run of the job: then imports, which share its lane, have their turn. */
const PART = 50;
const PARTS = 40;
/** Likeness of cores (trigrams) from which names are compared; every pair of similar names has more. */
const LEAST_LIKENESS = 0.15;
/** Pairs of enterprises looked at for one of them, of a kind. */
const MOST = 50;
const LAST_ATTEMPT = 3;

interface ScanRow { id: string; phase: 'PROJECTS' | 'ENTERPRISES' | 'CLOSING'; cursor_id: string | null }
interface Pair { first: string; second: string; verdict: DuplicateVerdict; blind: DuplicateVerdict | null }
const KINDS = { PROJECTS: 'project', ENTERPRISES: 'enterprise' } as const;

/** Goes through what a zone has on record and writes down the pairs that look like one (domain.md A2: scan existing). */
@Injectable()
export class DuplicateScanService {
  constructor(private readonly db: Database, private readonly duplicates: DuplicatesService) {}

  /** Starts a scan, or gives the one that is under way. */
  async start(actor: Actor, input: { idempotencyKey?: string | null }): Promise<{ scanId: string }> {
    demand(actor, 'duplicate.scan');
    return this.db.tx(actor, (tx) => once(tx, 'duplicateScan', input, async () => {
      const made = await tx.row<{ id: string }>(
        `insert into duplicate_scan (id, zone_id, total, requested_by)
         select $1, app_zone(), (select count(*) from project where status in ${COMPARED_STATUSES}) + (select count(*) from enterprise), app_staff()
         on conflict (zone_id) where state in ('WAITING', 'RUNNING') do nothing returning id`, [newId()]);
      const { id } = made ?? (await tx.row<{ id: string }>(`select id from duplicate_scan where state in ('WAITING', 'RUNNING')`))!;
      // Also for one that stands still because its job is gone: two jobs of one scan take turns.
      await enqueue(tx, 'duplicates.scan', { zoneId: actor.zoneId, scanId: id });
      return { scanId: id };
    }), { cause: 'duplicateScan' });
  }

  /** The job: goes on where the scan stopped. Safe to run twice, late or at once. */
  async resume(zoneId: string, scanId: string, requestId: string, attempt: number): Promise<void> {
    const system = systemActor(zoneId, requestId);
    try {
      for (let part = 0; part < PARTS; part++) if (!(await this.part(system, scanId))) return;
      await this.db.tx(system, (tx) => enqueue(tx, 'duplicates.scan', { zoneId, scanId }));
    } catch (error) {
      if (attempt >= LAST_ATTEMPT) {
        await this.db.tx(system, (tx) => tx.run(`update duplicate_scan set state = 'FAILED', failure = $2, finished_at = app_now() where id = $1 and finished_at is null`, [scanId, requestId]), { cause: 'duplicateScan' });
      }
      throw error;
    }
  }

  /** One part in one transaction. @returns whether there is more to do */
  private part(system: Actor, scanId: string): Promise<boolean> {
    return this.db.tx(system, async (tx) => {
      const scan = await tx.row<ScanRow>(`select id, phase, cursor_id from duplicate_scan where id = $1 and state in ('WAITING', 'RUNNING') for update`, [scanId]);
      if (!scan) return false;
      if (scan.phase === 'CLOSING') {
        await tx.run(`with closed as (update duplicate_finding set closed_at = app_now() where closed_at is null and scan_id <> $1 returning 1)
          update duplicate_scan set state = 'DONE', finished_at = app_now(), closed = (select count(*) from closed) where id = $1`, [scanId]);
        return false;
      }
      const kind = KINDS[scan.phase];
      const ids = (await tx.rows<{ id: string }>(`select id from ${kind} where ($1::uuid is null or id > $1) ${kind === 'project' ? `and status in ${COMPARED_STATUSES}` : ''} order by id limit ${PART}`, [scan.cursor_id])).map((r) => r.id);
      if (ids.length === 0) {
        await tx.run('update duplicate_scan set phase = $2, cursor_id = null where id = $1', [scanId, scan.phase === 'PROJECTS' ? 'ENTERPRISES' : 'CLOSING']);
        return true;
      }
      const rules = await this.duplicates.rules(tx);
      const pairs = kind === 'project' ? await this.projects(tx, ids, rules) : await this.enterprises(tx, ids, rules);
      await this.keep(tx, scanId, kind, pairs);
      await tx.run(`update duplicate_scan set state = 'RUNNING', cursor_id = $2, done = done + $3, found = found + $4 where id = $1`, [scanId, ids.at(-1), ids.length, pairs.length]);
      return true;
    }, { cause: 'duplicateScan', statementTimeoutMs: 60_000 });
  }

  private async projects(tx: Tx, ids: readonly string[], rules: DuplicateRules): Promise<Pair[]> {
    const pairs: Pair[] = [];
    for (const subject of await this.duplicates.subjects(tx, ids)) {
      for (const hit of await this.duplicates.alike(tx, subject, { rules, least: LEAST_LIKENESS, blind: true })) {
        // Each pair once, from its later side; a hint (L4) is for the moment of typing.
        if (hit.otherId < subject.id! && hit.level !== 'L4') pairs.push({ first: hit.otherId, second: subject.id!, verdict: { ...hit, score: 0 }, blind: hit.blind });
      }
    }
    return pairs;
  }

  private async enterprises(tx: Tx, ids: readonly string[], rules: DuplicateRules): Promise<Pair[]> {
    const rows = await tx.rows<{ id: string; other: string; by_phone: boolean; a: string; b: string; a_uscc: string | null; b_uscc: string | null; a_parent: string | null; b_parent: string | null }>(
      `select a.id, b.id as other, c.by_phone, a.name as a, b.name as b, a.uscc as a_uscc, b.uscc as b_uscc, a.parent_id as a_parent, b.parent_id as b_parent
       from duplicate_enterprises($1::uuid[], $2, $3) c join enterprise a on a.id = c.enterprise_id join enterprise b on b.id = c.other_id where b.id < a.id`, [ids, MOST, rules.phoneFirms]);
    return rows.flatMap((r) => {
      const phones = r.by_phone ? ['same'] : [];
      const verdict = compareEnterprises({ name: r.a, uscc: r.a_uscc, parentId: r.a_parent, phones }, { name: r.b, uscc: r.b_uscc, parentId: r.b_parent, phones }, rules);
      return verdict ? [{ first: r.other, second: r.id, verdict, blind: verdict }] : [];
    });
  }

  private async keep(tx: Tx, scanId: string, kind: 'project' | 'enterprise', pairs: readonly Pair[]): Promise<void> {
    if (pairs.length === 0) return;
    const [first, second] = [`first_${kind}_id`, `second_${kind}_id`];
    await tx.run(
      `insert into duplicate_finding (zone_id, ${first}, ${second}, level, confidence, reasons, blind_level, blind_confidence, blind_reasons, scan_id)
       select app_zone(), f.first, f.second, f.level, f.confidence, f.reasons, f.blind_level, f.blind_confidence, f.blind_reasons, $1
       from jsonb_to_recordset($2) f (first uuid, second uuid, level text, confidence numeric, reasons text[], blind_level text, blind_confidence numeric, blind_reasons text[])
       on conflict (${first}, ${second}) where ${first} is not null do update set level = excluded.level, confidence = excluded.confidence, reasons = excluded.reasons,
         blind_level = excluded.blind_level, blind_confidence = excluded.blind_confidence, blind_reasons = excluded.blind_reasons, scan_id = excluded.scan_id, last_seen_at = app_now(), closed_at = null`,
      [scanId, JSON.stringify(pairs.map(({ first: a, second: b, verdict: v, blind }) => ({
        first: a, second: b, level: v.level, confidence: v.confidence, reasons: v.reasons, blind_level: blind?.level, blind_confidence: blind?.confidence, blind_reasons: blind?.reasons,
      })))]);
  }
}
