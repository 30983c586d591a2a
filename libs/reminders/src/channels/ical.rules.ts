/** One day on which something is due, as calendar programs read it (RFC 5545). */
export interface CalendarDay {
  /** The same for ever: programs know the event by it. */
  uid: string;
  /** Calendar day, YYYY-MM-DD. */
  day: string;
  title: string;
  /** When it last changed. */
  changedAt: Date;
  /** Rises with each change. */
  sequence: number;
  cancelled: boolean;
}

/** A whole calendar: lines end in CRLF and are folded at 75 octets, as the standard wants them. */
export function calendarText(name: string, days: readonly CalendarDay[]): string {
  const lines = [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Yinfeng//Yinfeng//ZH', 'CALSCALE:GREGORIAN', 'METHOD:PUBLISH', `NAME:${escaped(name)}`, `X-WR-CALNAME:${escaped(name)}`, 'X-WR-TIMEZONE:Asia/Shanghai',
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H', 'X-PUBLISHED-TTL:PT1H',
    ...days.flatMap((d) => [
      'BEGIN:VEVENT', `UID:${d.uid}`, `DTSTAMP:${instant(d.changedAt)}`, `LAST-MODIFIED:${instant(d.changedAt)}`, `SEQUENCE:${d.sequence}`, `DTSTART;VALUE=DATE:${compact(d.day)}`, `DTEND;VALUE=DATE:${compact(nextDay(d.day))}`,
      `SUMMARY:${escaped(d.title)}`, `STATUS:${d.cancelled ? 'CANCELLED' : 'CONFIRMED'}`, 'TRANSP:TRANSPARENT', 'CLASS:PRIVATE', 'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

const escaped = (text: string) => text.replace(/[\p{Cc}]+/gu, ' ').trim().replace(/[\\;,]/g, (c) => `\\${c}`);
const compact = (day: string) => day.replaceAll('-', '');
const instant = (at: Date) => `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
const nextDay = (day: string) => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** At most 75 octets a line, never within a letter. */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  let size = 0;
  for (const letter of line) {
    const octets = Buffer.byteLength(letter);
    // The blank that begins a continued line counts.
    if (size + octets > 75) {
      parts.push(part);
      [part, size] = ['', 1];
    }
    part += letter;
    size += octets;
  }
  return [...parts, part].join('\r\n ');
}
