import { describe, expect, it } from '@jest/globals';
import { alike, GONE, hangTogether, type KnownContact, namePattern, NOTHING, onePerson, phonePattern, plainReplacement, strongPattern, tellingNames } from './person.rules.js';

const finds = (pattern: string, text: string) => new RegExp(pattern, 'i').exec(text)?.[0] ?? null;
const contact = (more: Partial<KnownContact>): KnownContact => ({ id: 'x', name: null, title: null, department: null, language: null, phones: [], wechat: null, emails: [], note: null, basis: null, source: null, collected_on: '2026-06-15', project_id: null, enterprise_id: null, erased: false, ...more });

describe('phones', () => {
  it.each([['13912346789', '13912346789'], ['电话139-1234-6789。', '139-1234-6789'], ['+86 139 1234 6789', '+86 139 1234 6789'], ['0086-13912346789', '0086-13912346789'], ['１３９１２３４６７８９', '１３９１２３４６７８９'], ['(139)12346789', '(139)12346789'], ['013912346789', '013912346789'],
    ['T13912346789', '13912346789'], ['139123467890', null], ['2313912346789', null], ['13912346780', null], ['139****6789', null]])('%s holds %s', (text, held) => expect(finds(phonePattern('139 1234 6789'), text)).toBe(held));
  it('with the area code', () => {
    expect(finds(phonePattern('0431-85123456'), '0431 8512-3456')).toBe('0431 8512-3456');
    expect(finds(phonePattern('0431-85123456'), '（0431）85123456')).toBe('（0431）85123456');
  });
});
it('accounts count as whole words only, short ones not at all', () => {
  expect(finds(strongPattern([], ['zhou@example.cn']), '<ZHOU@example.cn>')).toBe('ZHOU@example.cn');
  expect(finds(strongPattern([], ['zhoujg']), 'zhoujgx')).toBeNull();
  expect(strongPattern(['12'], ['zhou'])).toBe(NOTHING);
});

describe('names', () => {
  it.each([['周建国来电', '周建国'], ['周建国栋来电', null], ['大周建国', null], ['John Smith', null]])('in %s: %s', (text, held) => expect(finds(namePattern(['周建国', 'Smit'], ['周建国栋', '大周建国']), text)).toBe(held));
  it('none match nothing', () => expect(namePattern([], [])).toBe(NOTHING));
  it('are doubtful where somebody else bears them', () => {
    expect(tellingNames(['周建国', '周总', '周', GONE, '周建国 '], [])).toEqual({ sure: ['周建国', '周总'], doubtful: [] });
    expect(tellingNames(['周建国', '周总'], ['周建国'])).toEqual({ sure: [], doubtful: ['周建国', '周总'] });
    expect(tellingNames(['周建国', '周总'], ['周明'])).toEqual({ sure: ['周建国'], doubtful: ['周总'] });
  });
  it.each([['周建国', '周建国', true], ['周总', '周建国', true], [null, '吴明', true], ['周建国', '吴明', false]])('%s and %s may be one: %s', (a, b, may) => expect(alike(a, b)).toBe(may));
  it('one person has one full name', () => {
    expect(onePerson([{ name: '周总' }, { name: '周建国' }, { name: null }])).toBe(true);
    expect(onePerson([{ name: '周总' }, { name: '周建国' }, { name: '周明' }])).toBe(false);
  });
});
it('contacts of one name hang together by a phone, an enterprise or a project, through each other', () => {
  const all = [contact({ phones: ['13912346789'] }), contact({ phones: ['+86 139-1234-6789'], enterprise_id: 'e' }), contact({ enterprise_id: 'e', project_id: 'p' }), contact({ project_id: 'p' })];
  expect(hangTogether(all)).toBe(true);
  expect(hangTogether([...all, contact({})])).toBe(false);
  expect(hangTogether([])).toBe(true);
});
it('a replacement stands for itself', () => expect(plainReplacement(String.raw`a\1`)).toBe(String.raw`a\\1`));
