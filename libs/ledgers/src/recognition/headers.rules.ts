import { amountUnitOf } from '@yinfeng/platform';
import { diceSimilarity } from '@yinfeng/enterprises';
import { HEADER_VARIANTS } from '../vocabulary/header-variants.js';

/** What a header is taken for. `confidence` 1: known spelling; 0.9: by pattern; lower: near-match; 0: not recognised. */
export interface HeaderMatch {
  field: string | null;
  unit?: string;
  confidence: number;
}

/** Folds width, case, spaces and quotes (also those of the wrong direction) of a header; brackets become half width. */
export function foldHeader(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\u200b-\u200f\ufeff"“”„‘’'「」『』*]/g, '')
    .replace(/[【［〔]/g, '(')
    .replace(/[】］〕]/g, ')')
    .replace(/[：]/g, ':');
}

const AREA_UNITS: Record<string, string> = { 亩: '亩', 平方米: '㎡', 平米: '㎡', m2: '㎡', 'm²': '㎡', 万平方米: '万㎡', 公顷: '公顷', 平方公里: '平方公里' };

/** The unit a text names: of money in its usual spelling, or of area; null where it is no unit. */
export function unitNamed(text: string): string | null {
  const t = text.normalize('NFKC').replace(/\s/g, '').replace(/^(?:金额|面积|币种)?单位[:：]?|^默认/, '').toLowerCase();
  if (t in AREA_UNITS) return AREA_UNITS[t]!;
  const unit = amountUnitOf(t);
  if (!unit) return null;
  if (/^(?:人民币|rmb|cny|usd|美元|美金)$/.test(t)) return null;
  const scale = unit.places === 4 ? '亿' : unit.places === 0 ? '万' : unit.places === -4 ? '' : t.replace(/[元美欧港日人民币英镑金].*$/, '');
  const money = unit.money && unit.money !== '万元' ? unit.money.slice(1) : '元';
  return scale + money;
}

const BY_SPELLING = new Map<string, string>();
for (const [field, spellings] of Object.entries(HEADER_VARIANTS))
  for (const spelling of spellings) {
    const folded = foldHeader(spelling);
    BY_SPELLING.set(folded, field);
    const bare = withoutUnit(folded).text;
    if (!BY_SPELLING.has(bare)) BY_SPELLING.set(bare, field);
  }

function withoutUnit(folded: string): { text: string; unit?: string } {
  let unit: string | undefined;
  const text = folded.replace(/\(([^()]*)\)/g, (all, inside: string) => {
    const named = unitNamed(inside);
    if (!named) return all;
    unit ??= named;
    return '';
  });
  if (unit) return { text: text.replace(/[:/,，]$/, ''), unit };
  const tail = /^(.{2,}?)[:/,，]?(亿元|万元|亿美元|万美元|亩|平方米|㎡)$/.exec(text);
  if (tail && !/[/]$/.test(tail[1]!)) return { text: tail[1]!, unit: unitNamed(tail[2]!)! };
  return { text };
}

