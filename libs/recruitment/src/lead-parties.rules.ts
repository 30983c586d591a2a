import { judgeUscc, normaliseUscc } from '@yinfeng/enterprises';
import { before, behind, type Confidence, type Found, without } from './lead-text.rules.js';

export interface CodeFound extends Found {
  /** The check character fits. */
  checked: boolean;
}
export interface ContactFound extends Found {
  title: string | null;
}
export interface PhoneFound extends Found {
  /** The contact beside it, by its value. */
  of: string | null;
}

/** Credit codes (GB 32100), spaced or not. What fails the check is a guess; identity numbers of people are left alone. */
export function codesIn(text: string): CodeFound[] {
  return [...text.matchAll(/(?<![0-9A-Za-z])[0-9A-HJ-NP-RTUW-Ya-hj-np-rtuw-y](?:[ -]?[0-9A-HJ-NP-RTUW-Ya-hj-np-rtuw-y]){17}(?![0-9A-Za-z])/g)].flatMap((m): CodeFound[] => {
    const value = normaliseUscc(m[0]);
    const state = judgeUscc(value);
    if (state !== 'ok' && (state !== 'check' || /^\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])/.test(value) || /^\d{18}$/.test(value))) return [];
    return [{ start: m.index, end: m.index + m[0].length, value, confidence: state === 'ok' ? 'SURE' : 'GUESS', checked: state === 'ok' }];
  });
}

const MOBILE = /(?<![\d.])(?:\+?86[ -]?)?(1[3-9]\d(?:[ -]?\d{4}){2}|1[3-9]\d(?:[ -]?\d){8})(?![\d.]\d|\d)/g;
const LANDLINE = /(?<![\d.])\(?(0(?:10|2\d|[3-9]\d{2}))\)?[ -]{0,2}(\d{4}[ -]?\d{3,4})(?:[ ]?(?:-|转|ext\.?)[ ]?(\d{1,5}))?(?!\d)/gi;
const SERVICE = /(?<!\d)(400|800)[ -]?(\d{3})[ -]?(\d{4})(?!\d)/g;
const LOCAL = /(?:电话|座机|固话|tel)[: ]{0,3}([2-8]\d{3}[ -]?\d{3,4})(?!\d)/gi;
const ABROAD = /\+(?!86)(\d{1,3})[ -]?(\d{2,4}(?:[ -]?\d{2,4}){1,3})(?!\d)/g;

/** Mobile numbers, land lines with their area, 400 numbers; digits alone, 0431-85678901 for land lines. */
export function phonesIn(text: string): PhoneFound[] {
  const all: PhoneFound[] = [];
  const take = (pattern: RegExp, value: (m: RegExpMatchArray) => string, confidence: (m: RegExpMatchArray) => Confidence) => {
    for (const m of without(text, all).matchAll(pattern)) all.push({ start: m.index, end: m.index + m[0].length, value: value(m), confidence: confidence(m), of: null });
  };
  const digits = (t: string) => t.replace(/\D/g, '');
  take(MOBILE, (m) => digits(m[1]!), (m) => (/^(?:\d{11}|\d{3}([ -])\d{4}\1\d{4})$/.test(m[1]!) ? 'SURE' : 'LIKELY'));
  take(LANDLINE, (m) => `${m[1]}-${digits(m[2]!)}${m[3] ? `-${m[3]}` : ''}`, () => 'SURE');
  take(SERVICE, (m) => `${m[1]}${m[2]}${m[3]}`, () => 'SURE');
  take(ABROAD, (m) => `+${m[1]} ${digits(m[2]!)}`, () => 'LIKELY');
  for (const m of without(text, all).matchAll(LOCAL)) {
    const start = m.index + m[0].length - m[1]!.length;
    all.push({ start, end: m.index + m[0].length, value: digits(m[1]!), confidence: 'LIKELY', of: null });
  }
  return all.sort((a, b) => a.start - b.start);
}

const SUFFIX =
  /(?:集团\)?)?(?:控股)?(?:股份)?有限(?:责任)?公司(?:[\u4e00-\u9fff]{2,6}分公司)?|股份公司|集团公司|总公司|有限合伙企业|合伙企业(?:\(有限合伙\))?|(?<![的上本该贵我])公司|(?<!大|本|该)集团(?!军|化)|研究院|研究所|设计院|事务所|(?<![建设办开租工])厂(?![房区商家址长里子方内外])/g;
