import { describe, expect, it } from '@jest/globals';
import { stageInTitle, stageOf } from '../vocabulary/stage-words.js';
import { guessAsOf } from './as-of.rules.js';
import { foldHeader, recogniseHeader } from './headers.rules.js';

const field = (...path: string[]): string | null => recogniseHeader(path, 2024).field;

describe('headers', () => {
  it('folds width, brackets and quotes, also of the wrong direction', () => {
    expect(foldHeader('所属”五谷”优势产业集群')).toBe(foldHeader('所属“五谷”优势产业集群'));
    expect(foldHeader('投资金额（亿元）')).toBe(foldHeader('投资金额(亿元)'));
  });

  it.each([
    ['项目总投资（亿元）', 'amount.total', '亿元'],
    ['项目总投资（亿美元）', 'amount.total', '亿美元'],
    ['投资总额\n（万元）', 'amount.total', '万元'],
    ['总投资额/亿元', 'amount.total', '亿元'],
    ['2024年到位内资（万元）', 'amount.arrived_year.2024', '万元'],
    ['上年到位资金（亿元）', 'amount.arrived_year.2023', '亿元'],
    ['2023年实际利用外资(万美元)', 'amount.fdi_year.2023', '万美元'],
    ['用地面积（亩）', 'land.need_mu', '亩'],
    ['厂房面积（㎡）', 'build.floor_area', '㎡'],
  ])('%s', (header, f, unit) => {
    expect(recogniseHeader([header], 2024)).toMatchObject({ field: f, unit });
  });

  it.each([
    ['对应”311X”产业链类别', 'industry.local_chain'],
    ['签约主体(洽谈主体)', 'investor.signing_party'],
    ['项目类别(内资/外资)', 'capital.nature'],
    ['计价单位（非亿元时填写）', 'amount.unit_label'],
    ['2023年复工时间', 'date.resumed.2023'],
    ['是否列入2023年开复工计划', 'flag.planned_prev'],
    ['项目负责领导', 'leader'],
    ['目前进展情况', 'progress'],
    ['对接人(企业)', 'contact.name'],
    ['项目产业类型', 'industry.type'],
    ['来访人员及职务', 'met'],
    ['扩展字段1', null],
    ['投资强度（万元/亩）', 'land.intensity'],
  ])('%s', (header, f) => {
    expect(field(header)).toBe(f);
  });

  it('needs the group for a leaf that says nothing alone', () => {
    expect(field('项目', '名称')).toBe('name');
    expect(field('投资方', '名称')).toBe('investor');
    expect(field('2023年', '到位内资（万元）')).toBe('amount.arrived_year.2023');
    expect(field('名称')).toBeNull();
  });
});

describe('stage words', () => {
  it.each([
    ['签约落位', 'landed'],
    ['拟开工', 'landed'],
    ['拟签约', 'negotiating'],
    ['已开工（建安类）', 'started'],
    ['在谈项目', 'negotiating'],
    ['已签约', 'signed'],
    ['竣工投产', 'in_production'],
    ['移出项目库', 'withdrawn'],
    ['研究中', null],
    ['其他', null],
  ])('%s', (word, stage) => {
    expect(stageOf(word)).toBe(stage);
  });

  it('finds the stage in a sheet name or title', () => {
    expect(stageInTitle('百日会战正式签约项目清单（14个）')).toBe('signed');
    expect(stageInTitle('已开工建设')).toBe('started');
    expect(stageInTitle('共上报在谈项目30个')).toBe('negotiating');
    expect(stageInTitle('项目台账2024')).toBeNull();
  });
});

describe('the day of a file', () => {
  const guess = (title: string, others: string[] = [], fileName = 'x.xlsx'): unknown => guessAsOf({ title, others, fileName });
  it('goes by 截至, then the reporting day or the period of the title, then the file name', () => {
    expect(guess('2024年项目台账', ['截至2024年6月30日   金额单位：万元'])).toEqual({ value: '2024-06-30', guessedFrom: 'title' });
    expect(guess('2024年采集表（第20周）', ['填报人：张三   填报时间：2024年5月17日'])).toEqual({ value: '2024-05-17', guessedFrom: 'reporter' });
    expect(guess('2024年签约项目统计表', ['填报时间：2025年1月6日'])).toEqual({ value: '2024-12-31', guessedFrom: 'title' });
    expect(guess('2024年上半年外出招商情况')).toEqual({ value: '2024-06-30', guessedFrom: 'title' });
    expect(guess('2024年1-5月来访台账')).toEqual({ value: '2024-05-31', guessedFrom: 'title' });
    expect(guess('项目台账', [], '项目台账20240517.xlsx')).toEqual({ value: '2024-05-17', guessedFrom: 'file name' });
    expect(guess('项目台账')).toEqual({ value: null, guessedFrom: null });
  });
});
