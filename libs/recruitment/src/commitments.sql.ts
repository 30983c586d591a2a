import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { decimalFact, extendFacts, type Facts, idFact } from '@yinfeng/platform';
import { projectFacts, signingFacts } from './project.facts.js';

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });

/** Due and not settled; alias c. */
export const OVERDUE = `(c.state = 'OPEN' and coalesce(c.due_on < shanghai_day(app_now()), false))`;

/** What can be read of a commitment; alias c. */
export const commitmentFacts: Facts = {
  id: idFact('Commitment', 'c.id'), version: 'c.version', side: 'c.side', kind: 'c.kind', content: 'c.content', quantity: 'c.quantity', legalBasis: 'c.legal_basis', dueOn: 'c.due_on', overdue: OVERDUE,
  amount: {
    of: { amount: decimalFact('c.amount'), wan: decimalFact('c.amount * 0.0001'), yi: decimalFact('c.amount * 0.00000001'), currency: 'c.currency', raw: 'c.amount_raw', approximate: 'false' },
    sql: (json) => `case when c.amount is not null then ${json} end`,
  },
  reviewState: 'c.review_state', reviewedBy: staff('c.reviewed_by'), reviewedAt: 'c.reviewed_at', reviewNote: 'c.review_note',
  state: 'c.state', settledBy: staff('c.settled_by'), settledAt: 'c.settled_at', settledOn: 'c.settled_on', settleNote: 'c.settle_note', fileId: idFact('StoredFile', 'c.file_id'),
  createdBy: staff('c.created_by'), createdAt: 'c.created_at',
  department: { of: departmentFacts, sql: (json) => `(select ${json} from department d where d.id = c.department_id)` },
  signing: { of: signingFacts, sql: (json) => `(select ${json} from signing g where g.id = c.signing_id)` },
  project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = c.project_id)` },
};
extendFacts(projectFacts, { commitments: { of: commitmentFacts, sql: (json) => `coalesce((select json_agg(${json} order by c.due_on, c.id) from commitment c where c.project_id = p.id), '[]')` } });

/**
 * One reminder for each open commitment whose day is near or past, to whoever is in charge of the project, else to the heads
 * of its department; once a department has taken it over, to who accepted it there, else to its heads: $1 today, $2 days ahead. Again only for another day.
 */
export const PLAN_COMMITMENTS = `
  insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at)
  select c.zone_id, 'COMMITMENT', 'COMMITMENT:' || c.id || ':' || c.due_on, c.project_id, who.id, due.on_day, reminder_due_at(due.on_day),
    jsonb_build_object('commitmentId', c.id, 'side', c.side, 'content', left(c.content, 80), 'dueOn', c.due_on), app_now()
  from commitment c join project p on p.id = c.project_id and p.status = 'ACTIVE'
  cross join lateral (select greatest(c.due_on - $2::int, $1::date) as on_day) due
  cross join lateral (
    select p.owner_id as id where p.owner_id is not null and c.department_id is null
    union select m.staff_id from staff_department m join staff s on s.id = m.staff_id where p.owner_id is null and c.department_id is null and m.leads and s.disabled_at is null and m.department_id = p.department_id
    union select coalesce(taker.id, hd.id) from (select 1) x
      left join lateral (select s.id from handoff h join staff s on s.id = h.decided_by and s.disabled_at is null where h.project_id = p.id and h.state = 'ACCEPTED' and h.to_department_id = c.department_id order by h.decided_at desc limit 1) taker on true
      left join lateral department_heads(c.department_id) hd (id) on taker.id is null where c.department_id is not null) who
  where c.zone_id = app_zone() and c.state = 'OPEN' and c.due_on <= $1::date + $2::int and reminder_due_at(due.on_day) is not null
  on conflict (zone_id, cause, recipient_id) do nothing`;
