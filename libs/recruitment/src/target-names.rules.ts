import { foldName } from '@yinfeng/enterprises';

/** A name as it was pasted. */
export interface PastedName {
  /** From 1, over all that was pasted. */
  position: number;
  name: string;
  folded: string;
  /** REPEATED: folds like one before it; MALFORMED: no name of an enterprise. */
  fault: 'REPEATED' | 'MALFORMED' | null;
}

const LONGEST_NAME = 200;
/** 1. 、(2) ③ and the like before a name. */
const NUMBERING = /^\s*(?:[(（]?\d{1,4}[)）.．、:：]\s*|[①-⑳]\s*|[-*•·]\s*)/;

/**
 * The names of a paste, one after another: lines, semicolons, tabs, 、 and commas separate them, but for the comma of
 * "Co., Ltd.". Numbering goes; blank pieces are nobody's fault and are left out.
 */
export function pastedNames(text: string): string[] {
  return text
    .split(/[\r\n;；\t]/)
    .flatMap((line) => line.replace(NUMBERING, '').split(/[、，]|,(?!\s*(?:ltd|limited|inc|llc|co\b|gmbh|s\.a|plc))/i))
    .map((piece) => piece.replace(NUMBERING, '').trim())
    .filter(Boolean);
}

/** Tells good names from repeated and malformed ones; the first of those that fold alike stands. */
export function checkedNames(names: readonly string[]): PastedName[] {
  const seen = new Set<string>();
  return names.map((name, i) => {
    const trimmed = name.trim();
    const folded = foldName(trimmed);
    const wellFormed = folded.length >= 2 && trimmed.length <= LONGEST_NAME && /\p{L}/u.test(folded);
    const fault = !wellFormed ? 'MALFORMED' : seen.has(folded) ? 'REPEATED' : null;
    if (fault === null) seen.add(folded);
    return { position: i + 1, name: trimmed, folded, fault };
  });
}
