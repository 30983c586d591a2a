import pairs from 'opencc-js/dict/TSCharacters';

/** Simplified form of each traditional character by its code; 0: the character is its own. 128 KB, read from in 20 ns a name. */
const SIMPLIFIED = new Uint16Array(0x10000);
for (const pair of pairs.split('|')) {
  const [traditional, simplified] = pair.split(' ');
  // Characters beyond the basic plane occur in no name of a firm that we have met, and would need pairs of codes.
  if (traditional?.length === 1 && simplified?.length === 1 && traditional !== simplified) SIMPLIFIED[traditional.charCodeAt(0)] = simplified.charCodeAt(0);
}

// A form that is itself written simpler (薴 → 苧 → 苎) is followed to its end, or folding twice would not be folding once.
for (const [code, to] of SIMPLIFIED.entries()) if (to !== 0 && SIMPLIFIED[to] !== 0) SIMPLIFIED[code] = SIMPLIFIED[to]!;

/**
 * Traditional characters replaced by simplified ones, letter by letter and whatever stands beside them: 長春、长春 and
 * 乾照、干照 become alike. For comparing only, never for showing: a name keeps the letters it was written in.
 */
export function simplified(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (SIMPLIFIED[text.charCodeAt(i)] !== 0) return text.slice(0, i) + text.slice(i).replace(/[^]/g, (c) => String.fromCharCode(SIMPLIFIED[c.charCodeAt(0)] || c.charCodeAt(0)));
  }
  return text;
}
