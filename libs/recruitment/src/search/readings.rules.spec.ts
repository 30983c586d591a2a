import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { beginningOf, bestMatch, bySound, conditionsOf, hash, matchesButOne, piecesOf, type Reading, readings, readingsButOne, tokensOf } from './readings.rules.js';
import { type Spelled, type Speller, speller } from './spelling.js';

let spell: Speller;
beforeAll(async () => {
  spell = await speller();
});

const match = (query: string, name: string) => bestMatch(readings(spell.fold(query).folded), spell.spell(name));
const shown = (reading: Reading) => reading.map((u) => (u.kind === 'part' ? `${u.text}…` : u.text)).join(' ');

describe('a name', () => {
  it('is folded: traditional, full width, capitals, signs; polyphones as the word has them', () => {
    expect(spell.spell('長光衛星技術（ＬＧ）·二期')).toMatchObject({ folded: '长光卫星技术lg二期' });
    expect(spell.spell('重庆长安').syllables).toEqual(['chong', 'qing', 'chang', 'an']);
    expect(spell.spell('会计师事务所').syllables.slice(0, 2)).toEqual(['kuai', 'ji']);
    expect(spell.spell('绿地LG 2期').syllables).toEqual(['lv', 'di', 'l', 'g', '2', 'qi']);
    expect(spell.spell('𠮷野家')).toMatchObject({ folded: '□野家' });
  });
  it('has its words begin after signs, and with the firm\'s own name', () => {
    expect(spell.spell('长春长光卫星技术有限公司').starts).toEqual([2]);
    expect(spell.spell('一汽-大众').starts).toEqual([2]);
  });
});

describe('a query', () => {
  it.each([
    ['长光卫星技术股份有限公司', 0], ['长光', 1], ['卫星', 3], ['星', 3], ['長光衛星', 1], ['长 光', 1],
    ['changguangweixing', 1], ['chang guang', 1], ['changguangw', 1], ['changgu', 1], ['cgwx', 1], ['cg', 1], ['c', 1], ['weixing', 3], ['wx', 3], ['wxjs', 3], ['changgwx', 1],
    ['长光wx', 1], ['长guangwx', 1], ['cg卫星', 1], ['cgwei星', 1], ['CGWX', 1], ['cgwxjsgfyxgs', 0], ['weixi', 3],
  ])('%s finds 长光卫星技术股份有限公司 at rank %i', (query, rank) => {
    expect(match(query, '长光卫星技术股份有限公司')).toMatchObject({ rank });
  });
  it.each(['长卫', 'cgxw', 'guangchang', 'changx', '光长', 'x长', 'hangguang', 'gwj'])('%s does not', (query) => {
    expect(match(query, '长光卫星技术股份有限公司')).toBeNull();
  });
  it.each([['cqca', '重庆长安汽车', 1], ['cc', '长春一汽', 1], ['cc', '重庆长安', null], ['zq', '重庆长安', null], ['xian', '西安银行', 1], ['xian', '先锋电子', 1], ['lg', 'LG化学', 1], ['lghx', 'LG化学', 0], ['lvdi', '绿地控股', 1]])('%s and %s: %p', (query, name, rank) => {
    expect(match(query, name)?.rank ?? null).toBe(rank);
  });
  it('says whether it is the name as written or its pinyin', () => {
    expect(match('长光', '长光卫星')).toEqual({ rank: 1, by: 'NAME' });
    expect(match('cg', '长光卫星')).toEqual({ rank: 1, by: 'PINYIN' });
    expect(match('boe', '京东方BOE')).toEqual({ rank: 3, by: 'NAME' });
  });
  it('is read in the fewest syllables first, and at most in seven ways', () => {
    expect(readings('xian').map(shown)).toEqual(['x i a n', 'xian', 'xian…', 'xi an', 'x i a n']);
    expect(readings('changguangweixing').map(shown)[1]).toBe('chang guang wei xing');
    expect(readings('cgwx').map(shown)).toEqual(['c g w x', 'c g w x']);
    expect(readings('')).toEqual([]);
    expect(readings('a长b光c卫d星e').length).toBeLessThanOrEqual(7);
  });
  it('begins as its first two units', () => {
    expect(readings('长光wx').slice(1).map(beginningOf)).toEqual(['a长光']);
    expect(readings('cgwx').slice(1).map(beginningOf)).toEqual(['icg']);
    expect(readings('c').slice(1).map(beginningOf)).toEqual(['nc']);
    expect(readings('长w').slice(1).map(beginningOf)).toEqual(['a长']);
  });
});

