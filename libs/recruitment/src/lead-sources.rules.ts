/** A choice of the zone: what a lead comes from, or a kind of recruitment. */
export interface LeadChoice {
  code: string;
  zh: string;
  en: string;
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/[\s/／、()（）]/g, '');

/**
 * The choice that a code or a label means, as it is kept: its Chinese label, as ledgers write it. Other words are kept as
 * they are where the zone takes them; what looks like a code has to be one.
 * @returns null when the text is neither
 */
export function chosen(text: string, choices: readonly LeadChoice[], freeText: boolean): string | null {
  const wanted = text.trim();
  const folded = fold(wanted);
  const known = choices.find((c) => c.code === wanted) ?? choices.find((c) => fold(c.zh) === folded || fold(c.en) === folded);
  if (known) return known.zh;
  return freeText && !/^[A-Z][A-Z0-9_]+$/.test(wanted) ? wanted : null;
}

/** The choices in words, for a refusal. */
export function choicesInWords(choices: readonly LeadChoice[], en: boolean): string {
  return choices.map((c) => `${c.code}（${en ? c.en : c.zh}）`).join('、');
}
