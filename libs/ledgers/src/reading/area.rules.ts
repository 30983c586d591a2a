import { halfWidth, isEmptyToken, plainNumber, shiftDecimal } from '@yinfeng/platform';
import type { AreaValue, LandNeedValue } from './ledger-reading.js';

export type AreaClass = 'EMPTY_TOKEN' | 'AREA_CELL_UNIT' | 'AREA_APPROX' | 'AREA_UNREADABLE';

const AREA = /(\d[\d,]*(?:\.\d+)?)(?:\s*[-~—–至到]\s*(\d[\d,]*(?:\.\d+)?))?\s*(余|多)?\s*(万)?\s*(亩|公顷|平方公里|平方千米|平方米|平米|㎡|m2|m²|平方|平|坪)?/i;
const APPROX = /约|大约|近|左右|上下/;

function toUnit(number: string, myriad: boolean, unit: string): { v: string; u: '亩' | '㎡' } | null {
  const places = myriad ? 4 : 0;
  if (unit === '亩') return { v: shiftDecimal(number, places), u: '亩' };
  if (unit === '公顷') return { v: shiftDecimal(number, places + 4), u: '㎡' };
  if (unit === '平方公里' || unit === '平方千米') return { v: shiftDecimal(number, places + 6), u: '㎡' };
  if (unit === '万㎡') return { v: shiftDecimal(number, 4), u: '㎡' };
  return { v: shiftDecimal(number, places), u: '㎡' };
}

/**
 * Reads an area: 145亩, 约10.6万平方米, 14000. Units are 亩 and ㎡ and are never converted into each
 * other. `fallback` is the unit outside the cell (header, or by what 用地情况 speaks of).
 */
export function readArea(raw: string | number, fallback: string | null): { value: AreaValue | null; classes: AreaClass[] } {
  if (typeof raw === 'number') return { value: outside(plainNumber(raw), fallback), classes: [] };
  const text = halfWidth(raw).trim();
  if (!text) return { value: null, classes: [] };
  if (isEmptyToken(text)) return { value: null, classes: ['EMPTY_TOKEN'] };
  const m = AREA.exec(text);
  if (!m) return { value: null, classes: ['AREA_UNREADABLE'] };
  const classes: AreaClass[] = [];
  const number = m[1]!.replace(/,/g, '');
  const own = m[5];
  const value: AreaValue | null = own ? toUnit(number, Boolean(m[4]), own) : outside(m[4] ? shiftDecimal(number, 4) : number, fallback);
  if (!value) return { value: null, classes: ['AREA_UNREADABLE'] };
  if (own) classes.push('AREA_CELL_UNIT');
  if (m[2]) value.hi = own ? toUnit(m[2].replace(/,/g, ''), Boolean(m[4]), own)!.v : m[2].replace(/,/g, '');
  if (APPROX.test(text)) {
    value.approx = true;
    classes.push('AREA_APPROX');
  }
  if (m[3] || /超|逾|以上|不低于|不少于/.test(text)) value.bound = '>=';
  return { value, classes };
}

function outside(number: string, unit: string | null): AreaValue {
  if (!unit) return { v: shiftDecimal(number, 0), u: '' };
  return toUnit(number, false, unit)!;
}

/** 亩 when 用地情况 speaks of land, ㎡ when it speaks of buildings (ledgers README §4). */
export function areaUnitOf(situation: string | undefined): '亩' | '㎡' | null {
  if (!situation) return null;
  if (/房|楼|厂房|办公|写字|租赁|孵化|载体/.test(situation) && !/租赁土地|土地租赁|用地/.test(situation)) return '㎡';
  return /地|征|出让|划拨|挂牌/.test(situation) ? '亩' : null;
}

const LAND_KINDS: readonly [RegExp, string][] = [
  [/待定|未定|待明确|不详|待选址/, '待定'],
  [/新征|新供|征地|新增/, '新征'],
  [/存量/, '存量'],
  [/租赁|租用|承租|租/, '租赁'],
  [/购买|购置|回购/, '购买'],
  [/自有|现有|既有/, '现有'],
  [/出让|招拍挂|挂牌/, '出让'],
  [/不需|无需|不用地|零地/, '不需'],
];

/** 需用土地: a kind of supply and an area in one cell (62亩, 新征12亩, 租赁厂房3400平方米, 存量厂房, 待定). */
export function readLandNeed(raw: string | number, fallback: string | null): { value: LandNeedValue | null; classes: AreaClass[] } {
  if (typeof raw === 'number') return { value: { kind: null, ...outside(plainNumber(raw), fallback ?? '亩') }, classes: [] };
  const text = halfWidth(raw).trim();
  if (!text) return { value: null, classes: [] };
  if (isEmptyToken(text)) return { value: null, classes: ['EMPTY_TOKEN'] };
  const kind = LAND_KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? null;
  const area = /\d/.test(text) ? readArea(text, fallback ?? (kind === '租赁' || kind === '购买' ? '㎡' : '亩')) : { value: null, classes: [] };
  if (area.value) return { value: { kind, ...area.value }, classes: [] };
  return kind ? { value: { kind }, classes: [] } : { value: null, classes: ['AREA_UNREADABLE'] };
}
