import { describe, expect, it } from '@jest/globals';
import { foldName } from '@yinfeng/enterprises';
import type { Cell, SheetRow, Workbook } from '../files/workbook.js';
import type { LedgerReading, LedgerRow } from './ledger-reading.js';
import { readCount } from './people.rules.js';
import { readLedger } from './read-ledger.js';
import { readVisitCounts } from './summary.rules.js';

/** Every way of writing a value that was observed (messy values of the ledgers), read through a whole sheet. */

const cell = (value: string | number | null): Cell | undefined =>
  value === null ? undefined : typeof value === 'number' ? { text: String(value), number: value, kind: 'number', dateFormat: false } : { text: value, number: null, kind: 'text', dateFormat: false };

const rowOf = (row: number, values: (string | number | null)[]): SheetRow => ({ row, cells: values.map(cell) });

function workbook(rows: (string | number | null)[][], more: Partial<Workbook['sheets'][number]> = {}): Workbook {
  return {
    format: 'xlsx',
    date1904: false,
    notices: [],
    sheets: [{ name: '项目', hidden: false, hiddenColumns: [], merges: [], rows: rows.map((r, i) => rowOf(i + 1, r)).filter((r) => r.cells.some(Boolean)), ...more }],
  };
}

function read(rows: (string | number | null)[][], more: Partial<Workbook['sheets'][number]> = {}): LedgerReading {
  return readLedger(workbook(rows, more), { fileName: '台账.xlsx', asOf: '2023-06-30' });
}

function one(header: string, value: string | number, others: Record<string, string | number> = {}): LedgerRow {
  const names = Object.keys(others);
  const rows = [
    ['序号', '项目名称', '投资方', header, ...names],
    [1, '甲乙激光雷达项目', others['投资方'] ?? null, value, ...Object.values(others)],
  ];
  return read(rows).rows[0]!;
}

const classes = (row: LedgerRow): string[] => row.warnings.map((w) => w.class).sort();

describe('amounts', () => {
  it.each([
    ['约23.4亿元', '234000', 'AMOUNT_APPROX AMOUNT_CELL_UNIT'],
    ['超百亿元', '1000000', 'AMOUNT_CELL_UNIT AMOUNT_CHINESE_NUMERAL AMOUNT_LOWER_BOUND'],
    ['1080亿', '10800000', 'AMOUNT_CELL_UNIT'],
    ['2615万美元', '2615', 'AMOUNT_CELL_UNIT'],
    ['300亿元人民币', '3000000', 'AMOUNT_CELL_UNIT'],
    ['1005136万元', '1005136', 'AMOUNT_CELL_UNIT'],
    ['拟投资1.5亿美元', '15000', 'AMOUNT_CELL_UNIT'],
    ['6000-8000万', '6000', 'AMOUNT_CELL_UNIT AMOUNT_RANGE'],
    ['３.５亿', '35000', 'AMOUNT_CELL_UNIT'],
    ['1,200万元', '1200', 'AMOUNT_CELL_UNIT'],
    ['三亿元', '30000', 'AMOUNT_CELL_UNIT AMOUNT_CHINESE_NUMERAL'],
    ['5000万以上', '5000', 'AMOUNT_CELL_UNIT AMOUNT_LOWER_BOUND'],
    ['1.2 亿 （含一期0.5亿）', '12000', 'AMOUNT_CELL_UNIT AMOUNT_NOTE'],
    ['-', undefined, 'EMPTY_TOKEN'],
    ['/', undefined, 'EMPTY_TOKEN'],
    ['待定', undefined, 'AMOUNT_UNDECIDED'],
  ])('%s', (text, v, found) => {
    const row = one('投资金额（亿元）', text);
    expect(row.fields['amount.total']?.v).toBe(v);
    expect(classes(row).join(' ')).toBe(found);
  });

  it('marks an order of magnitude, and placeholders typed to satisfy a form', () => {
    expect(one('预计年产值(亿元)', '百亿产值').fields['output.year']).toEqual({ v: '1000000', u: '万元', magnitude: true });
    expect(one('固投金额(亿元)', 0.0001)).toMatchObject({ fields: { 'amount.fixed': { v: '1', u: '万元', placeholder: true } } });
    expect(one('备案证金额(亿元)', 0.00001)).toMatchObject({ fields: { 'amount.filing': { v: '0.1', u: '万元', placeholder: true } } });
  });

  it('shows contradictions between cells and with the text', () => {
    expect(classes(one('投资金额（亿元）', 5, { '备案证金额(亿元)': 12 }))).toEqual(['AMOUNT_FILING_GT_TOTAL']);
    expect(classes(one('投资金额（亿元）', 5, { 项目简介: '总投资5亿元，其中固投3亿元、研发1亿元、其他2亿元。' }))).toEqual(['AMOUNT_PARTS_MISMATCH']);
    expect(classes(one('投资金额（亿元）', 5, { 项目简介: '总投资5亿元，其中固投3亿元、研发1亿元、其他1亿元。' }))).toEqual([]);
    expect(classes(one('预计年税收(亿元)', 0.1, { 项目简介: '达产后年纳税1.3亿元。' }))).toEqual(['AMOUNT_TEXT_CONFLICT']);
    expect(classes(one('投资金额（亿元）', 5, { 项目简介: '项目总投资5亿元，建设厂房。' }))).toEqual([]);
  });

  it('settles one capital in two units', () => {
    const conflict = one('注册资本(亿元)', 1, { '注册资本(万元)': 0 });
    expect(conflict.fields['capital.registered']).toEqual({ v: '10000', u: '万元' });
    expect(conflict.warnings.map((w) => [w.column, w.class])).toEqual([['D', 'AMOUNT_UNIT_CONFLICT']]);
    expect(classes(one('注册资本(亿元)', 1, { '注册资本(万元)': 10000 }))).toEqual([]);
  });

  it('turns away negative totals and totals beyond belief', () => {
    expect(one('投资金额（亿元）', -0.97).reject).toEqual({ reason: 'AMOUNT_NEGATIVE' });
    expect(one('投资金额（亿元）', 23688).reject).toEqual({ reason: 'AMOUNT_UNIT_SUSPECT' });
  });

  it('goes by the unit column before the header', () => {
    expect(one('投资金额（亿元）', 2150, { '计价单位（非亿元时填写）': '万美元' }).fields['amount.total']).toEqual({ v: '2150', u: '万美元' });
  });
});

