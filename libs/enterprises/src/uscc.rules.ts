/** Unified social credit code, GB 32100-2015: 18 characters without I, O, S, V, Z; the last is a check. */

const CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const LEGAL = /^[0-9A-HJ-NP-RTUWXY]{18}$/;

/** ok: valid; check: the check character fails (warn, never reject); format: not 18 legal characters; damaged: ruined by a spreadsheet, unrecoverable. */
export type UsccState = 'ok' | 'check' | 'format' | 'damaged';

/** The 18th character that belongs to the first seventeen. */
export function usccCheckCharacter(first17: string): string {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += CHARACTERS.indexOf(first17[i]!) * WEIGHTS[i]!;
  return CHARACTERS[(31 - (sum % 31)) % 31]!;
}

/** Upper case, half width, no spaces or dashes. */
export function normaliseUscc(text: string): string {
  return text.normalize('NFKC').toUpperCase().replace(/[\s\u200b-\u200d\ufeff\-–—]/g, '');
}

/** Judges a normalised code. 9.12E+17 and 18 digits that end in 000 with a failing check were stored as numbers. */
export function judgeUscc(code: string): UsccState {
  if (/^\d(?:\.\d+)?E\+?\d+$/i.test(code)) return 'damaged';
  if (!LEGAL.test(code)) return 'format';
  if (usccCheckCharacter(code.slice(0, 17)) === code[17]) return 'ok';
  return /^\d{15}000$/.test(code) ? 'damaged' : 'check';
}

export interface UsccReading {
  codes: string[];
  /** States of the codes, in order; damaged codes are left out of `codes`. */
  states: UsccState[];
  /** Lower case, inner spaces or full width were put right. */
  normalised: boolean;
}

/**
 * Reads a cell that may hold several codes (；、, or line breaks between them). A number is always
 * damaged: a double keeps 15 digits of the 18.
 */
export function readUsccCell(raw: string | number): UsccReading {
  if (typeof raw === 'number') return { codes: [], states: ['damaged'], normalised: false };
  const parts = raw.split(/[；;、,，/\n]+/).map((p) => p.trim()).filter(Boolean);
  const codes: string[] = [];
  const states: UsccState[] = [];
  let normalised = false;
  for (const part of parts) {
    const code = normaliseUscc(part);
    normalised ||= code !== part;
    for (const one of code.length === 36 ? [code.slice(0, 18), code.slice(18)] : [code]) {
      const state = judgeUscc(one);
      states.push(state);
      if (state !== 'damaged') codes.push(one);
    }
  }
  return { codes, states, normalised };
}
