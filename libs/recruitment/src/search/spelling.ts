import { coreName } from '@yinfeng/enterprises';

/** A name as search sees it: units in order (a character each), what each is called, and where words begin. */
export interface Spelled {
  /** Simplified, half width, lower case, without spaces and signs; one UTF-16 unit a unit. */
  folded: string;
  /** Pinyin of each unit without tone (ü as v); what is no Chinese character stands for itself. */
  syllables: readonly string[];
  /** Where words begin, apart from the first: after a sign or space, and the firm's own name (字号). */
  starts: readonly number[];
}

/** Turns names and queries into units. Its dictionaries are loaded once, when somebody first searches. */
export interface Speller {
  fold(text: string): { folded: string; starts: number[] };
  spell(name: string): Spelled;
}

const SIGN = /[\s\u00a0\u200b-\u200f\u202a-\u202e\u2060\ufeff\p{P}\p{S}]/u;
const MOST_STARTS = 4;

let loading: Promise<Speller> | undefined;

export function speller(): Promise<Speller> {
  return (loading ??= load());
}

async function load(): Promise<Speller> {
  const [{ pinyin }, { Converter }] = await Promise.all([import('pinyin-pro'), import('opencc-js/t2cn')]);
  // Its declarations do not resolve under Node's own rules.
  const simplify = (Converter as (options: { from: string; to: string }) => (text: string) => string)({ from: 't', to: 'cn' });
  const fold: Speller['fold'] = (text) => {
    let folded = '';
    const starts: number[] = [];
    let apart = false;
    for (const char of simplify(text.normalize('NFKC')).toLowerCase()) {
      if (SIGN.test(char)) {
        apart = folded !== '';
        continue;
      }
      if (apart) starts.push(folded.length);
      apart = false;
      // Characters beyond the basic plane would take two units.
      folded += char.length === 1 ? char : '□';
    }
    return { folded, starts };
  };
  return {
    fold,
    spell: (name) => {
      const { folded, starts } = fold(name);
      const told = pinyin(folded, { toneType: 'none', type: 'array', v: true, nonZh: 'spaced' });
      // What it cannot read it may join; then each unit stands for itself.
      const syllables = told.length === folded.length ? told.map((s) => s.toLowerCase()) : [...folded];
      const own = folded.indexOf(coreName(folded).slice(0, 2));
      if (own > 0 && !starts.includes(own)) starts.push(own);
      return { folded, syllables, starts: starts.sort((a, b) => a - b).slice(0, MOST_STARTS) };
    },
  };
}
