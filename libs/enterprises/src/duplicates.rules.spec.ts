import { describe, expect, it } from '@jest/globals';
import { compareProjects } from './duplicates.rules.js';
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
});
