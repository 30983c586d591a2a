import { describe, expect, it } from '@jest/globals';
import { compareEnterprises, compareProjects, USUAL_LIMITS } from './duplicates.rules.js';
import type { ProjectSketch } from './duplicates.rules.js';

const project = (name: string, more: Partial<ProjectSketch> = {}): ProjectSketch => ({ name, investors: ['长春曜衡光电科技有限公司'], ...more });

describe('duplicate rules (domain.md C3)', () => {
  it('L1: same code, or same folded name of one investor', () => {
    expect(compareProjects(project('甲', { code: 'A-1' }), project('乙', { code: 'A-1' }))).toMatchObject({ level: 'L1', confidence: 0.98 });
    expect(compareProjects(project('曜衡（长春）激光雷达项目'), project('曜衡(长春)激光雷达项目', { investors: ['长春曜衡光电科技 有限公司'] }))).toMatchObject({ level: 'L1', confidence: 0.95 });
    expect(compareProjects(project('曜衡激光雷达项目', { investors: ['甲公司'], usccs: ['91350200MA2YJ1XR9G'] }), project('曜衡激光雷达项目', { investors: ['乙公司'], usccs: ['91350200MA2YJ1XR9G'] }))).toMatchObject({ level: 'L1', reasons: ['SAME_NAME', 'SAME_USCC'] });
  });

  it('L2: a like name of one investor, or equal names without one', () => {
    expect(compareProjects(project('曜衡激光雷达产业化项目'), project('曜衡激光雷达产业化'))).toMatchObject({ level: 'L2' });
    expect(compareProjects(project('光电园区孵化基地', { investors: [] }), project('光电园区孵化基地', { investors: [] }))).toMatchObject({ level: 'L2', confidence: 0.72 });
    expect(compareProjects(project('光电园区孵化基地', { investors: [] }), project('光电园区孵化基地'))).toMatchObject({ level: 'L2', reasons: ['SAME_NAME', 'ONE_INVESTOR_MISSING'] });
  });

  it('mends the traps: an equal name with another investor is still shown', () => {
    expect(compareProjects(project('曜衡汽车线束基地项目'), project('曜衡汽车线束基地项目', { investors: ['某某公司'] }))).toMatchObject({ level: 'L3', reasons: ['SAME_NAME', 'OTHER_INVESTOR'] });
  });

  it('mends the traps: blank and zero amounts never match', () => {
    const blank = { investors: [], industry: '生物医药' };
    expect(compareProjects(project('红山冷链物流园', blank), project('青田检验检测中心', blank))).toBeNull();
    const zero = { ...blank, amount: { v: '0', u: '万元' } };
    expect(compareProjects(project('红山冷链物流园', zero), project('青田检验检测中心', zero))).toBeNull();
    const one = { amount: { v: '10000', u: '万元' } };
    expect(compareProjects(project('红山冷链物流园', one), project('青田检验检测中心', { amount: { v: '10900', u: '万元' } }))).toMatchObject({ level: 'L3', reasons: ['SAME_INVESTOR', 'SAME_AMOUNT'] });
    expect(compareProjects(project('红山冷链物流园', one), project('青田检验检测中心', { amount: { v: '10000', u: '万美元' } }))).toBeNull();
  });

  it('mends the traps: region, legal form and generic words do not make names alike', () => {
    const other = { investors: ['另一公司'] };
    expect(compareProjects(project('武汉光谷甲乙项目', { investors: [] }), project('武汉光谷丙丁项目', other))).toBeNull();
  });

  it('keeps phases and quantities apart', () => {
    expect(compareProjects(project('曜衡激光雷达产业园项目'), project('曜衡激光雷达产业园二期项目'))).toMatchObject({ level: 'L4', reasons: ['SIMILAR_NAME', 'SAME_INVESTOR', 'OTHER_PHASE'] });
  });

  it('L4: one investor in one unit or industry is a hint', () => {
    expect(compareProjects(project('红山冷链物流园', { unit: '招商一局' }), project('青田检验检测中心', { unit: '招商一局' }))).toMatchObject({ level: 'L4' });
    expect(compareProjects(project('红山冷链物流园', { investors: ['甲'] }), project('青田检验检测中心', { investors: ['乙'] }))).toBeNull();
  });

  it.each<[string, Partial<ProjectSketch>, Partial<ProjectSketch>, string, string[]]>([
    ['one group', { group: ['g'] }, { group: ['g'] }, 'L2', ['SIMILAR_NAME', 'SAME_PARENT']],
    ['one phone', { phones: ['13900000000'] }, { phones: ['13900000000', '1'] }, 'L2', ['SIMILAR_NAME', 'SAME_PHONE']],
    ['one parcel', { parcel: 'P1' }, { parcel: 'P1' }, 'L2', ['SIMILAR_NAME', 'SAME_PARCEL']],
    ['the company founded for it', { registered: ['新公司'] }, { investors: ['新公司'] }, 'L2', ['SIMILAR_NAME', 'SAME_REGISTERED_COMPANY']],
    ['nothing in common', {}, {}, 'L3', ['SIMILAR_NAME', 'OTHER_INVESTOR']],
  ])('a like name and %s', (_what, a, b, level, reasons) => {
    expect(compareProjects(project('曜衡激光雷达产业化项目', { investors: ['甲公司'], ...a }), project('曜衡激光雷达产业化', { investors: ['乙公司'], ...b }))).toMatchObject({ level, reasons });
  });

  it.each<[string, Partial<ProjectSketch>, string | undefined, string[] | undefined]>([
    ['one group alone', { group: ['g'] }, undefined, undefined],
    ['one group and unit', { group: ['g'], unit: 'u' }, 'L4', ['SAME_PARENT', 'SAME_UNIT']],
    ['one group and amount', { group: ['g'], amount: { v: '100', u: 'CNY' } }, 'L3', ['SAME_PARENT', 'SAME_AMOUNT']],
    ['one phone alone', { phones: ['13900000000'] }, 'L4', ['SAME_PHONE']],
    ['one phone and amount', { phones: ['13900000000'], amount: { v: '100', u: 'CNY' } }, 'L3', ['SAME_PHONE', 'SAME_AMOUNT']],
    ['one parcel alone', { parcel: 'P1' }, 'L3', ['SAME_PARCEL']],
    ['one investor and parcel', { investors: ['甲公司'], parcel: 'P1' }, 'L2', ['SAME_INVESTOR', 'SAME_PARCEL']],
    ['one investor alone', { investors: ['甲公司'] }, undefined, undefined],
  ])('other names and %s', (_what, both, level, reasons) => {
    const verdict = compareProjects(project('红山冷链物流园', { investors: [], ...both }), project('青田检验检测中心', { investors: [], ...both }));
    expect([verdict?.level, verdict?.reasons]).toEqual([level, reasons]);
  });

  it('takes the limits of the zone, each edge included', () => {
    const [a, b] = [project('红山冷链物流园', { amount: { v: '1000', u: 'CNY' } }), project('青田检验检测中心', { amount: { v: '900', u: 'CNY' } })];
    expect(compareProjects(a, b)?.reasons).toContain('SAME_AMOUNT');
    expect(compareProjects(a, b, { ...USUAL_LIMITS, amountTolerance: 0.099 })).toBeNull();
    const [x, y] = [project('曜衡激光雷达产业化项目'), project('曜衡激光雷达产业化')];
    const { score } = compareProjects(x, y)!;
    expect(compareProjects(x, y, { ...USUAL_LIMITS, strongName: score })?.level).toBe('L2');
    expect(compareProjects(x, y, { ...USUAL_LIMITS, strongName: score + 0.001 })?.level).toBe('L3');
    expect(compareProjects(a, { ...b, amount: null }, { ...USUAL_LIMITS, firmAlone: true })).toMatchObject({ level: 'L4', reasons: ['SAME_INVESTOR'] });
  });

  it('enterprises: the same name, or a like one with a tie; never two credit codes', () => {
    expect(compareEnterprises({ name: '曜衡科技有限公司' }, { name: '曜衡科技 有限公司' })).toMatchObject({ level: 'L2', confidence: 0.85, reasons: ['SAME_NAME'] });
    expect(compareEnterprises({ name: '曜衡科技有限公司', phones: ['1'] }, { name: '曜衡科技有限公司', phones: ['1'] })).toMatchObject({ confidence: 0.95, reasons: ['SAME_NAME', 'SAME_PHONE'] });
    expect(compareEnterprises({ name: '长春曜衡光电有限公司', parentId: 'p' }, { name: '曜衡光电公司', parentId: 'p' })).toMatchObject({ level: 'L3', reasons: ['SIMILAR_NAME', 'SAME_PARENT'] });
    expect(compareEnterprises({ name: '长春曜衡光电有限公司' }, { name: '曜衡光电公司' })).toBeNull();
    expect(compareEnterprises({ name: '琰禾物流公司', parentId: 'p' }, { name: '曜衡光电公司', parentId: 'p' })).toBeNull();
    expect(compareEnterprises({ name: '曜衡科技有限公司', uscc: '1' }, { name: '曜衡科技有限公司', uscc: '2' })).toBeNull();
    expect(compareEnterprises({ name: '曜衡科技有限公司', uscc: '1' }, { name: '曜衡科技有限公司' })).toMatchObject({ level: 'L2' });
  });
});