describe('areas and dates', () => {
  it.each([
    ['145亩', { v: '145', u: '亩' }],
    ['约10.6万平方米', { v: '106000', u: '㎡', approx: true }],
  ])('%s', (text, value) => {
    expect(one('用地/办公面积', text).fields['land.area_ambiguous']).toEqual(value);
  });

  it('takes the unit of an area from what 用地情况 speaks of', () => {
    expect(one('用地/办公面积', 30, { 用地情况: '工业用地出让' }).fields['land.area_ambiguous']).toEqual({ v: '30', u: '亩' });
    expect(one('用地/办公面积', 14000, { 用地情况: '购买办公用房' }).fields['land.area_ambiguous']).toEqual({ v: '14000', u: '㎡' });
  });

  it('reads 需用土地 as a kind and an area', () => {
    const need = (text: string): unknown => one('需用土地', text).fields['land.need'];
    expect(need('62亩')).toEqual({ kind: null, v: '62', u: '亩' });
    expect(need('新征12亩')).toEqual({ kind: '新征', v: '12', u: '亩' });
    expect(need('租赁厂房3400平方米')).toEqual({ kind: '租赁', v: '3400', u: '㎡' });
    expect(need('存量厂房')).toEqual({ kind: '存量' });
    expect(need('待定')).toEqual({ kind: '待定' });
  });

  it.each([
    [46082.87877314815, '2026-03-01T21:05:26'],
    [45182, '2023-09-13'],
    ['2026-05-08', '2026-05-08'],
    ['2024年5月', '2024-05'],
    ['预计2024年4月竣工投产', '2024-04'],
    ['今年年底', '2023'],
    ['5月31日', '2023-05-31'],
    ['2024.5.1', '2024-05-01'],
    ['20240501', '2024-05-01'],
    ['2024/5/1', '2024-05-01'],
  ])('date %s', (raw, iso) => {
    expect(one('预计竣工时间', raw).fields['date.plan_finish']).toBe(iso);
  });

  it('shows an agreement later than its approval, and events after the day of the file', () => {
    const row = one('协议签订时间', '2026-06-30', { 签约审核通过时间: '2026-04-27' });
    expect(row.warnings.map((w) => w.column + w.class).sort()).toEqual(['DDATE_FUTURE', 'DDATE_ORDER', 'EDATE_FUTURE']);
  });
});

