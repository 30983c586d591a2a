import { z } from 'zod';
import { definePolicy } from './policy.js';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');

/** When and how what is due leaves the house by mail and robots. The inbox follows none of it: there everything is at once. */
export const reminderChannels = definePolicy({
  zh: '提醒推送：汇总时点、免打扰、重试', en: 'Reminders by mail and robots: digests, quiet hours, retries', source: 'domain.md A1 rows 40, 44, 92',
  schema: z.strictObject({
    /** Shanghai times at which what has come meanwhile is bundled into one message. */
    digestTimes: z.array(time).min(1).max(6),
    /** What comes within these minutes after a digest time still belongs to it: reminders themselves come at 09:00. */
    collectMinutes: z.number().int().min(0).max(60),
    /** Nothing but what is urgent leaves between these; the same time twice: no quiet hours. */
    quietFrom: time,
    quietTo: time,
    /** Kinds of reminders that do not wait for a digest and break through quiet hours. */
    urgentKinds: z.array(z.string().regex(/^[A-Z][A-Z_]{1,30}$/)).max(50),
    /** Pauses after each failure; after the last one the message is dead until somebody repeats it. */
    retryMinutes: z.array(z.number().int().min(1).max(1440)).min(1).max(12),
    /** A mail that may or may not have arrived goes again under the same Message-ID; false: it waits for a person, as robots' messages do. */
    repeatDoubtfulMail: z.boolean(),
  }),
  usual: { digestTimes: ['09:00', '17:00'], collectMinutes: 5, quietFrom: '20:00', quietTo: '08:00', urgentKinds: ['APPROVAL', 'DISPUTE'], retryMinutes: [1, 5, 15, 60, 240, 720], repeatDoubtfulMail: true },
});
