/** When messages leave: digests at the zone's or the person's times, nothing but what is urgent in quiet hours. Shanghai keeps one time all year (UTC+8). */
export interface Hours {
  /** HH:MM in Shanghai, in any order. */
  digestTimes: readonly string[];
  collectMinutes: number;
  quietFrom: string;
  quietTo: string;
}

const DAY = 86_400_000;
const SHANGHAI = 8 * 3_600_000;
const ofDay = (time: string) => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * 60_000;
/** Midnight in Shanghai at or before an instant. */
const midnight = (at: number) => Math.floor((at + SHANGHAI) / DAY) * DAY - SHANGHAI;

/** The first digest time at or after an instant; `strictly`: after it. */
function nextTime(hours: Hours, from: number, strictly = false): number {
  const times = hours.digestTimes.map(ofDay).sort((a, b) => a - b);
  for (let day = midnight(from); ; day += DAY) {
    const found = times.find((t) => (strictly ? day + t > from : day + t >= from));
    if (found !== undefined) return day + found;
  }
}
function lastTime(hours: Hours, until: number): number {
  const times = hours.digestTimes.map(ofDay).sort((a, b) => b - a);
  for (let day = midnight(until); ; day -= DAY) {
    const found = times.find((t) => day + t <= until);
    if (found !== undefined) return day + found;
  }
}

/**
 * The digest that something belongs to which was there from `since` on: the one that is being collected, else the next
 * digest time after it, or the last that has passed when nobody was at work meanwhile. `left`: that digest has left
 * already, so the one after it.
 */
export function windowOf(hours: Hours, since: Date, now: Date, left?: Date): Date {
  if (left) return new Date(nextTime(hours, Math.max(left.getTime(), now.getTime()), true));
  const from = Math.min(since.getTime(), now.getTime()) - hours.collectMinutes * 60_000;
  const last = lastTime(hours, now.getTime());
  return new Date(last >= from ? last : nextTime(hours, from));
}

/** When a digest leaves: after it has been collected (anew, when its time has long passed), and not in quiet hours. */
export function leavesAt(hours: Hours, window: Date, now: Date): Date {
  const collect = hours.collectMinutes * 60_000;
  const usual = window.getTime() + collect;
  return outsideQuiet(hours, new Date(usual >= now.getTime() ? usual : now.getTime() + collect));
}

/** The instant itself, or the end of the quiet hours that it lies in. */
export function outsideQuiet(hours: Hours, at: Date): Date {
  const [from, to] = [ofDay(hours.quietFrom), ofDay(hours.quietTo)];
  if (from === to) return at;
  const day = midnight(at.getTime());
  const time = at.getTime() - day;
  const quiet = from < to ? time >= from && time < to : time >= from || time < to;
  if (!quiet) return at;
  return new Date(time < to ? day + to : day + DAY + to);
}
