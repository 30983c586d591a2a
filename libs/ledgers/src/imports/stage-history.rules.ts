import { STAGES, type ProjectStatus, type Stage } from '@yinfeng/recruitment';
import type { RowFields, StageName } from '../reading/ledger-reading.js';

export type MilestoneKind = 'REPORTED' | 'RESERVED' | 'NEGOTIATED' | 'SIGNED' | 'LANDED' | 'STARTED' | 'RESUMED' | 'COMPLETED' | 'PRODUCING' | 'STATISTICS_ENTRY';
export type Precision = 'DAY' | 'MONTH' | 'QUARTER' | 'YEAR';

/** A milestone that a row tells of. `eventOn` is a Shanghai day, `approvedAt` an instant (RFC 3339). */
export interface MilestoneDraft {
  kind: MilestoneKind;
  eventOn: string | null;
  approvedAt: string | null;
  precision: Precision;
  /** false: the row gives no date, only the fact; the day of the file stands in. */
  dated: boolean;
}

export interface StateDraft {
  stage: Stage;
  status: ProjectStatus;
  /** Instant, RFC 3339 with +08:00. */
  at: string;
}

/** Where a project stands by its row, since when, what it passed before, and the milestones it reached. */
export interface StageHistory {
  stage: Stage;
  /** Whether the row, its sheet or its dates say a stage at all. */
  stageGiven: boolean;
  status: ProjectStatus;
  statusReason: string | null;
  stateAt: string;
  priorStates: StateDraft[];
  milestones: MilestoneDraft[];
}

const STAGE_OF: Record<StageName, Stage | null> = {
  lead: 'LEAD', reserve: 'RESERVE', negotiating: 'NEGOTIATING', signed: 'SIGNED', landed: 'LANDED', started: 'STARTED', finished: 'PRODUCING', in_production: 'PRODUCING',
  dormant: null, withdrawn: null, transferred: null,
};
const OFF_STATUS: Partial<Record<StageName, readonly [ProjectStatus, string]>> = {
  dormant: ['SUSPENDED', '暂停'], withdrawn: ['WITHDRAWN', '退库'], transferred: ['WITHDRAWN', '流转'],
};

interface Gate {
  stage: Stage;
  kind: MilestoneKind;
  /** What counts first: the approval, where a list has it, else the event (ledgers README §5). */
  fields: readonly string[];
  event: string;
  approval?: string;
}
const GATES: readonly Gate[] = [
  { stage: 'RESERVE', kind: 'RESERVED', fields: ['date.reported'], event: 'date.reported' },
  { stage: 'NEGOTIATING', kind: 'NEGOTIATED', fields: ['date.first_contact'], event: 'date.first_contact' },
  { stage: 'SIGNED', kind: 'SIGNED', fields: ['date.sign_approved', 'date.signed'], event: 'date.signed', approval: 'date.sign_approved' },
  { stage: 'LANDED', kind: 'LANDED', fields: ['date.land_approved', 'date.landed'], event: 'date.landed', approval: 'date.land_approved' },
  { stage: 'STARTED', kind: 'STARTED', fields: ['date.start'], event: 'date.start' },
  { stage: 'PRODUCING', kind: 'PRODUCING', fields: ['date.finish'], event: 'date.finish' },
];

/** First Shanghai day that a date of any precision may mean: 2024-05 → 2024-05-01, 2024-Q2 → 2024-04-01. */
export function firstDay(date: string): string {
  if (date.length >= 10) return date.slice(0, 10);
  const quarter = /^(\d{4})-Q(\d)$/.exec(date);
  if (quarter) return `${quarter[1]}-${String(Number(quarter[2]) * 3 - 2).padStart(2, '0')}-01`;
  return date.length === 7 ? `${date}-01` : `${date.slice(0, 4)}-01-01`;
}

export function precisionOf(date: string): Precision {
  if (date.length >= 10) return 'DAY';
  return date.includes('Q') ? 'QUARTER' : date.length === 7 ? 'MONTH' : 'YEAR';
}

/** The instant of a sheet's date: times are Beijing time, a day begins at its midnight. */
export function instantOf(date: string): string {
  return date.length > 10 ? `${date}+08:00` : `${firstDay(date)}T00:00:00+08:00`;
}

const dateOf = (fields: RowFields, name: string): string | undefined => {
  const value = fields[name];
  return typeof value === 'string' && /^\d{4}/.test(value) ? value : undefined;
};
const gateDate = (fields: RowFields, gate: Gate): string | undefined => gate.fields.map((f) => dateOf(fields, f)).find(Boolean);
const rank = (stage: Stage): number => STAGES.indexOf(stage);

