import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, Refusal } from '@yinfeng/platform';
import { type Extracted, extractLead, LEAD_TEXT_LIMIT, type LeadDictionary } from './lead-extraction.rules.js';
import { PhraseFinder } from './lead-text.rules.js';

interface Named { code: string; name: string; parent: string | null }

/** Words of the industry standard that say nothing by themselves. */
const EMPTY_WORDS = new Set(['其他', '服务', '加工', '设备', '产品', '制品', '材料', '用品', '零件', '配件', '及其', '专用', '通用', '相关', '管理', '活动', '技术', '工程', '机械', '器材', '装置', '系统', '综合', '社会', '专业', '日用', '生活', '公共', '业务', '建筑', '生产', '供应', '经营', '咨询', '租赁', '投资', '开发', '培训', '广告', '会议', '中心', '企业', '贸易', '办公', '工业', '服务业', '制造业', '项目']);
/** What people say where the standard has longer words (GB/T 4754 divisions and groups). */
const EVERYDAY: readonly [word: string, code: string][] = [
  ['半导体', 'C396'], ['芯片', 'C396'], ['光电', 'C3969'], ['激光', 'C3969'], ['光伏', 'C3825'], ['储能', 'C384'], ['锂电', 'C3841'], ['动力电池', 'C3841'], ['新能源汽车', 'C3610'], ['整车', 'C3610'], ['汽车零部件', 'C3660'], ['汽车配件', 'C3660'],
  ['生物医药', 'C27'], ['疫苗', 'C27'], ['创新药', 'C27'], ['医疗器械', 'C358'], ['卫星', 'C374'], ['航天', 'C374'], ['航空发动机', 'C374'], ['无人机', 'C374'], ['软件', 'I65'], ['大数据', 'I65'], ['人工智能', 'I65'], ['云计算', 'I65'],
  ['冷链', 'G59'], ['仓储', 'G59'], ['预制菜', 'C14'], ['食品加工', 'C14'], ['碳纤维', 'C28'], ['新材料', 'C30'], ['数控机床', 'C342'],
];

@Injectable()
export class LeadExtractionService {
  /** Regions and industries ship with the product: read once. */
  private standards: Promise<Omit<LeadDictionary, 'parks'>> | null = null;

  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /** The fields that a pasted text proposes. Nothing is stored and nothing is logged. @throws Refusal TOO_LONG. */
  async extract(actor: Actor, text: string): Promise<Extracted[]> {
    demand(actor, 'lead.extract');
    if (text.length > LEAD_TEXT_LIMIT) throw new Refusal('TOO_LONG', ['text'], { field: '文本', max: LEAD_TEXT_LIMIT });
    const parks = await this.db.read<{ id: string; name: string; aliases: string[] }>(actor, 'select id, name, aliases from park order by name', [], 'parks_named');
    const standards = await (this.standards ??= this.read().catch((error: unknown) => { this.standards = null; throw error; }));
    return extractLead(text, this.clock.today(), { ...standards, parks: new PhraseFinder(parks.flatMap((p) => [p.name, ...p.aliases].map((n): [string, { id: string; name: string }] => [n, p]))) });
  }

  private async read(): Promise<Omit<LeadDictionary, 'parks'>> {
    const [regions, industries] = await Promise.all([
      this.db.shared<Named & { level: 'PROVINCE' | 'CITY' }>(`select code, name, parent, level from region where level in ('PROVINCE', 'CITY') order by level desc, code`),
      this.db.shared<Named>(`select code, name, parent from industry where length(code) between 3 and 5 order by length(code), code`),
    ]);
    return { regions: regionFinder(regions), industries: industryFinder(industries) };
  }
}

const shortName = (name: string): string => name.replace(/(?:壮族|回族|维吾尔)?自治区$|特别行政区$|[省市]$/, '');

/** Provinces and cities by their full and their short names; where both have one name the province is meant. */
export function regionFinder(rows: readonly (Named & { level: 'PROVINCE' | 'CITY' })[]): LeadDictionary['regions'] {
  type Meaning = { value: string; level: 'PROVINCE' | 'CITY'; province: string; full: boolean };
  const phrases = new Map<string, Meaning>();
  const provinces = new Map<string, string>();
  const add = (phrase: string, meaning: Meaning) => { if (phrase.length >= 2 && !phrases.has(phrase)) phrases.set(phrase, meaning); };
  for (const r of rows.filter((r) => r.level === 'PROVINCE')) {
    const value = shortName(r.name);
    provinces.set(r.code, value);
    add(r.name, { value, level: 'PROVINCE', province: value, full: true });
    add(value, { value, level: 'PROVINCE', province: value, full: false });
  }
  for (const r of rows.filter((r) => r.level === 'CITY')) {
    const province = r.parent === null ? undefined : provinces.get(r.parent);
    if (!province || /^(?:市辖区|县|省直辖|自治区直辖)/.test(r.name)) continue;
    const meaning = { value: `${province}-${r.name}`, level: 'CITY' as const, province };
    add(r.name, { ...meaning, full: true });
    if (r.name.endsWith('市')) add(r.name.slice(0, -1), { ...meaning, full: false });
  }
  for (const name of ['香港', '澳门', '台湾']) add(name, { value: name, level: 'PROVINCE', province: name, full: true });
  return new PhraseFinder(phrases);
}

/** Industries by the words of their names, the widest industry that has a word first, and by what people say. */
export function industryFinder(rows: readonly Named[]): LeadDictionary['industries'] {
  const names = new Map(rows.map((r) => [r.code, r.name]));
  const phrases = new Map<string, { code: string; name: string }>();
  for (const [word, code] of EVERYDAY) if (names.has(code)) phrases.set(word, { code, name: names.get(code)! });
  for (const r of rows) {
    for (const piece of r.name.split(/[、，（）()]|及其他|和其他|及|和|与/)) {
      const word = piece.replace(/(?:制造业|制造|加工业|加工|生产|服务业|服务|批发|零售|修理|经营|业)$/, '');
      if (word.length >= 2 && word.length <= 12 && !EMPTY_WORDS.has(word) && !/^其他|^未列明/.test(word) && !phrases.has(word) && /^[A-EIGM]/.test(r.code)) phrases.set(word, { code: r.code, name: r.name });
    }
  }
  return new PhraseFinder(phrases);
}
