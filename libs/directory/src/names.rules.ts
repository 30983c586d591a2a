/** A unit as it is known here: its name and the other names found in ledgers. */
export interface NamedUnit {
  id: string;
  name: string;
  aliases: readonly string[];
}

/** A name without what carries no meaning: width, spaces, brackets, quotes, dots. */
export function foldUnitName(name: string): string {
  return name.normalize('NFKC').replace(/[\s()（）[\]【】"“”‘’'·.。、]/g, '');
}

/** Words that offices shorten, and what they stand for. */
const SHORT_WORDS: readonly [RegExp, readonly string[]][] = [
  [/投促/, ['投资促进']],
  [/管委$/, ['管委会', '管理委员会']],
  [/发改/, ['发展改革', '发展和改革']],
  [/工信/, ['工业和信息化']],
  [/办$/, ['办公室', '联络处', '办事处']],
];

function spelledOut(name: string): string[] {
  const all = [name];
  for (const [short, words] of SHORT_WORDS) for (const known of [...all]) if (short.test(known)) for (const word of words) all.push(known.replace(short, word));
  return all;
}

/**
 * The unit that a person means by a name: its own, an alias, a short form (投促局 for 投资促进局, 驻沪办 for 驻沪联络处),
 * or its name without the place before it (招商一局 for 新区招商一局). Null where no unit fits, or several do: a guess
 * between two units would put a project into the wrong one.
 */
export function unitMeant(name: string, units: readonly NamedUnit[]): NamedUnit | null {
  const wanted = foldUnitName(name);
  if (wanted === '') return null;
  const named = units.map((unit) => ({ unit, names: [unit.name, ...unit.aliases].map(foldUnitName) }));
  const forms = spelledOut(wanted);
  const one = (fits: (known: string) => boolean): NamedUnit | null | undefined => {
    const hits = named.filter((u) => u.names.some(fits));
    return hits.length === 0 ? undefined : hits.length === 1 ? hits[0]!.unit : null;
  };
  return one((known) => known === wanted)
    ?? one((known) => forms.includes(known))
    ?? (wanted.length < 3 ? null : one((known) => forms.some((form) => known.endsWith(form) || form.endsWith(known))) ?? null);
}

/** A person's name without spaces, titles and half-width differences: 张 三 (组长) is 张三. */
export function foldPersonName(name: string): string {
  return name.normalize('NFKC').replace(/[(（[【].*$/, '').replace(/[\s·.]/g, '');
}
