import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { companyStem, coreName, diceSimilarity, foldName, nameSimilarity } from './company-name.rules.js';
import { compareEnterprises, compareProjects, USUAL_LIMITS, type ProjectSketch } from './duplicates.rules.js';
import { simplified } from './simplified.rules.js';

// The same cases on every machine: a failure belongs to the change that brings it.
fc.configureGlobal({ seed: 20261121 });

const part = fc.constantFrom('长春', '長春', '曜衡', '激光雷达', '雷達', '科技', '有限公司', '股份有限公司', '项目', '二期', '一期', '年产10万套', '（', '）', '(', ')', '“', ' ', '　', '-', '·', 'Ａ', 'a', 'İ', 'é', '乾', '薴', '苧', '𠮷', '%', '_', '\\');
const name = fc.oneof(fc.array(part, { minLength: 1, maxLength: 8 }).map((p) => p.join('')), fc.string({ unit: 'grapheme', maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 20 }));
const few = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 2 });
const sketch: fc.Arbitrary<ProjectSketch> = fc.record({
  name, investors: few(fc.constantFrom('曜衡公司', '曜衡（公司）', '琰禾公司')), usccs: few(fc.constantFrom('U1', 'U2')), code: fc.constantFrom(null, 'C1', 'C2'),
  amount: fc.constantFrom(null, { v: '0', u: 'CNY' }, { v: '100', u: 'CNY' }, { v: '105', u: 'CNY' }, { v: '100', u: 'USD' }), industry: fc.constantFrom(null, 'C39', 'I65'), unit: fc.constantFrom(null, 'a', 'b'),
  registered: few(fc.constantFrom('曜衡公司', '新公司')), group: few(fc.constantFrom('g', 'h')), phones: few(fc.constantFrom('13900000000', '13900000001')), parcel: fc.constantFrom(null, 'P1', 'P2'),
});

describe('what always holds of the duplicate rules', () => {
  it('folding what is folded changes nothing, and letters of both scripts fold alike', () => {
    fc.assert(fc.property(name, (n) => {
      expect(foldName(foldName(n))).toBe(foldName(n));
      expect(simplified(simplified(n))).toBe(simplified(n));
      expect(foldName(simplified(n))).toBe(foldName(n));
      expect(foldName(` ${n}（-）`)).toBe(foldName(n));
    }), { numRuns: 500 });
  });

  it('a core is part of nothing but the folded name, never empty for a name of two letters', () => {
    fc.assert(fc.property(name, (n) => {
      const folded = foldName(n);
      for (const short of [coreName(n), companyStem(n)]) {
        expect(short.length).toBeLessThanOrEqual(folded.length);
        if (folded.length >= 2) expect(short.length).toBeGreaterThanOrEqual(2);
      }
      expect(coreName(folded)).toBe(coreName(n));
    }), { numRuns: 300 });
  });

  it('similarity is the same both ways, within 0 and 1, and 1 for what folds alike', () => {
    fc.assert(fc.property(name, name, (a, b) => {
      for (const likeness of [diceSimilarity, nameSimilarity]) {
        expect(likeness(a, b)).toBe(likeness(b, a));
        expect(likeness(a, b)).toBeGreaterThanOrEqual(0);
        expect(likeness(a, b)).toBeLessThanOrEqual(1);
      }
      if (foldName(a)) expect(nameSimilarity(a, ` ${a}`)).toBe(1);
    }), { numRuns: 300 });
  });

  it('a comparison says the same of both orders, with confidence in bounds and each reason once', () => {
    fc.assert(fc.property(sketch, sketch, (a, b) => {
      const verdict = compareProjects(a, b);
      expect(compareProjects(b, a)).toEqual(verdict);
      if (!verdict) return;
      expect(verdict.confidence).toBeGreaterThanOrEqual(0.45);
      expect(verdict.confidence).toBeLessThanOrEqual(0.99);
      expect(new Set(verdict.reasons).size).toBe(verdict.reasons.length);
      if (verdict.reasons.includes('SAME_AMOUNT')) expect([a.amount!.v, b.amount!.v]).not.toContain('0');
      if (verdict.level === 'L1') expect(verdict.reasons.includes('SAME_CODE') || verdict.reasons.includes('SAME_NAME')).toBe(true);
    }), { numRuns: 800 });
  });

  it('a project with an investor is its own duplicate of the highest level', () => {
    fc.assert(fc.property(sketch, (a) => {
      if (foldName(a.name) && (a.investors.length || a.usccs!.length)) expect(compareProjects(a, a)?.level).toBe('L1');
    }), { numRuns: 500 });
  });

  it('stricter limits never find more', () => {
    const order = ['L1', 'L2', 'L3', 'L4', undefined];
    fc.assert(fc.property(sketch, sketch, (a, b) => {
      const strict = compareProjects(a, b, { ...USUAL_LIMITS, strongName: 0.95, similarName: 0.8, weakName: 0.7, amountTolerance: 0 });
      expect(order.indexOf(strict?.level)).toBeGreaterThanOrEqual(order.indexOf(compareProjects(a, b)?.level));
    }), { numRuns: 500 });
  });

  it('two credit codes are two firms', () => {
    fc.assert(fc.property(name, name, (a, b) => {
      expect(compareEnterprises({ name: a, uscc: 'U1', phones: ['1'] }, { name: b, uscc: 'U2', phones: ['1'] })).toBeNull();
      expect(compareEnterprises({ name: a }, { name: b })).toEqual(compareEnterprises({ name: b }, { name: a }));
    }));
  });
});
