import { expect, it } from '@jest/globals';
import type { ProjectStatus } from './projects.access.js';
import { ACT_LABELS, actBetween, STATUS_ACTS, STATUS_LABELS, statusAfter } from './status.rules.js';

const STATUSES = Object.keys(STATUS_LABELS) as ProjectStatus[];

it('knows from where each act may be done, and where it leads', () => {
  const table = Object.fromEntries(STATUS_ACTS.map((act) => [act, Object.fromEntries(STATUSES.flatMap((from) => { const to = statusAfter(act, from); return to ? [[from, to]] : []; }))]));
  expect(table).toEqual({
    SUSPEND: { ACTIVE: 'SUSPENDED' }, RESUME: { SUSPENDED: 'ACTIVE' }, WITHDRAW: { ACTIVE: 'WITHDRAWN', SUSPENDED: 'WITHDRAWN' }, LOSE: { ACTIVE: 'LOST', SUSPENDED: 'LOST' },
    REOPEN: { WITHDRAWN: 'ACTIVE', LOST: 'ACTIVE' }, RELEASE: { ACTIVE: 'POOLED', SUSPENDED: 'POOLED' }, EXTEND: { ACTIVE: 'ACTIVE', SUSPENDED: 'SUSPENDED' },
  });
});

it('finds the act for a wanted status; a pooled project has none, and staying is none', () => {
  expect(actBetween('ACTIVE', 'WITHDRAWN')).toBe('WITHDRAW');
  expect(actBetween('SUSPENDED', 'ACTIVE')).toBe('RESUME');
  expect(actBetween('LOST', 'ACTIVE')).toBe('REOPEN');
  expect(actBetween('ACTIVE', 'POOLED')).toBe('RELEASE');
  for (const to of STATUSES) expect(actBetween('POOLED', to)).toBeNull();
  for (const s of STATUSES) expect(actBetween(s, s)).toBeNull();
});

it('has words for all of them', () => {
  for (const words of [...Object.values(ACT_LABELS), ...Object.values(STATUS_LABELS)]) expect(words.every((w) => w.length > 1)).toBe(true);
});
