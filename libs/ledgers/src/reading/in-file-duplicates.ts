import { companyStem, compareProjects, diceSimilarity, foldName } from '@yinfeng/enterprises';
import type { ProjectSketch } from '@yinfeng/enterprises';
import type { DuplicateOf, FieldName, FieldValue, RowFields } from './ledger-reading.js';

/** A row that stands, in the little room that 100,000 of them may take. */
interface Kept {
  sheet: string;
  row: number;
  sketch: ProjectSketch;
  name: string;
  investors: readonly string[];
  hashes: Int32Array;
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

function signature(value: FieldValue): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  return Array.isArray(value) && typeof value[0] === 'string' ? (value as string[]).join('\u0001') : JSON.stringify(value);
}

/** Numbers for field names, so that the values of a row are a short list of integers. */
class FieldNumbers {
  private readonly ids = new Map<FieldName, number>();
  readonly names: FieldName[] = [];

  /** Pairs of field number and hash of the value, in the order of the columns. */
  hashes(fields: RowFields): Int32Array {
    const out: number[] = [];
    for (const name in fields) {
      const value = fields[name];
      if (value === undefined) continue;
      let id = this.ids.get(name);
      if (id === undefined) {
        id = this.names.push(name) - 1;
        this.ids.set(name, id);
      }
      out.push(id, hash(signature(value)));
    }
    return Int32Array.from(out);
  }

  differences(a: Int32Array, b: Int32Array): FieldName[] {
    const left = new Map<number, number>();
    for (let i = 0; i < a.length; i += 2) left.set(a[i]!, a[i + 1]!);
    const out: FieldName[] = [];
    for (let i = 0; i < b.length; i += 2) {
      if (left.get(b[i]!) !== b[i + 1]) out.push(this.names[b[i]!]!);
      left.delete(b[i]!);
    }
    for (const id of left.keys()) out.push(this.names[id]!);
    return out;
  }

  /** Whether a field has a value on both sides. */
  inBoth(name: FieldName, a: Int32Array, b: Int32Array): boolean {
    const id = this.ids.get(name)!;
    const has = (x: Int32Array): boolean => {
      for (let i = 0; i < x.length; i += 2) if (x[i] === id) return true;
      return false;
    };
    return has(a) && has(b);
  }
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
  private readonly fields = new FieldNumbers();
  private readonly byCode = new Map<string, Kept>();
  private readonly byName = new Map<string, Kept | Kept[]>();
  private readonly byInvestor = new Map<string, Kept | Kept[]>();
  private readonly visits = new Map<string, { sheet: string; row: number; hashes: Int32Array }>();
  readonly lookAlikes: LookAlike[] = [];

  /** @returns what the row repeats, or null where it is new to the file */
  project(sheet: string, row: number, fields: RowFields, listStage: string | null): DuplicateOf | null {
    const hashes = this.fields.hashes(fields);
    const code = fields['code.district'] ?? fields['code.city'] ?? null;
    const sameCode = code ? this.byCode.get(code) : undefined;
    if (sameCode) return this.repeatOf(sameCode, sheet, hashes, listStage);
    const investors = fields.investor ?? [];
    const mine: Kept = {
      sheet,
      row,
      sketch: {
        name: fields.name ?? '',
        investors,
        usccs: fields['investor.uscc'] ?? [],
        amount: fields['amount.total'] ?? null,
        industry: fields['industry.local_chain'] ?? fields['industry.sector3'] ?? null,
        unit: fields['owner.unit'] ?? null,
      },
      name: foldName(fields.name ?? ''),
      investors: investors.map(foldName),
      hashes,
      listStage,
      facts: `${fields['date.reported'] ?? ''}|${fields.owner ?? ''}|${fields['owner.unit'] ?? ''}`,
    };
    const found = this.bySameName(mine) ?? this.byLikeName(mine);
    if (found) return found;
    if (code) this.byCode.set(code, mine);
    append(this.byName, mine.name, mine);
    for (const investor of mine.investors) append(this.byInvestor, investor, mine);
    return null;
  }

  private repeatOf(kept: Kept, sheet: string, hashes: Int32Array, listStage: string | null): DuplicateOf {
    const differences = this.fields.differences(kept.hashes, hashes);
    const contradicts = differences.some((f) => !NOT_COMPARED.has(f) && this.fields.inBoth(f, kept.hashes, hashes));
    const at = { sheet: kept.sheet, row: kept.row, differences };
    if (kept.sheet !== sheet && (listStage !== kept.listStage || !contradicts)) return { ...at, class: 'SAME_PROJECT_OTHER_LIST', level: 'merge' };
    return differences.length ? { ...at, class: 'SAME_CODE_CHANGED', level: 'ask' } : { ...at, class: 'SAME_CODE_IDENTICAL', level: 'skip' };
  }

