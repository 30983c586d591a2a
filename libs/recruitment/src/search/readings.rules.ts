import type { Spelled } from './spelling.js';

/** A character as it is, a whole syllable, the first letter of one, or the beginning of one (last in a query). */
export interface Unit {
  kind: 'char' | 'syllable' | 'initial' | 'part';
  text: string;
}
/** One way to understand a query; 长光wx reads as 长, 光, w…, x…. */
export type Reading = readonly Unit[];

/** Where a name matches: whole, at its beginning, where a word begins, anywhere. Lower is better. */
export type Rank = 0 | 1 | 2 | 3;
export interface Match {
  rank: Rank;
  by: 'NAME' | 'PINYIN';
}

/** Every syllable of standard Chinese, ü as v. */
const SYLLABLES = new Set((
  'a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ' +
  'ci cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou du duan dui dun duo e ei en eng er fa fan fang fei fen feng fo fou fu ga gai gan gang gao ge gei gen ' +
  'geng gong gou gu gua guai guan guang gui gun guo ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang ' +
  'kao ke kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li lia lian liang liao lie lin ling liu lo long lou lu luan lun luo lv lve ma mai man mang mao me mei men meng ' +
  'mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong nou nu nuan nuo nv nve o ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po ' +
  'pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng ' +
  'shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te tei teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia ' +
  'xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong ' +
  'zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo').split(' '));
const PARTS = new Set([...SYLLABLES].flatMap((s) => Array.from({ length: s.length - 2 }, (_, n) => s.slice(0, n + 2))));
const LONGEST_SYLLABLE = 6;
/** Ways to read one run of letters, and a whole query, that are tried. */
const MOST_SPLITS = 3;
const MOST_READINGS = 6;
/** Initials of more words than this nobody types. */
const MOST_INITIALS = 12;

/** The ways to understand a folded query, the plainest first: as it stands, then its letters as pinyin. */
export function readings(folded: string): Reading[] {
  const literal = [...folded].map((text): Unit => ({ kind: 'char', text }));
  if (!/[a-z]/.test(folded)) return literal.length === 0 ? [] : [literal];
  const runs = folded.match(/[a-z]+|[^a-z]+/g) ?? [];
  let spelled: Unit[][] = [[]];
  runs.forEach((run, i) => {
    const ways = /[a-z]/.test(run) ? letterRuns(run, i === runs.length - 1) : [[...run].map((text): Unit => ({ kind: 'char', text }))];
    spelled = spelled.flatMap((before) => ways.map((way) => [...before, ...way])).slice(0, MOST_READINGS);
  });
  return [literal, ...spelled];
}

/** A run of letters as syllables and initials: the fewest units first, and all as initials. */
function letterRuns(run: string, last: boolean): Unit[][] {
  // best[i]: the cheapest ways to read the first i letters.
  const best: { cost: number; units: Unit[] }[][] = [[{ cost: 0, units: [] }]];
  for (let end = 1; end <= run.length; end++) {
    const ways = (best[end] = [] as { cost: number; units: Unit[] }[]);
    for (let from = Math.max(0, end - LONGEST_SYLLABLE); from < end; from++) {
      const text = run.slice(from, end);
      const kind = SYLLABLES.has(text) ? 'syllable' : last && end === run.length && PARTS.has(text) ? 'part' : text.length === 1 ? 'initial' : null;
      if (kind === null) continue;
      const cost = { syllable: 1, part: 1.2, initial: 1.6, char: 0 }[kind];
      for (const before of best[from]!) ways.push({ cost: before.cost + cost, units: [...before.units, { kind, text }] });
      // sha is a syllable of its own and the beginning of shan and shang.
      if (kind === 'syllable' && last && end === run.length && PARTS.has(text)) for (const before of best[from]!) ways.push({ cost: before.cost + 1.1, units: [...before.units, { kind: 'part', text }] });
    }
    ways.sort((a, b) => a.cost - b.cost).splice(MOST_SPLITS);
  }
  const found = best[run.length]!.map((way) => way.units);
  if (run.length <= MOST_INITIALS && !found.some((units) => units.every((u) => u.text.length === 1))) found.push([...run].map((text) => ({ kind: 'initial', text })));
  // A single letter that is a syllable (a, e, o) is an initial as well.
  return found.map((units) => units.map((u) => (u.text.length === 1 ? { kind: 'initial', text: u.text } : u)));
}

/** The same sound in other characters: what is typed by ear. */
export function bySound(query: Spelled): Reading {
  return query.syllables.map((text, i) => (text === query.folded[i] ? { kind: 'char', text } : { kind: 'syllable', text }));
}

function unitAt(unit: Unit, name: Spelled, at: number): boolean {
  if (unit.kind === 'char') return name.folded[at] === unit.text;
  const syllable = name.syllables[at]!;
  return unit.kind === 'syllable' ? syllable === unit.text : syllable.startsWith(unit.text);
}

function matchesAt(reading: Reading, name: Spelled, at: number): boolean {
  return reading.every((unit, i) => unitAt(unit, name, at + i));
}

/** How a name answers a query, or null. */
export function bestMatch(ways: readonly Reading[], name: Spelled): Match | null {
  let best: Match | null = null;
  for (const reading of ways) {
    const by = reading.every((u) => u.kind === 'char') ? 'NAME' : 'PINYIN';
    for (let at = 0; at + reading.length <= name.folded.length; at++) {
      if (!matchesAt(reading, name, at)) continue;
      const rank: Rank = at === 0 ? (reading.length === name.folded.length ? 0 : 1) : name.starts.includes(at) ? 2 : 3;
      if (best === null || rank < best.rank) best = { rank, by };
    }
  }
  return best;
}

