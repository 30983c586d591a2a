import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ICAL from 'ical.js';
import { type CalendarDay, calendarText } from './ical.rules.js';

const day: CalendarDay = { uid: 'reminder-1@yinfeng', day: '2026-10-09', title: '跟进', changedAt: new Date('2026-10-08T01:02:03Z'), sequence: 0, cancelled: false };
const read = (text: string) => new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((c) => new ICAL.Event(c));

describe('a calendar', () => {
  it('is what the standard says, to the letter', () => {
    expect(calendarText('引凤', [{ ...day, title: '跟进“光电”；见周总, 送\\方案;\n第二行', cancelled: true, sequence: 2 }])).toBe([
      'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Yinfeng//Yinfeng//ZH', 'CALSCALE:GREGORIAN', 'METHOD:PUBLISH', 'NAME:引凤', 'X-WR-CALNAME:引凤', 'X-WR-TIMEZONE:Asia/Shanghai', 'REFRESH-INTERVAL;VALUE=DURATION:PT1H', 'X-PUBLISHED-TTL:PT1H',
      'BEGIN:VEVENT', 'UID:reminder-1@yinfeng', 'DTSTAMP:20261008T010203Z', 'LAST-MODIFIED:20261008T010203Z', 'SEQUENCE:2', 'DTSTART;VALUE=DATE:20261009', 'DTEND;VALUE=DATE:20261010',
      'SUMMARY:跟进“光电”；见周总\\, 送\\\\方案\\; 第二行', 'STATUS:CANCELLED', 'TRANSP:TRANSPARENT', 'CLASS:PRIVATE', 'END:VEVENT', 'END:VCALENDAR', '',
    ].join('\r\n'));
  });

  it('ends a year and a leap February on the right day', () => {
    expect(calendarText('x', [{ ...day, day: '2026-12-31' }, { ...day, day: '2028-02-28' }]).match(/DTEND\S+/g)).toEqual(['DTEND;VALUE=DATE:20270101', 'DTEND;VALUE=DATE:20280229']);
  });

  it('is read back by another program as it was meant, whatever people write, in lines of at most 75 octets', () => {
    const titles = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.constantFrom('END:VEVENT\r\nBEGIN:VEVENT', '长'.repeat(200), 'a;b,c\\d:e"f', '👨‍👩‍👧'.repeat(30)));
    fc.assert(fc.property(fc.array(titles, { maxLength: 5 }), (all) => {
      const text = calendarText('引凤', all.map((title, i) => ({ ...day, uid: `u${i}`, title })));
      for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
      expect(text.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
      const events = read(text);
      expect(events.map((e) => e.summary ?? '')).toEqual(all.map((title) => title.replace(/\p{Cc}+/gu, ' ').trim()));
      expect(events.map((e) => [e.uid, e.startDate.toString(), e.startDate.isDate])).toEqual(all.map((_, i) => [`u${i}`, '2026-10-09', true]));
    }), { numRuns: 200 });
  });
});