/**
 * Reads the history of a project out of its row (ledgers README §5): the latest gate passed by a day, in the order
 * 申报 → 对接 → 签约审核 → 落地审核 → 开工 → 竣工/投产, until 退库/暂停/流转. Where the row names its stage, that is what
 * it stands at; a gate without a date is passed on the day for which the file speaks.
 * @param asOf Shanghai day for which the file speaks
 */
export function stageHistory(fields: RowFields, asOf: string): StageHistory {
  const named = fields.status;
  const off = named ? OFF_STATUS[named] : undefined;
  const dated = GATES.flatMap((gate) => {
    const date = gateDate(fields, gate);
    // What has not happened by the day of the file has not been passed, whatever date was typed.
    return date && firstDay(date) <= asOf ? [{ gate, date }] : [];
  });
  const latest = dated.at(-1)?.gate.stage;
  const stage: Stage = (named && STAGE_OF[named]) ?? latest ?? 'LEAD';
  const first = (g: Gate): Stage => (g.stage === 'RESERVE' && stage === 'LEAD' ? 'LEAD' : g.stage);
  const passed: StateDraft[] = dated
    .filter(({ gate }) => rank(first(gate)) <= rank(stage))
    .map(({ gate, date }) => ({ stage: first(gate), status: 'ACTIVE', at: instantOf(date) }));
  const endOfFile = instantOf(asOf);
  let stateAt: string;
  if (off) {
    stateAt = instantOf(dateOf(fields, 'date.off') ?? asOf);
    if (passed.length === 0 && dateOf(fields, 'date.off') === undefined) stateAt = endOfFile;
  } else if (passed.at(-1)?.stage === stage) {
    stateAt = passed.pop()!.at;
  } else {
    stateAt = endOfFile;
  }
  return {
    stage,
    stageGiven: named !== undefined || latest !== undefined,
    status: off ? off[0] : 'ACTIVE',
    statusReason: off ? off[1] : null,
    stateAt,
    priorStates: ordered(passed, stateAt),
    milestones: milestonesOf(fields, off ? null : stage, asOf),
  };
}

/** States that lie before the next one; one that a later gate overtook was never held. */
function ordered(states: StateDraft[], end: string): StateDraft[] {
  const out: StateDraft[] = [];
  let next = Date.parse(end);
  for (const s of states.toReversed()) {
    const at = Date.parse(s.at);
    if (at >= next) continue;
    out.unshift(s);
    next = at;
  }
  return out;
}

function milestonesOf(fields: RowFields, stage: Stage | null, asOf: string): MilestoneDraft[] {
  const out: MilestoneDraft[] = [];
  const add = (kind: MilestoneKind, event: string | undefined, approval?: string): void => {
    if (!event && !approval) return;
    out.push({ kind, eventOn: event ? firstDay(event) : null, approvedAt: approval ? instantOf(approval) : null, precision: event ? precisionOf(event) : precisionOf(approval!), dated: true });
  };
  const reported = dateOf(fields, 'date.reported');
  add('REPORTED', reported);
  for (const gate of GATES) {
    if (gate.kind === 'RESERVED' && stage === 'LEAD') continue;
    add(gate.kind, dateOf(fields, gate.event), gate.approval && dateOf(fields, gate.approval));
  }
  const resumed = Object.keys(fields).filter((f) => f.startsWith('date.resumed')).map((f) => dateOf(fields, f)).filter((d) => d !== undefined).sort().at(-1);
  add('RESUMED', resumed);
  if (fields.status === 'finished') add('COMPLETED', dateOf(fields, 'date.finish'));
  add('STATISTICS_ENTRY', dateOf(fields, 'date.stat_entry'));
  const known = new Set(out.map((m) => m.kind));
  const undated = (kind: MilestoneKind): void => {
    if (!known.has(kind)) out.push({ kind, eventOn: asOf, approvedAt: null, precision: 'DAY', dated: false });
  };
  undated('REPORTED');
  // A list that only says whether work goes on (开复工情况) does not say that it began then.
  if (fields['status.started'] !== undefined) {
    if (fields['status.started']) undated('RESUMED');
  } else if (stage && stage !== 'LEAD') {
    undated(GATES.find((g) => g.stage === stage)!.kind);
  }
  return out;
}
