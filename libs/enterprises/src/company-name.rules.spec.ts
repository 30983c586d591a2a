import { describe, expect, it } from '@jest/globals';
import { companyStem, coreName, diceSimilarity, distinguishingMarks, foldName, looksLikeCompany, nameSimilarity } from './company-name.rules.js';

describe('company and project names', () => {
  it('folds width, case, spaces, brackets, quotes and dashes', () => {
    expect(foldName('元启穹顶科技(武汉)有限公司')).toBe(foldName('元启穹顶科技（武汉）有限公司'));
    expect(foldName('“宥翊康复机器人产业化”项目')).toBe('宥翊康复机器人产业化项目');
    expect(foldName('荻澈年产5-00吨　特种橡胶项目')).toBe('荻澈年产500吨特种橡胶项目');
    expect(foldName('ＡＢＣ Co.')).toBe('abcco.');
    expect(foldName('長春新區元啟科技（武漢）有限公司')).toBe('长春新区元启科技武汉有限公司');
    expect(foldName('薴')).toBe('苎');
    expect(coreName('長春曜衡光電科技有限公司')).toBe(coreName('长春曜衡光电科技有限公司'));
  });

  it('finds what makes a name its own', () => {
    expect(coreName('武汉光谷智造科技有限公司')).toBe('智造');
    expect(coreName('苏州瑞盈半导体有限公司')).toBe('瑞盈半导体');
    expect(coreName('长春国际产业园项目').length).toBeGreaterThanOrEqual(2);
    expect(companyStem('天津骁舜食品有限公司')).toBe(companyStem('天津骁舜食品'));
  });

  it('is not taken in by region, legal form and generic words', () => {
    expect(diceSimilarity(foldName('武汉光谷甲乙项目'), foldName('武汉光谷丙丁项目'))).toBeGreaterThan(0.4);
    expect(nameSimilarity('武汉光谷甲乙项目', '武汉光谷丙丁项目')).toBe(0);
    expect(nameSimilarity('琰禾激光雷达产业化项目', '琰禾激光雷达产业化')).toBeGreaterThanOrEqual(0.85);
  });

  it('keeps phases and quantities apart', () => {
    expect(distinguishingMarks('甲乙产业园二期项目')).not.toBe(distinguishingMarks('甲乙产业园项目'));
    expect(distinguishingMarks('甲乙产业园一期项目')).toBe(distinguishingMarks('甲乙产业园项目'));
    expect(distinguishingMarks('年产10万套线束项目')).not.toBe(distinguishingMarks('年产20万套线束项目'));
  });

  it('knows a company by its form', () => {
    expect(looksLikeCompany('吉林志成装备制造有限公司（示例）')).toBe(true);
    expect(looksLikeCompany('周总')).toBe(false);
  });
});
