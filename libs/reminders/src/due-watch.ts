import { type Database, Nap } from '@yinfeng/platform';

/** Between two looks. What is due alone leaves within this and the moment that a job takes. */
const EVERY_MS = 1_000;

export interface DueWatchOptions {
  everyMs?: number;
  /** Jobs were written: they need not wait for the next look at the outbox. */
  onJobs?: () => void;
  onError?: (error: Error) => void;
}

/**
 * Sees to it that what is due leaves at once: asks one statement whether there is anything, and only then sweeps. The
 * recurring sweeps stay as they are, for claims that were lost and for whatever this misses. Any number may watch.
 */
export class DueWatch {
  private readonly nap = new Nap();
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Pick<Database, 'shared' | 'pinnedNow'>,
    private readonly sweeps: { reminders: () => Promise<unknown>; messages: () => Promise<unknown> },
    private readonly options: DueWatchOptions = {},
  ) {}

  start(): void {
    this.running = this.loop();
  }

  /** Ends after the sweep in hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.nap.wake();
    await this.running;
  }

  /** Something has just changed: look now instead of in a second. */
  hurry(): void {
    this.nap.wake();
  }

  /** One look; returns whether anything was due. */
  async look(): Promise<boolean> {
    const [due] = await this.db.shared<{ reminders: boolean; messages: boolean }>('select reminders, messages from due_now($1)', [this.db.pinnedNow() || null], 'due_now');
    if (due!.reminders) await this.sweeps.reminders();
    if (due!.messages) await this.sweeps.messages();
    const found = due!.reminders || due!.messages;
    if (found) this.options.onJobs?.();
    return found;
  }

  private async loop(): Promise<void> {
    for (let trouble = 0; !this.stopped; ) {
      try {
        await this.look();
        trouble = 0;
      } catch (error) {
        trouble = Math.min(trouble + 1, 4);
        this.options.onError?.(error as Error);
      }
      if (!this.stopped) await this.nap.rest((this.options.everyMs ?? EVERY_MS) * 2 ** trouble);
    }
  }
}