describe('people, phones, names and codes', () => {
  it.each([
    ['02700001234', ['02700001234'], 'PHONE_FORMAT'],
    ['0431-0000-1000', ['043100001000'], ''],
    ['138-0000-2757', ['13800002757'], ''],
    ['138****0001', ['138****0001'], ''],
    ['+86 159-0000-2078', ['15900002078'], 'PHONE_FORMAT'],
    ['１８７００００９３０６', ['18700009306'], 'PHONE_FORMAT'],
    ['1360000091', ['1360000091'], 'PHONE_INVALID'],
    ['188-0000-0668、188****0912', ['18800000668', '188****0912'], 'PHONE_MULTI'],
  ])('phone %s', (text, phones, found) => {
    const row = one('联系方式', text);
    expect(row.fields['contact.phone']).toEqual(phones);
    expect(classes(row).join(' ')).toBe(found);
  });

  it.each([
    ['周总', [{ name: '周总', partial: true }], 'CONTACT_NO_FULL_NAME'],
    ['韩××（中科××副总裁）', [{ name: '韩××', title: '中科××副总裁' }], 'CONTACT_TITLE_SPLIT'],
    ['  顾××', [{ name: '顾××' }], ''],
    ['姚伟强、戴宏旭', [{ name: '姚伟强' }, { name: '戴宏旭' }], 'CONTACT_MULTI'],
    ['贝宏17600001736', [{ name: '贝宏', phone: '17600001736' }], 'CONTACT_PHONE_SPLIT'],
    ['颜䶮', [{ name: '颜䶮' }], ''],
  ])('contact %s', (text, people, found) => {
    const row = one('联系人', text);
    expect(row.fields['contact.name']).toEqual(people);
    expect(classes(row).join(' ')).toBe(found);
  });

  it('splits 区-姓名-电话 in the leader column', () => {
    expect(one('区级责任领导', '东湖高新区-周××-156××××5959').fields.leader).toEqual({ unit: '东湖高新区', name: '周××', phone: '156****5959' });
  });

  it('empties a contact that is the company, and knows a company in other brackets', () => {
    const equal = read([
      ['项目名称', '投资方', '联系人'],
      ['甲乙项目', '长春曜衡光电科技有限公司', '长春曜衡光电科技有限公司'],
    ]).rows[0]!;
    expect([equal.fields['contact.name'], classes(equal)]).toEqual([undefined, ['CONTACT_EQUALS_COMPANY']]);
    const spelled = read([
      ['项目名称', '投资主体', '签约主体(洽谈主体)'],
      ['甲乙项目', '元启穹顶科技（武汉）有限公司', '元启穹顶科技(武汉)有限公司'],
    ]).rows[0]!;
    expect(classes(spelled)).toEqual(['COMPANY_SPELLING']);
    expect(foldName(spelled.fields.investor![0]!)).toBe(foldName(spelled.fields['investor.signing_party']![0]!));
  });

  it.each([
    ['苏州外延世电子材料有限公司 ', ['苏州外延世电子材料有限公司'], 'TEXT_SPACES'],
    ['湖北黄梅甲有限公司；湖北通山乙有限公司', ['湖北黄梅甲有限公司', '湖北通山乙有限公司'], 'INVESTOR_MULTI'],
    ['合肥甲有限公司、武汉乙有限公司', ['合肥甲有限公司', '武汉乙有限公司'], 'INVESTOR_MULTI'],
  ])('investor %s', (text, investors, found) => {
    const row = read([['项目名称', '投资方', '备注'], ['甲乙项目', text, null]]).rows[0]!;
    expect(row.fields.investor).toEqual(investors);
    expect(classes(row).join(' ')).toBe(found);
  });

  it.each([
    ['91421127MAC0EMK10T；91422326MAC84HWAXK', 2, 'USCC_MULTI'],
    ['91310000MACJ60U932、91420100MAEEMRUQ29', 2, 'USCC_MULTI'],
    ['91350203M0001QAY9B', 1, 'USCC_CHECK'],
    ['91220101123999824F', 1, 'USCC_CHECK'],
  ])('code %s', (text, count, found) => {
    const row = one('投资主体证照号码', text);
    expect(row.fields['investor.uscc']).toHaveLength(count);
    expect(classes(row).join(' ')).toBe(found);
  });

  it('reads lists, JSON remarks, odd words and broken conversions', () => {
    expect(one('企业类别', '湖北籍企业家,武汉校友').fields['investor.class']).toEqual(['湖北籍企业家', '武汉校友']);
    expect(one('备注', '{"text":"企业要求保密","list":[]}').fields.remark).toBe('企业要求保密');
    expect(one('对应“965”产业链类别', '教字经济').fields['industry.local_chain']).toBe('教字经济');
    expect(one('项目建设地址', '長春新區(qū)北湖大路1号').fields.site).toBe('长春新区北湖大路1号');
    expect(one('项目建设地址', '长(zhǎng)春新区北湖大路2号').fields.site).toBe('长春新区北湖大路2号');
    expect(one('项目建设地址', '?苯鹳愃帢I(yè)').warnings).toMatchObject([{ class: 'TEXT_ENCODING', note: '原字已损坏，无法恢复' }]);
  });
});

