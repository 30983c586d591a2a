import { companyStem, compareFolded, diceSimilarity, foldName, foldSketch } from '@yinfeng/enterprises';
import type { FoldedSketch } from '@yinfeng/enterprises';
import type { DuplicateOf, FieldName, RowFields } from './ledger-reading.js';

interface Kept {
  sheet: string;
  row: number;
  sketch: FoldedSketch;
  /** Field → hash of its value, small enough to keep for 100,000 rows. */
  hashes: Map<FieldName, number>;
  /** Where the list itself gives the stage. */
  listStage: string | null;
  facts: string;
}

const NOT_COMPARED = new Set(['seq', 'status']);

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
}

function hashesOf(fields: RowFields): Map<FieldName, number> {
  const out = new Map<FieldName, number>();
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined) continue;
    out.set(name, hash(typeof value === 'string' ? value : JSON.stringify(value)));
  }
  return out;
}

function differences(a: Map<FieldName, number>, b: Map<FieldName, number>): FieldName[] {
  const out: FieldName[] = [];
  for (const [name, h] of a) if (b.get(name) !== h) out.push(name);
  for (const name of b.keys()) if (!a.has(name)) out.push(name);
  return out;
}

export interface LookAlike {
  class: string;
  rows: { sheet: string; row: number }[];
}

const MOST_PER_INVESTOR = 60;

/**
 * Repeated rows inside one file, row by row: the first stands, later ones are held with the class
 * and level of ledgers README (same code; same or like name of one investor; same name without
 * investor; a project in two lists of the file). Phases, quantities and other investors stay apart
 * and are listed as look-alikes.
 */
export class InFileDuplicates {
  private readonly byCode = new Map<string, Kept>();
  private readonly byName = new Map<string, Kept[]>();
  private readonly byInvestor = new Map<string, Kept[]>();
  private readonly visits = new Map<string, { sheet: string; row: number; hashes: Map<FieldName, number> }>();
  readonly lookAlikes: LookAlike[] = [];

  /** @returns what the row repeats, or null where it is new to the file */
  project(sheet: string, row: number, fields: RowFields, listStage: string | null): DuplicateOf | null {
    const hashes = hashesOf(fields);
    const code = fields['code.district'] ?? fields['code.city'] ?? null;
    const sameCode = code ? this.byCode.get(code) : undefined;
    if (sameCode) return this.repeatOf(sameCode, sheet, hashes, listStage);
    const sketch = foldSketch({
      name: fields.name ?? '',
      investors: fields.investor ?? [],
      usccs: fields['investor.uscc'] ?? [],
      amount: fields['amount.total'] ?? null,
      industry: fields['industry.local_chain'] ?? fields['industry.sector3'] ?? null,
      unit: fields['owner.unit'] ?? null,
    });
    const mine: Kept = { sheet, row, sketch, hashes, listStage, facts: `${fields['date.reported'] ?? ''}|${fields.owner ?? ''}|${fields['owner.unit'] ?? ''}` };
    const found = this.bySameName(mine) ?? this.byLikeName(mine);
    if (found) return found;
    this.keep(mine, code);
    return null;
  }

  private repeatOf(kept: Kept, sheet: string, hashes: Map<FieldName, number>, listStage: string | null): DuplicateOf {
    const diff = differences(kept.hashes, hashes);
    const real = diff.filter((f) => !NOT_COMPARED.has(f));
    const otherList = kept.sheet !== sheet && (listStage !== kept.listStage || real.every((f) => !kept.hashes.has(f) || !hashes.has(f)));
    if (otherList) return { sheet: kept.sheet, row: kept.row, class: 'SAME_PROJECT_OTHER_LIST', level: 'merge', differences: diff };
    return diff.length
      ? { sheet: kept.sheet, row: kept.row, class: 'SAME_CODE_CHANGED', level: 'ask', differences: diff }
      : { sheet: kept.sheet, row: kept.row, class: 'SAME_CODE_IDENTICAL', level: 'skip', differences: [] };
  }