/** What people say before the name of a company. Several characters cut by themselves. */
const CUES = /拜访了?|走访了?|对接了?|考察了?|接待了?|会见了?|来自于?|名称(?:是|为|叫)?|名字(?:是|叫)|叫做?|就是|[这那一有]家|有个|推荐了?|介绍了?|联系[上了]?|代表|关于|以及|包括|投资方(?:是|为)?|投资主体(?:是|为)?|签约主体(?:是|为)?|企业(?:是|为)?(?=.{4})|客户(?:是|为)?|主体(?:是|为)?|母公司(?:是|为)?|股东(?:是|为)?|[我贵]司|[我你他]们?|[今昨明]天|[上下]午|刚刚?|已经?|陪同|随同|邀请|朋友|附件|转发|线索|项目|老板|公司(?=.{4})/g;
/** Single words that names hold as well: they cut only after something, and before a name of some length. */
const WEAK_CUES = /[是到去在向给与和及由随请找让跟陪见了叫的:]/g;
const NOBODY = /^(?:我|贵|该|本|你|他|们|这|那|一|几|两|三|多|家|一起|共同|准备|打算|想|要|能|可以|母|子|总|分|新|大|小|老|上市|外资|国有|民营|央企|投资|目标|项目|平台|集团|运营|物业|贸易|科技|合资|独资|注册|成立|设立|全资|控股|关联|龙头|知名|头部|外地|当地|本地|股份|有限|产业|企业|客户|的|是|个|建|开|办|下|属|所)*$/;

/** Companies and institutes by their legal form, without the words around them. `startsRegion`: whether a region's name begins there. */
export function companiesIn(text: string, startsRegion: (at: number) => boolean): Found[] {
  const all: Found[] = [];
  let last = 0;
  for (const m of text.matchAll(SUFFIX)) {
    const end = m.index + m[0].length;
    let start = m.index;
    while (start > last && m.index - start < 36 && /[\u4e00-\u9fffA-Za-z0-9()&·+.-]/.test(text[start - 1]!)) start--;
    start = cut(text, start, m.index, startsRegion);
    while (start < m.index && /[)&·+.-]/.test(text[start]!)) start++;
    // 我司(上海某某(集团)股份有限公司): what was opened before the name is none of it.
    for (let open = text.indexOf('(', start); open >= 0 && open < end && count(text, '(', start, end) > count(text, ')', start, end); open = text.indexOf('(', start)) start = open + 1;
    const stem = text.slice(start, m.index);
    last = end;
    if (stem.length < 2 || stem.length > 34 || NOBODY.test(stem) || /^[\d.]+$/.test(stem) || (m[0] === '厂' && /[想再建办开个要有家]/.test(stem))) continue;
    const legal = m[0].includes('有限') || m[0].includes('合伙');
    const labelled = /(?:名称|投资方|企业|主体|公司)[:是为 ]{0,2}$/.test(before(text, start, 8));
    all.push({ start, end, value: text.slice(start, end), confidence: legal ? (labelled || startsRegion(start) ? 'SURE' : 'LIKELY') : /公司|集团/.test(m[0]) && stem.length > 2 ? 'LIKELY' : 'GUESS' });
  }
  for (const m of without(text, all).matchAll(/\b[A-Z][A-Za-z0-9&.'-]{0,30}(?: [A-Z&][A-Za-z0-9&.'-]{0,30}){0,5},? ?(?:Co\.?,? ?Ltd\b\.?|Inc\b\.?|GmbH\b|Corporation\b|Corp\b\.?|Limited\b|LLC\b|PLC\b)/g)) {
    all.push({ start: m.index, end: m.index + m[0].length, value: m[0], confidence: 'LIKELY' });
  }
  return firstOfEach(all);
}

function count(text: string, char: string, start: number, end: number): number {
  return text.slice(start, end).split(char).length - 1;
}

/** Where the name begins: behind the last word that belongs to the talk, not to the name. */
function cut(text: string, start: number, end: number, startsRegion: (at: number) => boolean): number {
  const run = text.slice(start, end);
  let at = 0;
  for (const m of run.matchAll(CUES)) {
    const next = m.index + m[0].length;
    if (run.length - next >= 2) at = Math.max(at, next);
  }
  for (const m of run.matchAll(WEAK_CUES)) {
    const next = m.index + 1;
    if (next > at && (startsRegion(start + next) || (m.index > at && run.length - next >= 4 && /(?:总|董|长|理|人|天|午|们|来|过|访|系|谈|司|团|是)$/.test(run.slice(at, m.index))))) at = next;
  }
  return start + at;
}