describe('counts', () => {
  it('reads counts in words and visit summaries', () => {
    expect([readCount('70余次'), readCount('240个以上'), readCount('一行5人'), readCount('一行三人'), readCount(4)]).toEqual([70, 240, 5, 3, 4]);
    expect(readVisitCounts('12批30人次，新增2批5人次')).toEqual({ batches: 12, persons: 30, newBatches: 2, newPersons: 5 });
  });
});

describe('layouts', () => {
  it('finds the header under title, summary and reporter, and drops footers', () => {
    const wide = (text: string): (string | null)[] => [text, ...Array.from({ length: 4 }, () => null)];
    const reading = read(
      [
        wide('2023年驻点招商项目信息采集表'),
        wide('共上报在谈项目2个（新增1个），（其中产业项目2个'),
        wide('所属片组：华东组  填报人：张三  联系电话：0571-0000-0000  填报时间：2023年6月30日  金额单位：亿元'),
        ['序号', '项目名称', '投资方', '固定资产投资', '产业类型'],
        [1, '甲项目', '甲公司', 1.5, '产业项目'],
        [null, '小计', null, 1.5, null],
        ['序号', '项目名称', '投资方', '固定资产投资', '产业类型'],
        ['一、新增项目', null, null, null, null],
        [2, '乙项目', null, '约2亿元', '产业项目'],
        [3, null, null, null, null],
        ['合 计', null, null, 3.5, null],
        wide('1.此表由组长审核后上报。'),
        wide('2.联系电话：0571-0000-0001'),
      ],
      { merges: [1, 2, 3].map((r) => ({ top: r, left: 1, bottom: r, right: 5 })) },
    );
    expect(reading.sheets[0]).toMatchObject({ headerRows: [4], unit: '亿元', department: '华东组', stage: 'negotiating' });
    expect(reading.sheets[0]!.skippedRows.map((s) => s.kind)).toEqual(['title', 'summary', 'reporter', 'subtotal', 'header repeated', 'section', 'serial number only', 'total', 'footer', 'footer']);
    expect(reading.rows.map((r) => [r.fields.name, r.fields['amount.fixed']!.v, r.fields.status, r.isNew])).toEqual([
      ['甲项目', '15000', 'negotiating', false],
      ['乙项目', '20000', 'negotiating', true],
    ]);
    expect(reading.fileWarnings).toEqual([]);
  });

  it('joins headers of two and three rows', () => {
    const reading = read(
      [
        ['序号', '项目', null, '投资情况（万元）', null],
        [null, '名称', '所处阶段', '总投资', '2023年'],
        [null, null, null, null, '到位内资'],
        [1, '甲项目', '在谈', 5000, 100],
      ],
      {
        merges: [
          { top: 1, left: 1, bottom: 3, right: 1 },
          { top: 1, left: 2, bottom: 1, right: 3 },
          { top: 1, left: 4, bottom: 1, right: 5 },
          { top: 2, left: 2, bottom: 3, right: 2 },
          { top: 2, left: 3, bottom: 3, right: 3 },
          { top: 2, left: 4, bottom: 3, right: 4 },
        ],
      },
    );
    expect(reading.sheets[0]!.headerRows).toEqual([1, 2, 3]);
    expect(reading.sheets[0]!.columns.map((c) => [c.path.join('/'), c.field, c.unit])).toEqual([
      ['序号', 'seq', undefined],
      ['项目/名称', 'name', undefined],
      ['项目/所处阶段', 'status', undefined],
      ['投资情况（万元）/总投资', 'amount.total', '万元'],
      ['投资情况（万元）/2023年/到位内资', 'amount.arrived_year.2023', '万元'],
    ]);
    expect(reading.rows[0]!.fields).toMatchObject({ name: '甲项目', status: 'negotiating', 'amount.total': { v: '5000', u: '万元' } });
  });

  it('applies merged investors to every row they span, and never a merged amount', () => {
    const reading = read(
      [
        ['项目名称', '投资方', '总投资（万元）'],
        ['甲项目', '甲公司', 100],
        ['乙项目', null, null],
        ['丙项目', '丙公司', 300],
      ],
      {
        merges: [
          { top: 2, left: 2, bottom: 3, right: 2 },
          { top: 2, left: 3, bottom: 3, right: 3 },
        ],
      },
    );
    expect(reading.rows.map((r) => [r.fields.investor?.[0], r.fields['amount.total']?.v])).toEqual([
      ['甲公司', '100'],
      ['甲公司', undefined],
      ['丙公司', '300'],
    ]);
  });

  it('asks for a unit where none is written', () => {
    const reading = read([
      ['项目名称', '投资方', '总投资'],
      ['甲项目', '甲公司', 100],
    ]);
    expect(reading.needsAnswer).toMatchObject([{ kind: 'AMOUNT_UNIT_MISSING', columns: ['C'] }]);
    expect(reading.rows[0]!.extra).toEqual({ 总投资: '100' });
  });
});
