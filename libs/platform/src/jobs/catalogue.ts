/** No data: the job finds in the tables what there is to do. */
type Nothing = Record<string, never>;

/**
 * Every job and what it is told. Ids only: the handler re-reads the rows, so a job that comes late, twice or at once with
 * another does no harm. A job is added here and in the worker's handlers; a missing handler is a type error.
 */
export interface JobData {
  /** Claims due reminders of all zones and writes their deliveries. */
  'reminders.sweep': Nothing;
  /** Sends the deliveries of one zone. */
  'reminders.deliver': { zoneId: string; deliveryIds: string[] };
  /** Takes messages whose time has come (digests, urgent ones, tries after a failure) and those that a dead worker left under way. */
  'channels.sweep': Nothing;
  /** Sends messages of one zone by mail and robots. */
  'channels.send': { zoneId: string; deliveryIds: string[] };
  /** Folds movements into the totals up to the watermark. */
  'pipeline.fold': Nothing;
  /** Chains new audit entries. */
  'audit.seal': Nothing;
  /** Goes on with an import, whatever it waits for: reading, applying or undoing. */
  'imports.apply': { zoneId: string; importId: string };
  /** Plans reminders for projects that have gone quiet, and sets their lights. */
  'idle.sweep': Nothing;
  /** Takes reminders that nobody acts on up the organisation, and tells heads of the last week. */
  'reminders.escalate': Nothing;
  /** Works out the lights of the zone's rules and climbs the ladder of escalation. */
  'lights.sweep': Nothing;
  /** Plans reminders of what is due by the zone's rules, and counts planned days anew after a year of the calendar was published. */
  'reminders.plan': Nothing;
  /** Plans reminders of commitments that fall due. */
  'commitments.remind': Nothing;
  /** States what taskforces owe this week and which landed firms are to be visited. */
  'taskforces.sweep': Nothing;
  /** Opens the reports that are due, reminds of them, tells who is late; asks for reasons near the end of the month. */
  'reports.open': Nothing;
  /** Tells whoever is in charge, once a week, what is missing or contradictory in the data of their projects. */
  'faults.remind': Nothing;
  /** Tells both sides of projects that nobody has handed over. */
  'handoffs.missing': Nothing;
  /** Takes calls that nobody answered up the ladder, and closes solved ones that nobody rated. */
  'calls.escalate': Nothing;
  /** Spells new names for search. */
  'search.index': Nothing;
  /** Announces and releases what has been silent for months; tells of protections that end. */
  'pool.sweep': Nothing;
  /** Goes on with a scan for duplicates. */
  'duplicates.scan': { zoneId: string; scanId: string };
  /** Folds names anew where the rules of folding have changed. */
  'names.refold': Nothing;
  /** Removes what has had its time: idempotency keys, sessions, unfinished uploads, stored contents that no record names; proposes contacts past their term. */
  'housekeeping.daily': Nothing;
}
export type JobName = keyof JobData;

/** What a handler is told about its own run. */
export interface JobRun {
  /** The outbox row's id, or the queue's own for a recurring job. */
  id: string;
  /** 1 at the first try. */
  attempt: number;
}
export type Handler<Name extends JobName> = (data: JobData[Name], run: JobRun) => Promise<void>;
export type Handlers = { [Name in JobName]: Handler<Name> };

/** Long work has a lane of its own, so that reminders do not wait behind an import. */
export const LANES = ['quick', 'long'] as const;
export type Lane = (typeof LANES)[number];

/** How a job is run: its lane, how often it is tried, and the first pause between tries (ms, doubled each time). */
export interface JobPolicy {
  lane: Lane;
  attempts: number;
  backoffMs: number;
}

/** A recurring job is tried once: its next turn comes anyway. */
const RECURRING: JobPolicy = { lane: 'quick', attempts: 1, backoffMs: 0 };

export const JOB_POLICY: { readonly [Name in JobName]: JobPolicy } = {
  'reminders.sweep': RECURRING,
  'reminders.deliver': { lane: 'quick', attempts: 8, backoffMs: 2_000 },
  'channels.sweep': RECURRING,
  // What a message needs beyond is kept with the message: a job that fails is a fault of ours.
  'channels.send': { lane: 'quick', attempts: 3, backoffMs: 5_000 },
  'pipeline.fold': RECURRING,
  'audit.seal': RECURRING,
  'imports.apply': { lane: 'long', attempts: 3, backoffMs: 5_000 },
  'idle.sweep': { lane: 'long', attempts: 3, backoffMs: 60_000 },
  'reminders.escalate': { lane: 'long', attempts: 3, backoffMs: 60_000 },
  'lights.sweep': { lane: 'long', attempts: 3, backoffMs: 60_000 },
  'reminders.plan': { lane: 'long', attempts: 3, backoffMs: 60_000 },
  'commitments.remind': { lane: 'long', attempts: 3, backoffMs: 60_000 },
  'taskforces.sweep': { lane: 'long', attempts: 3, backoffMs: 60_000 },
  'reports.open': { lane: 'long', attempts: 3, backoffMs: 60_000 },
  'faults.remind': { lane: 'long', attempts: 3, backoffMs: 60_000 },
  'handoffs.missing': { lane: 'long', attempts: 3, backoffMs: 60_000 },
  'calls.escalate': { lane: 'long', attempts: 3, backoffMs: 60_000 },
  'search.index': RECURRING,
  'pool.sweep': { lane: 'long', attempts: 3, backoffMs: 60_000 },
  'duplicates.scan': { lane: 'long', attempts: 3, backoffMs: 5_000 },
  'names.refold': { ...RECURRING, lane: 'long' },
  'housekeeping.daily': { lane: 'long', attempts: 3, backoffMs: 60_000 },
};

export function isJobName(name: string): name is JobName {
  return Object.hasOwn(JOB_POLICY, name);
}
