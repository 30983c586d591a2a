/**
 * One bucket of points per caller, refilled steadily: a caller may spend `capacity` at once and `perSecond` on the
 * average. Kept in the memory of this process: two API processes allow twice as much, which is documented and harmless,
 * while a shared store would cost a round trip per request.
 */
export class Spending {
  private readonly buckets = new Map<string, { level: number; at: number }>();

  constructor(
    readonly capacity: number,
    readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
    private readonly mostCallers = 50_000,
  ) {}

  /** Takes the points when they are there. `waitSeconds` is 0, or how long until this operation could run. */
  spend(caller: string, points: number): { waitSeconds: number; available: number } {
    const now = this.now();
    const bucket = this.buckets.get(caller);
    const level = Math.min(this.capacity, (bucket?.level ?? this.capacity) + ((now - (bucket?.at ?? now)) / 1000) * this.perSecond);
    const enough = level >= points;
    const left = enough ? level - points : level;
    // Re-inserted, so that the map stays in order of last use and the oldest can be dropped.
    this.buckets.delete(caller);
    this.buckets.set(caller, { level: left, at: now });
    if (this.buckets.size > this.mostCallers) this.buckets.delete(this.buckets.keys().next().value!);
    return { waitSeconds: enough ? 0 : Math.max(1, Math.ceil((points - level) / this.perSecond)), available: Math.floor(left) };
  }

  /** Points of an operation that did nothing come back. */
  giveBack(caller: string, points: number): void {
    const bucket = this.buckets.get(caller);
    if (bucket) bucket.level = Math.min(this.capacity, bucket.level + points);
  }
}