const DATE_WORD = '(?:时间|日期|年月|节点)?';
/** Shapes of headers, tried in order after the known spellings. Names of the year go into the field. */
const PATTERNS: readonly [RegExp, string | ((m: RegExpExecArray, year: number | null) => string | null)][] = [
  [/^(?:(20\d\d)年?度?|(当年|本年度?|今年)|(上年度?|去年)).*(?:利用|使用|到位|实到).*外资/, (m, y) => yearField('amount.fdi_year', m, y)],
  [/^(?:(20\d\d)年?度?|(当年|本年度?|今年)|(上年度?|去年)).*(?:到位|到资|实到)/, (m, y) => yearField('amount.arrived_year', m, y)],
  [/^(?:(20\d\d)年?度?|(当年|本年度?|今年)|(上年度?|去年)).*复工.*(?:时间|日期)/, (m, y) => yearField('date.resumed', m, y)],
  [/^(?:是否)?列入.*开(?:复)?工计划/, 'flag.planned_prev'],
  [/^是否.*人才/, 'flag.talent'],
  [/^(?!.*(?:二级|次要|是否)).*产业链(?:类别|名称|方向)?$/, 'industry.local_chain'],
  [/^是否/, () => null],
  [new RegExp(`^(?:计划|预计|拟|预期)(?:开工|动工)${DATE_WORD}$`), 'date.plan_start'],
  [new RegExp(`^(?:计划|预计|拟|预期)(?:竣工|投产|建成|完工|投用)[/、]?(?:竣工|投产)?${DATE_WORD}$`), 'date.plan_finish'],
  [/^(?:计划|预计|拟|预期)签约(?:时间|日期)$/, 'date.plan_sign'],
  [/签约.*(?:审核|认定|通过|统计).*(?:时间|日期)/, 'date.sign_approved'],
  [/(?:落地|落位|落户).*(?:审核|认定|通过).*(?:时间|日期)/, 'date.land_approved'],
  [/^(?:实际)?(?:竣工|投产|建成)[/、和]?(?:竣工|投产)?(?:时间|日期)$/, 'date.finish'],
  [/^(?:实际)?(?:开工|动工|开业)[/、和]?(?:开工|开业)?(?:时间|日期)$/, 'date.start'],
  [/^(?:协议|合同)?(?:签约|签订|签署)(?:时间|日期)$/, 'date.signed'],
  [/^(?:落地|落位|落户)(?:时间|日期)$/, 'date.landed'],
  [/^(?:项目)?(?:申报|上报|报送|入库|首报)(?:时间|日期)$/, 'date.reported'],
  [/^(?:(?:首次|初次)(?:对接|接洽|接触|洽谈|会谈)|对接|接洽|接触|首谈)(?:时间|日期)$/, 'date.first_contact'],
  [/^(?:入规|入统|纳统|入规入统|升规).*(?:时间|日期)$/, 'date.stat_entry'],
  [/^(?:退库|暂停|流转|终止|出库)[/、退库暂停流转终止出库]*(?:时间|日期)$/, 'date.off'],
  [/^(?:下次|下一次|后续|拟|计划)(?:跟进|联系|拜访|对接|回访)(?:时间|日期)$/, 'date.next'],
  [/^(?:来访|拜访|走访|出访|外出|接待|会见|考察|活动|洽谈|对接)(?:时间|日期)$/, 'date.visit'],
  [/(?:协议|合同).*外资/, 'amount.contract_fdi'],
  [/^(?:其中[:,，]?)?(?:计划|预计|拟)?(?:固定资产投资?|固投)(?:总?额|金额)?$/, 'amount.fixed'],
  [/^备案.*(?:金额|总投资|投资额)$/, 'amount.filing'],
  [/^注册资(?:本|金)/, 'capital.registered'],
  [/^(?!.*亩均).*(?:年税收|年纳税|税收贡献|纳税额)$/, 'tax.year'],
  [/^(?:预计|预期|达产后?)?年?均?产值$/, 'output.year'],
  [/^(?:累计)?(?:到位资金|到资)(?:总?额|金额)?$/, 'amount.arrived_total'],
  [/^(?!.*(?:基金|强度)).{0,4}(?:总投资|投资总额|投资金额|投资额|投资规模)(?:额|金额)?$/, 'amount.total'],
  [/签约.*(?:信用代码|证照号码?)/, 'investor.signing_party_uscc'],
  [/(?:信用代码|证照号码?|营业执照号码?)(?:\/.*)?$/, 'investor.uscc'],
  [/^(?:投资方|企业|客商|对方|投资主体|公司)?联系人(?:员)?(?:及|和|、|\/)?(?:联系)?(?:电话|方式|职务)$/, 'contact.name'],
  [/^(?:投资方|企业|客商|对方|投资主体|公司).*(?:联系电话|联系方式|电话|手机)$/, 'contact.phone'],
  [/^(?:投资方|企业|客商|对方|投资主体|公司).*联系人$/, 'contact.name'],
  [/^(?:投资|建设)(?:方|主体|单位|企业|商|人)(?:名称)?$/, 'investor'],
  [/^(?:投资方|企业|公司|投资主体)(?:简介|介绍|概况|基本情况)$/, 'investor.profile'],
  [/^(?:牵头|第一)?(?:责任|负责|牵头|填报|报送|申报|招商|引进|包保|跟进|所属|承办)(?:单位|部门|局办?|处室|科室)$/, 'owner.unit'],
  [/^(?:驻点|驻外)?招商(?:责任)?人员?$|^招商(?:专员|干部)$/, 'owner'],
  [/领导.*(?:级别|层级|职级)$/, 'leader.level'],
  [/^.{0,6}领导(?:姓名)?(?:及职务)?$/, 'leader'],
  [/^(?:来访|拜访|走访|接待|对接|考察|出访|洽谈|会见)(?:的)?(?:企业|客商|单位|公司|机构)(?:名称|\/机构)?$/, 'enterprise'],
  [/^(?:来访|会见|对方|企业方?|客商)(?:人员?|嘉宾|对象|代表)(?:及|和|\/)?(?:职务)?$/, 'met'],
  [/^(?:我方|陪同|随行|同行|参加|参会|参与).*(?:人员|领导)(?:名单)?$/, 'companions'],
  [/^(?:来访|出访|外出|参加|团组)?人(?:数|次)$/, 'headcount'],
  [/^下一?步.{0,10}$/, 'next_step'],
  [/^(?:涉及|关联|对应|相关|对接)(?:的)?项目(?:名称)?$/, 'project'],
  [/^(?:会见|接待|洽谈|会谈|会面|活动)地点$/, 'place'],
  [/^(?:出访|拜访|外出|考察)(?:地点?|城市|地区)$/, 'city'],
  [/^(?:取得|初步|活动|对接|洽谈)?的?(?:成果|成效)$/, 'result'],
  [/^.{0,4}(?:用地|占地).*办公.*面积$/, 'land.area_ambiguous'],
  [/^(?:总)?建筑面积$/, 'build.floor_area'],
  [/^(?:项目)?(?:建设|落地|落户|拟)?(?:地址|地点|选址)(?:地块|位置)?$/, 'site'],
  [/^(?:承接|落地|所属|所在)(?:区|片区|园区|区域|板块)$/, 'site.zone'],
  [/^(?:目前|当前|项目|进展|推进)?(?:所处)?(?:状态|阶段)$/, 'status'],
  [/^(?:项目|工作|目前|当前|最新|本周|推进|洽谈)*(?:(?:进展|进度)(?:情况|说明)?|推进情况)(?:[、及/]备注)?$/, 'progress'],
  [/^(?:项目)?(?:建设|投资|主要)?(?:建设)?(?:内容|简介|概况)(?:及规模)?$/, 'content'],
  [/^(?:项目|入库|台账)(?:编号|编码|代码)$/, 'code.district'],
  [/^(?:.{0,4})项目名称(?:\(.*\))?$/, 'name'],
  [/^(?:招商|投资|引进)(?:类型|方式|渠道)$/, 'channel'],
  [/^(?:投资方|企业|投资|资金)?(?:来源|所在|注册)(?:地|省份|地区)$/, 'source_region'],
  [/^(?:拟|申请|需求?)?(?:用地|占地)(?:面积|规模)?$/, 'land.need'],
  [/^(?:年)?(?:销售收入|开票销售|营业收入)$/, 'sales.year'],
  [/投资强度/, 'land.intensity'],
  [/^备注/, 'remark'],
];

