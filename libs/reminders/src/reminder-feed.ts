import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@yinfeng/platform';
import { DeliveryService } from './delivery.service.js';

const POLL_MS = 1000;
/** A delivery's instant is the beginning of its transaction; one that commits late is still found within this time. */
const LOOK_BACK_MS = 30_000;
/** A subscriber who does not read loses the oldest: the inbox is the record, this is a hint. */
const MOST_WAITING = 100;

interface Subscriber {
  since: number;
  push(reminderId: string): void;
}

/**
 * One look a second for all live subscribers of this process, and none while nobody listens. Nothing is announced inside
 * the writing transaction (performance.md W4: NOTIFY there costs throughput), and every API process hears of everything.
 */
@Injectable()
export class ReminderFeed implements OnApplicationShutdown {
  private readonly log = new Logger(ReminderFeed.name);
  private readonly subscribers = new Map<string, Set<Subscriber>>();
  private readonly told = new Map<string, number>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly deliveries: DeliveryService, private readonly clock: Clock) {}

  onApplicationShutdown(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.subscribers.clear();
  }

  /** Ids of reminders as they come into a person's inbox from now on; ends when the reader leaves. */
  of(recipientId: string): AsyncIterableIterator<string> {
    const waiting: string[] = [];
    let next: ((result: IteratorResult<string>) => void) | null = null;
    let open = true;
    const subscriber: Subscriber = {
      since: this.clock.now().getTime(),
      push: (id) => {
        if (next) {
          next({ value: id, done: false });
          next = null;
        } else if (waiting.push(id) > MOST_WAITING) waiting.shift();
      },
    };
    const leave = (): Promise<IteratorResult<string>> => {
      open = false;
      this.remove(recipientId, subscriber);
      next?.({ value: undefined, done: true });
      next = null;
      return Promise.resolve({ value: undefined, done: true });
    };
    this.add(recipientId, subscriber);
    return {
      next: () => {
        const id = waiting.shift();
        if (id !== undefined) return Promise.resolve({ value: id, done: false });
        return open ? new Promise((resolve) => { next = resolve; }) : Promise.resolve({ value: undefined, done: true });
      },
      return: leave,
      throw: leave,
      [Symbol.asyncIterator]() { return this; },
    };
  }

  /** Whether somebody listens for this person. */
  hears(recipientId: string): boolean {
    return this.subscribers.has(recipientId);
  }

  /** One look: everything that arrived and was not told yet goes to its recipient's subscribers. */
  async look(): Promise<void> {
    const now = this.clock.now().getTime();
    for (const [id, at] of this.told) if (at < now - 2 * LOOK_BACK_MS) this.told.delete(id);
    if (this.subscribers.size === 0) return;
    for (const arrival of await this.deliveries.deliveredSince(new Date(now - LOOK_BACK_MS), [...this.subscribers.keys()])) {
      const key = `${arrival.reminderId}:${arrival.at.getTime()}`;
      if (this.told.has(key)) continue;
      this.told.set(key, now);
      for (const s of this.subscribers.get(arrival.recipientId) ?? []) if (arrival.at.getTime() >= s.since) s.push(arrival.reminderId);
    }
  }

  private add(recipientId: string, subscriber: Subscriber): void {
    const of = this.subscribers.get(recipientId);
    if (of) of.add(subscriber);
    else this.subscribers.set(recipientId, new Set([subscriber]));
    if (!this.timer) this.schedule();
  }

  private remove(recipientId: string, subscriber: Subscriber): void {
    const of = this.subscribers.get(recipientId);
    of?.delete(subscriber);
    if (of?.size === 0) this.subscribers.delete(recipientId);
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.look()
        .catch((error: unknown) => this.log.warn(`looking for delivered reminders failed: ${error instanceof Error ? error.message : String(error)}`))
        .finally(() => {
          if (this.timer && this.subscribers.size > 0) this.schedule();
          else this.timer = null;
        });
    }, POLL_MS);
    this.timer.unref();
  }
}
