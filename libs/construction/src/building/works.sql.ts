import { staffFacts } from '@yinfeng/directory';
import { extendFacts, idFact, type Facts } from '@yinfeng/platform';
import { projectFacts } from '@yinfeng/recruitment';

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });
const project = (column: string) => ({ of: projectFacts, sql: (json: string) => `(select ${json} from project p where p.id = ${column})` });
const list = (json: string, from: string, order: string) => `coalesce((select json_agg(${json} order by ${order}) from ${from}), '[]')`;

/** The day by which a milestone is planned by now, and whether that day has passed; alias w. */
export const DUE = 'coalesce(w.revised_on, w.planned_on)';
export const OVERDUE = `(w.voided_at is null and w.reached_on is null and coalesce(${DUE} < shanghai_day(app_now()), false))`;
/** In what order milestones are listed. */
export const ORDER_DAY = 'coalesce(w.revised_on, w.planned_on, w.reached_on)';

/** What can be read of a milestone of building; alias w. */
export const worksMilestoneFacts: Facts = {
  id: idFact('WorksMilestone', 'w.id'), version: 'w.version', code: 'w.code', nameZh: 'w.name_zh', nameEn: 'w.name_en', plannedOn: 'w.planned_on', precision: 'w.precision', revisedOn: 'w.revised_on', dueOn: DUE,
  reachedOn: 'w.reached_on', overdue: OVERDUE, daysLate: `greatest(coalesce(w.reached_on, shanghai_day(app_now())) - ${DUE}, 0)`, byStage: '(w.milestone_id is not null)', fromLedger: '(w.import_id is not null)',
  note: 'w.note', recordedBy: staff('w.recorded_by'), recordedAt: 'w.recorded_at', reachedBy: staff('w.reached_by'), reachedAt: 'w.reached_at', voidedAt: 'w.voided_at', voidedBy: staff('w.voided_by'), voidReason: 'w.void_reason',
  revisions: { of: { fromOn: 'r.from_on', toOn: 'r.to_on', reason: 'r.reason', revisedBy: staff('r.revised_by'), revisedAt: 'r.revised_at' }, sql: (json) => list(json, 'works_revision r where r.works_id = w.id', 'r.revised_at, r.id') },
  files: {
    of: { id: idFact('StoredFile', 'wf.file_id'), name: '(select f.name from stored_file f where f.id = wf.file_id)', mediaType: '(select f.media_type from stored_file f where f.id = wf.file_id)' },
    sql: (json) => list(json, 'works_file wf where wf.works_id = w.id', 'wf.added_at, wf.file_id'),
  },
  project: project('w.project_id'),
};

/** What can be read of works that stopped or went on; alias k. */
export const worksPauseFacts: Facts = {
  id: idFact('WorksPause', 'k.id'), version: 'k.version', suspendedOn: 'k.suspended_on', reason: 'k.reason', expectedOn: 'k.expected_on', resumedOn: 'k.resumed_on', precision: 'k.precision', note: 'k.note',
  open: '(k.voided_at is null and k.resumed_on is null)', overdue: '(k.voided_at is null and k.resumed_on is null and coalesce(k.expected_on < shanghai_day(app_now()), false))', fromLedger: '(k.import_id is not null)',
  recordedBy: staff('k.recorded_by'), recordedAt: 'k.recorded_at', resumedBy: staff('k.resumed_by'), voidedAt: 'k.voided_at', voidedBy: staff('k.voided_by'), voidReason: 'k.void_reason',
  project: project('k.project_id'),
};

/** What can be read of a place on a year's plan of starts; alias b. */
export const startPlanFacts: Facts = {
  id: idFact('StartPlan', 'b.id'), version: 'b.version', year: 'b.year', kind: 'b.kind', month: 'b.month', batch: 'b.batch', fromLedger: '(b.import_id is not null)',
  listedBy: staff('b.listed_by'), listedAt: 'b.listed_at', removedAt: 'b.removed_at', removedBy: staff('b.removed_by'), removeReason: 'b.remove_reason',
  project: project('b.project_id'),
};

extendFacts(projectFacts, {
  works: {
    of: {
      milestones: { of: worksMilestoneFacts, sql: (json) => list(json, 'works_milestone w where w.project_id = p.id and w.voided_at is null', 'w.position, w.code') },
      pauses: { of: worksPauseFacts, sql: (json) => list(json, 'works_pause k where k.project_id = p.id and k.voided_at is null', 'coalesce(k.suspended_on, k.resumed_on), k.id') },
      startPlans: { of: startPlanFacts, sql: (json) => list(json, 'start_plan b where b.project_id = p.id and b.removed_at is null', 'b.year') },
      suspended: 'exists (select from works_pause k where k.project_id = p.id and k.voided_at is null and k.resumed_on is null)',
    },
    sql: (json) => json,
  },
});