const SURNAMES = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜戚谢邹窦章苏潘葛范彭鲁韦马苗方俞任袁柳鲍史唐费薛雷贺倪汤殷罗毕郝邬安常乐于傅齐康伍余顾孟黄穆萧尹姚邵汪祁毛狄戴宋庞熊纪舒屈祝董梁杜阮蓝闵贾路娄江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍万柯管卢莫房缪解应丁邓洪包左石崔吉龚程邢裴陆翁荀甄曲封储靳段焦侯宁仇祖武刘景詹龙叶司黎白蒲赖卓池乔阴翟谭申冉桑桂牛边温庄晏柴瞿阎连习艾容向古易慎戈廖耿满匡国文寇广欧沃利越聂晁冷辛阚那简饶曾沙养鞠丰关查游权盖益肖闫付隋曲栾修冀仲尚岳佟';
const COMPOUND = '欧阳|司马|上官|诸葛|皇甫|尉迟|公孙|慕容|司徒|夏侯|东方|令狐|宇文|长孙';
const TITLE =
  '董事长|副董事长|总经理|副总经理|常务副总|执行总裁|副总裁|副总|总裁|总监|总工程师|总工|董秘|创始人|合伙人|部门经理|大区经理|经理|厂长|院长|所长|部长|副主任|主任|副会长|会长|秘书长|负责人|助理|教授|博士|书记|局长|处长|科长|先生|女士|老师|老板|CEO|CFO|CTO|COO|董(?!事)|总(?![投体量计结额产部数面经公建工价成用费共裁监书会归])|工(?![业厂程作期人商资艺会信地])';
/** No given name holds these. */
const NEVER = '的了是在与到来说将已先请要想会就微电手联我你他您那这对给跟及带做过也又很还';
/** Where a second given character is one of these, the talk goes on: 李伟来访 is 李伟. */
const GOES_ON = new RegExp(`[${NEVER}昨和一拟女总董下上周去介并且人有讲问提表希打回刚经正今约发]|[明今](?=[天日早晚年])`, 'y');
const NAME = `(?:(?:${COMPOUND})[\\u4e00-\\u9fff]{1,2}|[${SURNAMES}][\\u4e00-\\u9fff]{1,2})`;
const CALLED = new RegExp(`((?:${COMPOUND}|[${SURNAMES}])(?:[\\u4e00-\\u9fff]{0,2}?))[ ]?[,(]?[ ]?(${TITLE})`, 'gi');
const TITLED = new RegExp(`(董事长|副董事长|总经理|副总经理|总裁|副总裁|创始人|联系人|负责人|对接人|经办人|法定代表人|法人代表|法人|厂长|院长|主任|秘书长|会长|经理|CEO)[: ]{0,2}(?:是|为|叫)?[ ]?(${NAME}|[小老][${SURNAMES}])`, 'gi');
/** A surname at the end of a common word is none: 资金总…, 对方总…, 关于… */
const WORD_BEFORE = /(?:资金|基金|黄金|奖金|现金|对方|甲方|乙方|双方|我方|各方|多方|三方|地方|资方|厂方|平方|立方|提高|最高|较高|更高|关于|由于|位于|处于|属于|对于|基于|等于|鉴于|用于|至于|低于|高于|终于|大于|主任|责任|信任|担任|少钱|价钱|长江|珠江|浙江|龙江|供应|反应|方向|意向|中国|全国|外国|各国|推广|两广|面向|公司|上司|了解|容易|人文|安全|和平|顺利|有利|内容|要求|数万|几万|\d万|项目|本周|上周|下周|这周|每周|一周|两周|双周|稍等|全权|产权|股权|债权|道路|线路|一路|铁路|思路|申请|经常|非常|正常|通常|日常|异常|西安|公安|保安|平安|国安|延安|文化|国际)$/;