  private bySameName(mine: Kept): DuplicateOf | null {
    for (const kept of listed(this.byName, mine.name)) {
      const shared = mine.investors.some((i) => kept.investors.includes(i));
      const blank = mine.investors.length === 0 || kept.investors.length === 0;
      const rows = [
        { sheet: kept.sheet, row: kept.row },
        { sheet: mine.sheet, row: mine.row },
      ];
      if (!shared && !blank) {
        this.lookAlikes.push({ class: 'SAME_NAME_OTHER_INVESTOR', rows });
        continue;
      }
      const at = { ...rows[0]!, differences: this.fields.differences(kept.hashes, mine.hashes) };
      const otherList = kept.sheet !== mine.sheet && kept.listStage !== null && mine.listStage !== null && kept.listStage !== mine.listStage;
      if (otherList) return { ...at, class: 'SAME_PROJECT_OTHER_LIST', level: 'merge' };
      return shared ? { ...at, class: 'SAME_NAME_SAME_INVESTOR', level: 'L1' } : { ...at, class: 'SAME_NAME_NO_INVESTOR', level: 'L2' };
    }
    return null;
  }

  private byLikeName(mine: Kept): DuplicateOf | null {
    const seen = new Set<Kept>();
    for (const investor of mine.investors)
      for (const kept of listed(this.byInvestor, investor)) {
        if (seen.has(kept)) continue;
        seen.add(kept);
        // For the list of look-alikes the whole folded names count (ledgers README §4).
        if (diceSimilarity(kept.name, mine.name) < 0.6) continue;
        const verdict = compareProjects(kept.sketch, mine.sketch);
        if (!verdict) continue;
        const rows = [
          { sheet: kept.sheet, row: kept.row },
          { sheet: mine.sheet, row: mine.row },
        ];
        if (verdict.reasons.includes('OTHER_PHASE')) {
          this.lookAlikes.push({ class: 'PHASE', rows });
          continue;
        }
        const at = { ...rows[0]!, differences: this.fields.differences(kept.hashes, mine.hashes) };
        if (verdict.level === 'L2') return { ...at, class: 'SIMILAR_NAME_SAME_INVESTOR', level: 'L2' };
        // Reported by the same person on the same day, amounts not contradicting: one project under two names.
        const [a, b] = [kept.sketch.amount, mine.sketch.amount];
        const compatible = !a || !b || verdict.reasons.includes('SAME_AMOUNT') || (a.v === b.v && a.u === b.u);
        if (verdict.score >= 0.6 && compatible && kept.facts === mine.facts && kept.facts.startsWith('20')) return { ...at, class: 'SAME_PROJECT_OTHER_NAME', level: 'L3' };
        this.lookAlikes.push({ class: 'SAME_INVESTOR_SIMILAR_NAME', rows });
      }
    return null;
  }

  /** The same visit entered twice: one day, one enterprise, one direction, and the same leader and people met. */
  visit(sheet: string, row: number, fields: RowFields): DuplicateOf | null {
    const day = fields['date.visit'];
    if (!day || !fields.enterprise) return null;
    const met = (fields.met ?? []).map((m) => m.name).join(',');
    const key = `${day}|${companyStem(fields.enterprise)}|${fields.direction ?? ''}|${fields.leader ? foldName(fields.leader.name) : ''}|${met}`;
    const hashes = this.fields.hashes(fields);
    const kept = this.visits.get(key);
    if (kept) return { sheet: kept.sheet, row: kept.row, class: 'SAME_VISIT', level: 'ask', differences: this.fields.differences(kept.hashes, hashes) };
    this.visits.set(key, { sheet, row, hashes });
    return null;
  }
}

function listed(map: ReadonlyMap<string, Kept | Kept[]>, key: string): readonly Kept[] {
  const found = map.get(key);
  return found === undefined ? [] : Array.isArray(found) ? found : [found];
}

function append(map: Map<string, Kept | Kept[]>, key: string, value: Kept): void {
  if (!key) return;
  const found = map.get(key);
  if (found === undefined) map.set(key, value);
  else if (!Array.isArray(found)) map.set(key, [found, value]);
  else if (found.length < MOST_PER_INVESTOR) found.push(value);
}
