/** Markup that may stand in a page as it is. Made by `html` alone. */
export class Markup {
  constructor(readonly text: string) {}
}
type Part = Markup | readonly Markup[] | string | number | null | false;

const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A page or a part of one: whatever is put in is text, in elements and quoted attributes alike, unless `html` made it. */
export function html(fixed: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(fixed.reduce((page, text, i) => page + shown(parts[i - 1]!) + text));
}

function shown(part: Part): string {
  if (part === null || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map((p) => shown(p)).join('');
  return String(part).replace(/[&<>"']/g, (sign) => SIGNS[sign]!);
}