/** People one talks to: a name with its title, or 周总 where no more is said. */
export function contactsIn(text: string, phones: readonly PhoneFound[]): ContactFound[] {
  const all: ContactFound[] = [];
  const free = (start: number, end: number) => !all.some((f) => start < f.end && end > f.start);
  for (const m of text.matchAll(TITLED)) {
    const start = m.index + m[0].length - m[2]!.length;
    const name = shortened(text, start, m[2]!);
    const told = new RegExp(`^[ ,(]{0,2}(${TITLE})`, 'i').exec(text.slice(start + (name?.length ?? 0), start + 12))?.[1] ?? null;
    const title = /^(?:联系|负责|对接|经办)人$/.test(m[1]!) ? told : m[1]!;
    // 总经理王总: the second title tells that it was no given name.
    if (name === null || new RegExp(`^(?:${TITLE})`, 'i').test(text.slice(start + 1, start + 5))) continue;
    all.push({ start, end: start + name.length, value: name, title, confidence: /人$/.test(m[1]!) && m[0].includes(':') ? 'SURE' : 'LIKELY' });
  }
  const called = new RegExp(CALLED);
  for (let m = called.exec(text); m; m = called.exec(text)) {
    const [whole, name, title] = [m[0], m[1]!, m[2]!];
    const [start, end] = [m.index, m.index + whole.length];
    const left = text.slice(Math.max(0, start - 2), start + 1);
    if (!free(start, end) || WORD_BEFORE.test(left) || (name.length === 1 && /^[一-龥]$/.test(name) && WORD_BEFORE.test(text.slice(Math.max(0, start - 1), start + 1)))) continue;
    if ([...name.slice(1)].some((c) => NEVER.includes(c) || c === '和')) {
      // 吉林的陈总: 林 begins no name, but one may begin behind it.
      called.lastIndex = start + 1;
      continue;
    }
    const alone = start === 0 || !/[\u4e00-\u9fff]/.test(text[start - 1]!) || /[我你他请是的和与跟叫找及让由给见了到邀陪有为来,。、司团院厂部局]/.test(text[start - 1]!);
    // 刘总您好: who is spoken to is not whom the lead is about.
    if (/^[:, ]{0,2}(?:您好|你好|早上好|上午好|下午好|晚上好|好[,。!])/.test(text.slice(end, end + 8))) continue;
    const polite = /先生|女士|老师|老板/.test(title);
    if (name.length === 1) all.push({ start, end, value: name + title, title: polite ? null : title, confidence: alone ? 'LIKELY' : 'GUESS' });
    else if (/^(?:总|董|工)$/.test(title) || polite || alone) all.push({ start, end: polite || /^(?:总|董|工)$/.test(title) ? end : start + name.length, value: polite || /^(?:总|董|工)$/.test(title) ? whole.replace(/[ ,(]/g, '') : name, title: polite ? null : title, confidence: alone ? 'LIKELY' : 'GUESS' });
  }
  for (const phone of phones) {
    const left = before(text, phone.start, 16);
    const m = new RegExp(`(?:^|[^\\u4e00-\\u9fff])(${NAME}|[小老][${SURNAMES}])[ :,(]{0,3}(?:电话|手机号?|联系方式|联系电话|微信|tel|mobile)?[ :,(]{0,3}$`, 'i').exec(left);
    if (!m) continue;
    const start = phone.start - left.length + m.index + m[0].indexOf(m[1]!);
    if (free(start, start + m[1]!.length) && ![...m[1]!.slice(1)].some((c) => NEVER.includes(c)) && !/电话|手机|联系|地址/.test(m[1]!)) all.push({ start, end: start + m[1]!.length, value: m[1]!, title: null, confidence: 'LIKELY' });
  }
  return firstOfEach(all.sort((a, b) => a.start - b.start));
}

/** A given name ends where the talk goes on: 李伟明天 is 李伟. */
function shortened(text: string, start: number, name: string): string | null {
  if (/^[小老]/.test(name) && name.length === 2) return name;
  const family = new RegExp(`^(?:${COMPOUND})`).test(name) ? 2 : 1;
  if (NEVER.includes(name[family]!)) return null;
  GOES_ON.lastIndex = start + family + 1;
  return name.length === family + 2 && GOES_ON.test(text) ? name.slice(0, -1) : name;
}

/** Each phone with the contact that it stands beside: the nearest before it on its line, or one that follows at once. */
export function beside(text: string, phones: readonly PhoneFound[], contacts: readonly ContactFound[]): PhoneFound[] {
  return phones.map((phone) => {
    const near = contacts.filter((c) => c.end <= phone.start && phone.start - c.end <= 40 && !text.slice(c.end, phone.start).includes('\n')).at(-1)
      ?? contacts.find((c) => c.start >= phone.end && c.start - phone.end <= 4 && /^[ ,(/-]*$/.test(behind(text, phone.end, c.start - phone.end)));
    return { ...phone, of: near?.value ?? null };
  });
}

/** Of findings with one value the first, and the surest reading of it. */
export function firstOfEach<F extends Found>(all: readonly F[]): F[] {
  const rank: readonly Confidence[] = ['SURE', 'LIKELY', 'GUESS'];
  const first = new Map<string, F>();
  for (const f of all) {
    const known = first.get(f.value);
    if (!known) first.set(f.value, { ...f });
    else if (rank.indexOf(f.confidence) < rank.indexOf(known.confidence)) known.confidence = f.confidence;
  }
  return [...first.values()];
}
