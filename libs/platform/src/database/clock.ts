import { Injectable } from '@nestjs/common';

const SHANGHAI = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit' });

/** Time, asked of one place. A test pins it; the database then follows through app.now. */
@Injectable()
export class Clock {
  private fixed: Date | null = null;

  now(): Date {
    return this.fixed ?? new Date();
  }

  /** Today in Asia/Shanghai as YYYY-MM-DD. */
  today(): string {
    return shanghaiDay(this.now());
  }

  pin(at: Date | null): void {
    this.fixed = at;
  }

  pinned(): Date | null {
    return this.fixed;
  }
}

/** The Shanghai day of an instant, YYYY-MM-DD. */
export function shanghaiDay(at: Date): string {
  return SHANGHAI.format(at);
}
