import { readAmount } from '@yinfeng/platform';
import type { RowFields, SummaryCheck } from './ledger-reading.js';

interface Claim {
  label: string;
  stated: number;
  counts: (fields: RowFields, isNew: boolean) => number;
}

const one = (yes: boolean): number => (yes ? 1 : 0);

/** The countable statements of a sentence above a table: 共上报在谈项目30个（新增5个）（其中产业项目19个… */
function claimsOf(sentence: string): Claim[] {
  const claims: Claim[] = [];
  const text = sentence.normalize('NFKC').replace(/\s/g, '');
  const all = /(?:共|合计|总计)?(?:上报|收集|梳理|谋划|储备|在库)?[^\d,，。;；()]{0,12}项目(?:共)?(\d+)个/.exec(text);
  if (all && /^(?:.{0,6})?共|上报|合计|总计/.test(text.slice(0, all.index + 6))) claims.push({ label: '项目', stated: Number(all[1]), counts: () => 1 });
  const fresh = /(?:本周|本月|当周|其中)?新增(?:项目)?(\d+)个/.exec(text);
  if (fresh) claims.push({ label: '新增', stated: Number(fresh[1]), counts: (_, isNew) => one(isNew) });
  const threshold = /(固定资产投资|固投|总投资|投资)(\d+(?:\.\d+)?)(亿|万)元?(?:\(含\))?以上(?:的)?(?:项目)?(\d+)个/g;
  for (const m of text.matchAll(threshold)) {
    const limit = Number(readAmount(`${m[2]}${m[3]}元`, null).value!.v);
    const field = /固/.test(m[1]!) ? 'amount.fixed' : 'amount.total';
    claims.push({ label: m[0].replace(/\d+个$/, ''), stated: Number(m[4]), counts: (f) => one(Number((f[field])?.v ?? 0) >= limit) });
  }
  const rest = text.replace(threshold, '');
  for (const m of rest.slice(all ? all.index + all[0].length : 0).matchAll(/([\u4e00-\u9fff]{2,8}项目)(\d+)个/g)) {
    const label = m[1]!.replace(/^其中/, '');
    claims.push({ label, stated: Number(m[2]), counts: (f) => one(f['industry.type'] === label || f['project.class'] === label) });
  }
  const visits = /(\d+)批(?:次)?[,，、]?(?:共)?(\d+)人次/.exec(text);
  if (visits) {
    claims.push({ label: '批', stated: Number(visits[1]), counts: () => 1 });
    claims.push({ label: '人次', stated: Number(visits[2]), counts: (f) => f.headcount ?? 0 });
  }
  return claims;
}

/**
 * Checks the sentence above a table against its rows as they come (SUMMARY_MISMATCH). Rows that
 * repeat an earlier one may or may not be counted in the sentence: either count is accepted.
 */
export class SummaryWatch {
  private readonly claims: Claim[];
  private readonly all: number[];
  private readonly distinct: number[];

  constructor(
    readonly row: number,
    readonly sentence: string,
  ) {
    this.claims = claimsOf(sentence);
    this.all = this.claims.map(() => 0);
    this.distinct = this.claims.map(() => 0);
  }

  get empty(): boolean {
    return this.claims.length === 0;
  }

  count(fields: RowFields, isNew: boolean, repeated: boolean): void {
    this.claims.forEach((c, i) => {
      const n = c.counts(fields, isNew);
      this.all[i]! += n;
      if (!repeated) this.distinct[i]! += n;
    });
  }

  result(): SummaryCheck {
    const stated: Record<string, number> = {};
    const found: Record<string, number> = {};
    let equal = true;
    this.claims.forEach((c, i) => {
      stated[c.label] = c.stated;
      found[c.label] = c.stated === this.distinct[i] ? this.distinct[i] : this.all[i]!;
      // A type that no row carries is a word of the sentence, not a column of the table.
      const untold = this.all[i] === 0 && /项目$/.test(c.label) && c.label !== '项目';
      if (c.stated !== found[c.label] && !untold) equal = false;
    });
    return { row: this.row, sentence: this.sentence, stated, found, equal };
  }
}

/** 12批30人次，新增2批5人次: the four numbers of a visit summary cell. */
export function readVisitCounts(text: string): { batches: number; persons: number; newBatches?: number; newPersons?: number } | null {
  const [all, fresh] = [...text.normalize('NFKC').matchAll(/(\d+)\s*批(?:次)?[,，、]?\s*(\d+)\s*人(?:次)?/g)].map((m) => [Number(m[1]), Number(m[2])] as const);
  if (!all) return null;
  return { batches: all[0], persons: all[1], ...(fresh ? { newBatches: fresh[0], newPersons: fresh[1] } : {}) };
}