/** Whether the name has the query with one character other, missing, too many, or two neighbours changed over. */
export function matchesButOne(query: string, name: string): boolean {
  for (let from = 0; from < name.length; from++) {
    let i = 0;
    while (i < query.length - 1 && query[i] === name[from + i]) i++;
    // The first error is at i; after it all has to follow.
    const follows = (skipQuery: number, skipName: number) => from + i + skipName <= name.length && name.startsWith(query.slice(i + skipQuery), from + i + skipName);
    if (follows(1, 1) || follows(1, 0) || follows(0, 1)) return true;
    if (i + 1 < query.length && query[i] === name[from + i + 1] && query[i + 1] === name[from + i] && follows(2, 2)) return true;
  }
  return false;
}

/** What a name that has the query but for one error has for certain: all but one character, or two neighbours changed over. */
export function readingsButOne(query: string): { folded: string[] }[] {
  const others = Array.from(query, (_, i) => ({ folded: [query.slice(0, i), query.slice(i + 1)].filter(Boolean) }));
  const swapped = Array.from({ length: query.length - 1 }, (_, i) => ({ folded: [query.slice(0, i) + query[i + 1]! + query[i]! + query.slice(i + 2)] }));
  return [...others, ...swapped];
}

/** FNV-1a over UTF-16 units, as a signed 32-bit number. */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
}

const initialOf = (unit: Unit) => (unit.kind === 'char' ? null : unit.text[0]!);

/**
 * Pieces that every name matching the reading has, the rarest kinds first: pairs of characters, three initials, a syllable
 * with the next initial, two initials, one syllable, its first two letters, one character, one initial.
 */
export function piecesOf(reading: Reading, most: number): string[] {
  const pieces: [order: number, piece: string][] = [];
  reading.forEach((unit, i) => {
    const next = reading[i + 1];
    const after = reading[i + 2];
    if (unit.kind === 'char') {
      if (next?.kind === 'char') pieces.push([0, `a${unit.text}${next.text}`]);
      else if (reading[i - 1]?.kind !== 'char') pieces.push([6, `a${unit.text}`]);
      return;
    }
    const [a, b, c] = [initialOf(unit)!, next && initialOf(next), after && initialOf(after)];
    if (b && c) pieces.push([1, `i${a}${b}${c}`]);
    if (unit.kind === 'syllable' && b) pieces.push([2, `p${unit.text} ${b}`]);
    if (b) pieces.push([3, `i${a}${b}`]);
    if (unit.kind === 'syllable') pieces.push([4, `s${unit.text}`]);
    if (unit.kind === 'part') pieces.push([5, `h${unit.text.slice(0, 2)}`]);
    if (unit.kind === 'initial' && reading.length === 1) pieces.push([7, `n${a}`]);
  });
  pieces.sort((x, y) => x[0] - y[0]);
  const chosen = [...new Set(pieces.map(([, piece]) => piece))];
  return chosen.slice(0, most);
}

/** The piece that says how a name, or a word of it, begins. */
export function beginningOf(reading: Reading): string {
  const [first, second] = reading;
  if (first!.kind === 'char') return second?.kind === 'char' ? `a${first!.text}${second.text}` : `a${first!.text}`;
  const next = second && initialOf(second);
  return next ? `i${first!.text[0]!}${next}` : `n${first!.text[0]!}`;
}

/** Every piece of a name that a query may ask for, hashed. */
export function tokensOf(name: Spelled): Set<number> {
  const tokens = new Set<number>();
  const { folded, syllables } = name;
  const say = (piece: string) => tokens.add(hash(piece));
  for (let i = 0; i < folded.length; i++) {
    const [here, next, after] = [syllables[i]!, syllables[i + 1], syllables[i + 2]];
    say(`a${folded[i]!}`);
    say(`n${here[0]!}`);
    say(`s${here}`);
    if (here.length > 1) say(`h${here.slice(0, 2)}`);
    if (next === undefined) continue;
    say(`a${folded.slice(i, i + 2)}`);
    say(`i${here[0]!}${next[0]!}`);
    say(`p${here} ${next[0]!}`);
    if (after !== undefined) say(`i${here[0]!}${next[0]!}${after[0]!}`);
  }
  for (const [mark, at] of [['^', 0], ...name.starts.map((s) => ['|', s] as const)] as const) {
    const [here, next] = [syllables[at], syllables[at + 1]];
    if (here === undefined) continue;
    say(`${mark}a${folded[at]!}`);
    say(`${mark}n${here[0]!}`);
    if (next === undefined) continue;
    say(`${mark}a${folded.slice(at, at + 2)}`);
    say(`${mark}i${here[0]!}${next[0]!}`);
  }
  return tokens;
}

/** What the database compares before a name is looked at closely: parts of the folded name, of its pinyin, of its initials. */
export function conditionsOf(reading: Reading): { folded: string[]; syllables: string[]; initials: string[] } {
  const folded: string[] = [];
  const syllables: string[] = [];
  const initials: string[] = [];
  let chars = '';
  let sounds = '';
  let letters = '';
  const closeSounds = () => {
    if (sounds) syllables.push(sounds);
    sounds = '';
  };
  const close = () => {
    closeSounds();
    if (chars) folded.push(chars);
    if (letters) initials.push(letters);
    chars = letters = '';
  };
  for (const unit of reading) {
    if ((unit.kind === 'char') !== (chars !== '')) close();
    if (unit.kind === 'char') {
      chars += unit.text;
      continue;
    }
    letters += unit.text[0]!;
    if (unit.kind === 'initial') closeSounds();
    else sounds = (sounds || ' ') + unit.text + (unit.kind === 'syllable' ? ' ' : '');
  }
  close();
  return { folded, syllables, initials };
}
