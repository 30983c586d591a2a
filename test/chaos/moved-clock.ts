import { Clock } from '@yinfeng/platform';

/** Goes as fast as the real one and stands elsewhere; the database follows it. */
export class MovedClock extends Clock {
  constructor(public offset: number) {
    super();
  }

  override now(): Date {
    return new Date(Date.now() + this.offset);
  }

  override pinned(): Date {
    return this.now();
  }
}