function yearField(base: string, m: RegExpExecArray, fileYear: number | null): string | null {
  const year = m[1] ? Number(m[1]) : fileYear === null ? null : m[3] ? fileYear - 1 : fileYear;
  return year === null ? `${base}.${m[3] ? 'prev' : 'this'}` : `${base}.${year}`;
}

/** Leaves that say nothing without the group above them. */
const GENERIC_LEAF = /^(?:名称|姓名|电话|联系电话|联系方式|手机|时间|日期|金额|单位|部门|编号|编码|类型|类别|面积|情况|内容|数量|级别|地点|说明|合计|小计|人数|备注|代码|联系人|简介|地址)$/;

/**
 * Takes a header for a canonical field: known spelling (with the unit in brackets set apart), the
 * group above joined with the leaf, a known shape, and last a near spelling (Dice of at least 0.8).
 *
 * @param path header from group to leaf
 * @param fileYear year for which the file speaks, for 当年 and 上年
 */
export function recogniseHeader(path: readonly string[], fileYear: number | null = null, near = true): HeaderMatch {
  const leaf = foldHeader(path.at(-1) ?? '');
  if (!leaf) return { field: null, confidence: 0 };
  const bare = withoutUnit(leaf);
  const groups = path.slice(0, -1).map(foldHeader);
  const groupUnit = groups.map((g) => withoutUnit(g).unit).filter(Boolean).at(-1);
  const unit = bare.unit ?? groupUnit;
  const found = (field: string | null, confidence: number): HeaderMatch => ({ field, confidence, ...(unit ? { unit } : {}) });
  const joined = groups.length ? withoutUnit(groups.at(-1)!).text + bare.text : null;
  if (joined && (GENERIC_LEAF.test(bare.text) || /^(?:20\d\d|当年|本年|上年|今年|去年)/.test(joined))) {
    const field = bySpelling(joined) ?? byPattern(joined, fileYear);
    if (field) return found(field, 0.95);
  }
  // 对接人(企业): the bracket says whose.
  const whose = /^([^()]+)\((企业方?|投资方|客商|对方|我方|招商方?|签约主体|投资主体)\)$/.exec(bare.text);
  const owned = whose ? bySpelling(whose[2]! + whose[1]!) : undefined;
  const exact = BY_SPELLING.get(leaf) ?? owned ?? bySpelling(bare.text);
  if (exact) return found(exact, 1);
  const pattern = byPattern(bare.text, fileYear) ?? byPattern(bare.text.replace(/\([^()]*\)/g, ''), fileYear);
  if (pattern) return found(pattern, 0.9);
  const core = bare.text.replace(/\([^()]*\)/g, '').replace(/^(?:招商|重点|拟建|在谈|本|该|现)?项目(?!名称|$)/, '').replace(/(?:\/|、|及|和)?备注$/, '');
  const trimmed = core !== bare.text && core.length >= 2 ? (bySpelling(core) ?? byPattern(core, fileYear)) : null;
  if (trimmed) return found(trimmed, 0.85);
  if (/^是否/.test(bare.text) || !near) return found(null, 0);
  if (joined) {
    const field = bySpelling(joined) ?? byPattern(joined, fileYear);
    if (field) return found(field, 0.85);
  }
  return nearest(bare.text.replace(/\([^()]*\)/g, ''), unit);
}

function bySpelling(text: string): string | undefined {
  return BY_SPELLING.get(text) ?? BY_SPELLING.get(text.replace(/\([^()]*\)/g, ''));
}

function byPattern(text: string, fileYear: number | null): string | null {
  if (text.length > 18) return null;
  for (const [pattern, field] of PATTERNS) {
    const m = pattern.exec(text);
    if (m) return typeof field === 'string' ? field : field(m, fileYear);
  }
  return null;
}

function nearest(text: string, unit: string | undefined): HeaderMatch {
  let best = 0;
  let field: string | null = null;
  if (text.length >= 3 && text.length <= 18)
    for (const [spelling, f] of BY_SPELLING) {
      if (spelling.length < 3) continue;
      const score = diceSimilarity(text, spelling);
      if (score > best) {
        best = score;
        field = f;
      }
    }
  const money = unit !== undefined && /元/.test(unit);
  // A unit of money on a field that holds none is a different column.
  if (best < 0.8 || (money && !/^(?:amount|capital\.registered|tax|output|sales)/.test(field ?? ''))) return { field: null, confidence: 0, ...(unit ? { unit } : {}) };
  return { field, confidence: Math.round(best * 70) / 100, ...(unit ? { unit } : {}) };
}