describe('what is nearly right', () => {
  it.each([['长光卫行', '长光卫星技术', true], ['长光星', '长光卫星', true], ['长光卫卫星', '长光卫星', true], ['长卫光星', '长光卫星', true], ['张光卫星', '长光卫星', true], ['长光技术', '长光卫星技术', false], ['光长星卫', '长光卫星', false], ['长光卫', '卫光长', false]])('%s beside %s: %s', (query, name, near) => {
    expect(matchesButOne(query, name)).toBe(near);
  });
  it('is also what sounds alike', () => {
    expect(bestMatch([bySound(spell.spell('长江卫星'))], spell.spell('长光卫星'))).toBeNull();
    expect(bestMatch([bySound(spell.spell('常光威星'))], spell.spell('长光卫星'))).toMatchObject({ rank: 0 });
  });
  it('has what readingsButOne says', () => {
    const text = fc.string({ unit: fc.constantFrom('长', '光', '卫', '星'), minLength: 3, maxLength: 6 });
    fc.assert(fc.property(text, text, (query, name) => {
      if (!matchesButOne(query, name)) return;
      expect(readingsButOne(query).some(({ folded }) => folded.every((piece) => name.includes(piece)))).toBe(true);
    }), { numRuns: 2_000 });
  });
});

/** Whatever a query matches, the database must bring to light: all tokens it asks for and all its conditions hold. */
describe('the index', () => {
  const names = fc.string({ unit: fc.constantFrom(...'长春市光卫星重庆安西行单厂科技有限公司绿吕a2lg（ '), minLength: 2, maxLength: 14 });
  const has = (reading: Reading, name: Spelled) => {
    const tokens = tokensOf(name);
    const [folded, syllables, initials] = [name.folded, ` ${name.syllables.join(' ')} `, name.syllables.map((s) => s[0]).join('')];
    const conditions = conditionsOf(reading);
    return piecesOf(reading, 9).every((p) => tokens.has(hash(p))) && conditions.folded.every((p) => folded.includes(p)) && conditions.syllables.every((p) => syllables.includes(p)) && conditions.initials.every((p) => initials.includes(p));
  };
  it('misses no match, and says how names and their words begin', () => {
    fc.assert(fc.property(names, fc.nat(), fc.nat(), fc.array(fc.constantFrom('char', 'syllable', 'initial'), { minLength: 14, maxLength: 14 }), (text, at, length, how) => {
      const name = spell.spell(text);
      if (!name.folded) return;
      const from = at % name.folded.length;
      const to = from + 1 + (length % (name.folded.length - from));
      const query = Array.from({ length: to - from }, (_, i) => (how[i] === 'char' ? name.folded[from + i]! : how[i] === 'syllable' ? name.syllables[from + i]! : name.syllables[from + i]![0]!)).join('');
      for (const reading of readings(query)) {
        const found = bestMatch([reading], name);
        if (!found) continue;
        expect(has(reading, name)).toBe(true);
        if (found.rank <= 1) expect(tokensOf(name).has(hash(`^${beginningOf(reading)}`))).toBe(true);
        if (found.rank === 2) expect(tokensOf(name).has(hash(`|${beginningOf(reading)}`))).toBe(true);
      }
      if (how.slice(0, to - from).every((h) => h === 'char')) expect(bestMatch(readings(query), name)).not.toBeNull();
    }), { numRuns: 3_000 });
  });
});
