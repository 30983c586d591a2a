const LONGEST = 300;
const NAME = /^[\w.:$ -]{1,63}$/;

/**
 * An error as operators may read it: its first line, with names of tables, constraints and hosts, and without what people
 * wrote, ids, numbers and secrets. Errors quote what they choke on.
 */
export function redacted(error: string): string {
  const text = error.split('\n', 1)[0]!
    .replace(/\b([a-z][a-z0-9+.-]*):\/\/[^\s"'<>]+/gi, (url, scheme: string) => (URL.canParse(url) && new URL(url).host ? `${scheme}://${new URL(url).host}/…` : `${scheme}://…`))
    .replace(/[^\s@<>"']+@[^\s@<>"']+\.[^\s@<>"',;]+/g, '…@…')
    .replace(/\b(password|passwd|pwd|secret|token|key|authorization|bearer|sign|signature|cookie)(["']?\s*[:=]\s*["']?|\s+(?=[\w-]{12,}))(?:bearer\s+)?[^\s"',;)&]+/gi, '$1 …')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '…')
    .replace(/"([^"]*)"|“([^”]*)”|(?<=^|[\s(=])'([^']*)'(?=[\s),.;:]|$)/g, (_, a?: string, b?: string, c?: string) => `"${kept(a ?? b ?? c ?? '')}"`)
    .replace(/(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{24,}/g, '…')
    .replace(/\d{6,}/g, '…')
    .replace(/[\p{Cc}]+/gu, ' ').trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

const kept = (quoted: string) => (NAME.test(quoted) ? quoted : '…');
