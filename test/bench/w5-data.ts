import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import ExcelJS from 'exceljs';

/** The 25 columns of a large ledger, as offices head them. */
export const W5_HEADERS = [
  '编号', '项目名称', '项目状态', '内外资', '产业类别', '行业代码', '产业链', '投资主体', '投资主体证照号码', '来源地', '投资金额(亿元)', '固投金额(亿元)', '协议利用外资(万美元)', '注册资本(万元)', '预计年税收（万元）',
  '项目简介', '用地面积（亩）', '承接区', '负责单位', '申报人', '首报人', '联系方式', '申报时间', '协议签订时间', '备注',
];
export type W5Value = string | number | null;

const CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const BRANDS = '翀荻弈珩璞瑜霁岱澜芃晟熠骁宸翎湛昱朔擎谦彧楷铄竑炜煜钧';
const THINGS = ['激光雷达', '车载传感器', '齿科材料', '碳纤维复材', '疫苗佐剂', '光掩模', '石墨电极', '数字孪生平台', '冷链物流园', '文体中心'];
const CITIES = ['浙江-宁波市', '四川-成都市', '广东-深圳市', '江苏-苏州市', '北京-北京市', '上海-上海市', '山东-青岛市'];
const UNITS = ['投资促进一局', '投资促进二局', '投资促进三局', '产业专班一组', '产业专班二组', '驻京联络处', '驻沪联络处', '驻深联络处', '园区服务中心', '产业专班三组'];
const STAGES = ['储备', '储备', '储备', '储备', '在谈', '在谈', '在谈', '签约', '落位', '在建', '投产', '退库'];

/** A run of numbers that is the same every time. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function creditCode(body: number): string {
  const first = `91220101MAX${String(body).padStart(6, '0')}`;
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += CHARACTERS.indexOf(first[i]!) * WEIGHTS[i]!;
  return first + CHARACTERS[(31 - (sum % 31)) % 31]!;
}

const day = (roll: (below: number) => number, year: number): string => `${year}-${String(1 + roll(12)).padStart(2, '0')}-${String(1 + roll(28)).padStart(2, '0')}`;

/** Rows of invented projects; about one in twenty shares its firm with another. */
export function* w5Rows(count: number): Generator<W5Value[]> {
  const roll = dice(20240101);
  for (let i = 1; i <= count; i++) {
    const brand = BRANDS[roll(BRANDS.length)]! + BRANDS[roll(BRANDS.length)]!;
    const thing = THINGS[roll(THINGS.length)]!;
    const stage = STAGES[roll(STAGES.length)]!;
    const firm = roll(20) === 0 ? 1 + roll(count) : i;
    const year = 2019 + roll(5);
    const signed = ['签约', '落位', '在建', '投产'].includes(stage);
    const total = (1 + roll(50_000)) / 100;
    yield [
      `W5-${year}-${String(i).padStart(6, '0')}`, `${brand}${thing}第${String(i).padStart(6, '0')}号项目`, stage, roll(30) === 0 ? '外资' : '内资', roll(2) ? '工业' : '服务业', 'C3990', thing.slice(0, 2) + '产业',
      `${CITIES[firm % CITIES.length]!.slice(-3, -1)}第${firm}号科技有限公司`, creditCode(firm), CITIES[firm % CITIES.length]!, total, Math.round(total * 60) / 100, roll(30) === 0 ? 100 + roll(5000) : null, 500 * (1 + roll(100)), roll(10_000),
      `建设${thing}生产线，分两期实施，一期先行启动。`, 10 + roll(300), `${'东西南北'[roll(4)]}片区`, UNITS[roll(UNITS.length)]!, `员工${roll(200)}`, `员工${roll(200)}`, `138****${String(roll(10_000)).padStart(4, '0')}`,
      day(roll, year), signed ? day(roll, year + 1) : null, roll(25) === 0 ? '重点调度' : null,
    ];
  }
}

/** Writes them as xlsx with shared strings, as Excel does. */
export async function writeW5(path: string, count: number): Promise<void> {
  const out = createWriteStream(path);
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: out, useSharedStrings: true });
  const sheet = book.addWorksheet('项目台账');
  sheet.addRow(W5_HEADERS).commit();
  for (const row of w5Rows(count)) sheet.addRow(row).commit();
  sheet.commit();
  await book.commit();
}

/** The same rows as lines of PostgreSQL's text format. */
export async function copyW5(target: NodeJS.WritableStream, count: number): Promise<void> {
  const line = (row: W5Value[]) => `${row.map((v) => (v === null ? '\\N' : String(v))).join('\t')}\n`;
  await pipeline(function* () {
    let chunk = '';
    for (const row of w5Rows(count)) {
      chunk += line(row);
      if (chunk.length > 1 << 16) {
        yield chunk;
        chunk = '';
      }
    }
    yield chunk;
  }, target as NodeJS.WritableStream & import('node:stream').Writable);
}