  private bySameName(mine: Kept): DuplicateOf | null {
    for (const kept of this.byName.get(mine.sketch.name) ?? []) {
      const [a, b] = [kept.sketch.investors, mine.sketch.investors];
      const none = a.size === 0 && b.size === 0;
      const shared = [...b].some((i) => a.has(i));
      const diff = differences(kept.hashes, mine.hashes);
      const at = { sheet: kept.sheet, row: kept.row, differences: diff };
      const otherList = kept.sheet !== mine.sheet && kept.listStage !== null && mine.listStage !== null && kept.listStage !== mine.listStage;
      if (otherList && (shared || a.size === 0 || b.size === 0)) return { ...at, class: 'SAME_PROJECT_OTHER_LIST', level: 'merge' };
      if (shared) return { ...at, class: 'SAME_NAME_SAME_INVESTOR', level: 'L1' };
      if (none || a.size === 0 || b.size === 0) return { ...at, class: 'SAME_NAME_NO_INVESTOR', level: 'L2' };
      this.lookAlikes.push({ class: 'SAME_NAME_OTHER_INVESTOR', rows: [{ sheet: kept.sheet, row: kept.row }, { sheet: mine.sheet, row: mine.row }] });
    }
    return null;
  }

  private byLikeName(mine: Kept): DuplicateOf | null {
    const seen = new Set<Kept>();
    for (const investor of mine.sketch.investors)
      for (const kept of this.byInvestor.get(investor) ?? []) {
        if (seen.has(kept)) continue;
        seen.add(kept);
        const verdict = compareFolded(kept.sketch, mine.sketch);
        // For the list of look-alikes the whole folded names count (ledgers README §4).
        const alike = diceSimilarity(kept.sketch.name, mine.sketch.name);
        if (!verdict || alike < 0.6) continue;
        const rows = [{ sheet: kept.sheet, row: kept.row }, { sheet: mine.sheet, row: mine.row }];
        if (verdict.reasons.includes('OTHER_PHASE')) {
          this.lookAlikes.push({ class: 'PHASE', rows });
          continue;
        }
        const at = { sheet: kept.sheet, row: kept.row, differences: differences(kept.hashes, mine.hashes) };
        if (verdict.level === 'L2') return { ...at, class: 'SIMILAR_NAME_SAME_INVESTOR', level: 'L2' };
        // Reported by the same person on the same day, amounts not contradicting: one project under two names.
        const amounts = [kept.sketch.sketch.amount, mine.sketch.sketch.amount];
        const compatible = amounts.some((a) => !a) || verdict.reasons.includes('SAME_AMOUNT') || (amounts[0]!.v === amounts[1]!.v && amounts[0]!.u === amounts[1]!.u);
        if (verdict.score >= 0.6 && compatible && kept.facts === mine.facts && kept.facts.startsWith('20')) return { ...at, class: 'SAME_PROJECT_OTHER_NAME', level: 'L3' };
        this.lookAlikes.push({ class: 'SAME_INVESTOR_SIMILAR_NAME', rows });
      }
    return null;
  }

  private keep(mine: Kept, code: string | null): void {
    if (code) this.byCode.set(code, mine);
    append(this.byName, mine.sketch.name, mine);
    for (const investor of mine.sketch.investors) append(this.byInvestor, investor, mine);
  }

  /** The same visit entered twice: one day, one enterprise, one direction, and the same leader or the same people met. */
  visit(sheet: string, row: number, fields: RowFields): DuplicateOf | null {
    const day = fields['date.visit'];
    if (!day || !fields.enterprise) return null;
    const base = `${day}|${companyStem(fields.enterprise)}|${fields.direction ?? ''}`;
    const keys = [`${base}|${fields.leader ? foldName(fields.leader.name) : ''}|${(fields.met ?? []).map((m) => m.name).join(',')}`];
    const hashes = hashesOf(fields);
    for (const key of keys) {
      const kept = this.visits.get(key);
      if (kept) return { sheet: kept.sheet, row: kept.row, class: 'SAME_VISIT', level: 'ask', differences: differences(kept.hashes, hashes) };
    }
    for (const key of keys) this.visits.set(key, { sheet, row, hashes });
    return null;
  }
}

function append(map: Map<string, Kept[]>, key: string, value: Kept): void {
  if (!key) return;
  const list = map.get(key);
  if (!list) map.set(key, [value]);
  else if (list.length < MOST_PER_INVESTOR) list.push(value);
}
