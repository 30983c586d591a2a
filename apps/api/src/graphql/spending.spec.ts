import { describe, expect, it } from '@jest/globals';
import { Spending } from './spending.js';

describe('a bucket of points', () => {
  it('is spent at once, comes back steadily, never above its capacity, and belongs to one caller', () => {
    let now = 0;
    const spending = new Spending(100, 10, () => now);
    expect(spending.spend('a', 80)).toEqual({ waitSeconds: 0, available: 20 });
    expect(spending.spend('a', 30)).toEqual({ waitSeconds: 1, available: 20 });
    expect(spending.spend('b', 30)).toEqual({ waitSeconds: 0, available: 70 });
    now = 1_000;
    expect(spending.spend('a', 30)).toEqual({ waitSeconds: 0, available: 0 });
    now = 1_000_000;
    expect(spending.spend('a', 0)).toEqual({ waitSeconds: 0, available: 100 });
  });

  it('forgets the callers who were not seen for longest', () => {
    const spending = new Spending(10, 0.001, () => 0, 2);
    for (const caller of ['a', 'b', 'a', 'c']) spending.spend(caller, 5);
    // b was dropped and starts anew; a was kept.
    expect(spending.spend('a', 5).waitSeconds).toBeGreaterThan(0);
    expect(spending.spend('b', 5)).toEqual({ waitSeconds: 0, available: 5 });
  });
});
