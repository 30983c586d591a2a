import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { extendFacts, idFact, type Facts } from '@yinfeng/platform';
import { projectFacts, RULE_SUBJECT } from '@yinfeng/recruitment';

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });
const department = (column: string) => ({ of: departmentFacts, sql: (json: string) => `(select ${json} from department d where d.id = ${column})` });

/** The records that an item stands for, as they are now; one that has gone is left out. Contacts by name and title: their numbers stay where they are masked. */
const ENTRIES = `
  select r.n, 'Signing:' || g.id as id, concat_ws(' ', coalesce(g.title, g.agreement_type, g.party_name), g.signed_on) as text, g.voided_at is null as open
    from unnest(i.refs) with ordinality r (id, n) join signing g on g.id = r.id where i.source = 'AGREEMENT'
  union all select r.n, 'Commitment:' || c.id, c.content, c.state = 'OPEN' from unnest(i.refs) with ordinality r (id, n) join commitment c on c.id = r.id where i.source = 'COMMITMENTS'
  union all select r.n, 'Contact:' || k.id, concat_ws(' ', k.name, k.title), k.archived_at is null from unnest(i.refs) with ordinality r (id, n) join contact k on k.id = coalesce(merged_record('contact', r.id), r.id) where i.source = 'CONTACTS'
  union all select r.n, 'ServiceCall:' || sc.id, concat_ws(' ', sc.number, shown_words(sc.title, sc.project_id, sc.raised_by)), sc.state in ('RAISED', 'REPORTED_IN', 'HANDLING', 'REOPENED')
    from unnest(i.refs) with ordinality r (id, n) join service_call sc on sc.id = r.id where i.source = 'PROBLEMS'
  union all select r.n, 'Permit:' || pm.id, pm.label_zh, pm.state not in ('GRANTED', 'NOT_NEEDED') from unnest(i.refs) with ordinality r (id, n) join permit pm on pm.id = r.id where i.source = 'PERMITS'`;
/** Files shown with an item, in this attempt or one before. */
const FILES = `evidence ev where ev.handoff_item_id in (
  with recursive line as (select i.id, i.previous_id union all select x.id, x.previous_id from line join handoff_item x on x.id = line.previous_id) select id from line)`;

/** Words of the submitter: numbers in them are masked as those of the project's contacts are, until the receiver has accepted it. */
const words = (column: string) => `case when holds_number(${column}) then (select shown_words(${column}, w.project_id, w.submitted_by) from handoff w where w.id = i.handoff_id) else ${column} end`;

/** What can be read of an item of a handoff package; alias i. */
export const handoffItemFacts: Facts = {
  id: idFact('HandoffItem', 'i.id'), code: 'i.code', item: 'i.label_zh', itemEn: 'i.label_en', required: 'i.required', source: 'i.source', done: 'i.done', note: words('i.note'), content: 'i.content',
  state: 'i.state', decidedBy: staff('i.decided_by'), decidedAt: 'i.decided_at', returnReason: 'i.return_reason',
  previousReason: '(select b.return_reason from handoff_item b where b.id = i.previous_id)',
  carried: `(i.state = 'ACCEPTED' and exists (select from handoff_item b where b.id = i.previous_id and b.state = 'ACCEPTED' and b.decided_at = coalesce(i.decided_at, b.decided_at)))`,
  onRecord: `(cardinality(i.refs) > 0 or i.content is not null or exists (select from ${FILES}))`,
  entries: { of: { id: 'e.id', text: 'e.text', open: 'e.open' }, sql: (json) => `coalesce((select json_agg(${json} order by e.n) from (${ENTRIES}) e), '[]')` },
  files: {
    of: { id: idFact('StoredFile', 'ev.file_id'), name: '(select f.name from stored_file f where f.id = ev.file_id)', mediaType: '(select f.media_type from stored_file f where f.id = ev.file_id)' },
    sql: (json) => `coalesce((select json_agg(${json} order by ev.added_at, ev.id) from ${FILES}), '[]')`,
  },
};

/** What can be read of a handoff; alias h. */
export const handoffFacts: Facts = {
  id: idFact('Handoff', 'h.id'), version: 'h.version', attempt: 'h.attempt', state: 'h.state', note: 'shown_words(h.note, h.project_id, h.submitted_by)', submittedAt: 'h.submitted_at', dueOn: 'h.due_on', decidedAt: 'h.decided_at', returnReason: 'h.return_reason', resubmitDueOn: 'h.resubmit_due_on',
  overdue: `(h.state = 'SUBMITTED' and coalesce(h.due_on < shanghai_day(app_now()), false))`,
  provisional: `coalesce((select bool_or(dl.provisional) from deadline dl where dl.subject_id = h.id and dl.kind = 'HANDOFF' and dl.done_on is null), false)`,
  checklist: { of: handoffItemFacts, sql: (json) => `coalesce((select json_agg(${json} order by i.position) from handoff_item i where i.handoff_id = h.id), '[]')` },
  fromDepartment: department('h.from_department_id'), toDepartment: department('h.to_department_id'), submittedBy: staff('h.submitted_by'), decidedBy: staff('h.decided_by'),
  project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = h.project_id)` },
};
// The inner record has the same alias, so the outer one's project comes first.
handoffFacts.attempts = { of: handoffFacts, sql: (json: string) => `(select json_agg(${json} order by h.attempt) from (select h.project_id) o, handoff h where h.project_id = o.project_id)` };

// A project shows its latest attempt; earlier ones are in its attempts and on its timeline.
extendFacts(projectFacts, {
  handoff: { of: handoffFacts, sql: (json) => `(select ${json} from handoff h where h.project_id = p.id order by h.attempt desc limit 1)` },
  serviceDepartment: { of: departmentFacts, sql: (json) => `(select ${json} from handoff hs join department d on d.id = hs.to_department_id where hs.project_id = p.id and hs.state = 'ACCEPTED' order by hs.decided_at desc limit 1)` },
});

/** The gateway to one handoff, after its project is locked: $1 id. `mine`: the actor sits in the receiving department or below it ($2 the actor's departments). */
export const LOCK_HANDOFF = `
  select h.id, h.version, h.project_id, h.attempt, h.state, h.submitted_by, h.from_department_id, h.to_department_id, h.note, (select name from staff where id = h.decided_by) as decided_by_name,
    exists (select from department d where d.id = any($2::uuid[]) and h.to_department_id = any(d.path)) as mine
  from handoff h where h.id = $1 for update of h`;

export const INSERT_HANDOFF = `
  insert into handoff (id, zone_id, project_id, attempt, from_department_id, to_department_id, note, submitted_by, submitted_at, due_on)
  values ($1, app_zone(), $2, $3, $4, $5, $6, $7, app_now(), $8)`;

/** Who can decide in a department ($1) or below it: enabled people of roles $2, not the one who acts. */
export const RECEIVERS = `
  with below as (select id from department where path && array[$1::uuid])
  select s.id from staff s where s.role = any($2::text[]) and s.disabled_at is null and s.id is distinct from app_staff()
    and (s.department_id in (select id from below) or exists (select from staff_department m where m.staff_id = s.id and m.department_id in (select id from below)))`;

/** What was told of a project between two chairs has lapsed; also to those who did not see the project. $1 project. */
export const SETTLE_MISSING = `
  update reminder set state = 'DONE', done_at = app_now(), done_by = app_staff(), version = version + 1
  where zone_id = app_zone() and kind = 'HANDOFF' and state in ('PLANNED', 'DELIVERED') and starts_with(cause, 'HANDOFF:MISSING:' || $1::text || ':')`;

/** What the records say of each source of a package: $1 project. `refs` by source; a project has at most a few dozen of each. */
export const RECORDS = `
  select ${RULE_SUBJECT}, nullif(trim(p.land_need), '') as land, nullif(trim(p.energy_need), '') as energy, nullif(trim(p.environment_need), '') as environment,
    json_build_object(
      'AGREEMENT', array(select g.id from signing g where g.project_id = p.id and g.voided_at is null order by g.signed_on, g.id limit 100),
      'COMMITMENTS', array(select c.id from commitment c where c.project_id = p.id and c.state = 'OPEN' order by c.due_on, c.id limit 100),
      'PROBLEMS', array(select sc.id from service_call sc where sc.project_id = p.id and sc.state in ('RAISED', 'REPORTED_IN', 'HANDLING', 'REOPENED') order by sc.id limit 100),
      'PERMITS', array(select pm.id from permit pm where pm.project_id = p.id and pm.state <> 'NOT_NEEDED' order by pm.position, pm.id limit 100),
      'CONTACTS', array(select k.id from contact k where (k.project_id = p.id or k.enterprise_id = p.enterprise_id) and k.archived_at is null order by k.id limit 100)) as refs
  from project p where p.id = $1`;

/** The items of the last attempt ($1 project), as the next one may carry them: what another department ($2), or who submits now, has accepted is asked anew. */
export const PREVIOUS_ITEMS = `
  select i.id, i.code, i.label_zh as zh, i.label_en as en, i.source, i.done, i.note,
    case when i.state = 'ACCEPTED' and (h.to_department_id <> $2::uuid or i.decided_by = app_staff()) then 'PENDING' else i.state end as state
  from handoff_item i join (select * from handoff where project_id = $1 order by attempt desc limit 1) h on h.id = i.handoff_id order by i.position`;

/** Writes the items of an attempt: $1 handoff, $2 rows of handoff_item as JSON. What is carried was decided by whom and when it was. */
export const INSERT_ITEMS = `
  insert into handoff_item (id, zone_id, handoff_id, position, code, label_zh, label_en, required, source, done, note, content, refs, previous_id, state, decided_by, decided_at)
  select i.id, app_zone(), $1, i.position, i.code, i.label_zh, i.label_en, i.required, i.source, i.done, i.note, i.content, i.refs, i.previous_id, i.state, b.decided_by, b.decided_at
  from jsonb_populate_recordset(null::handoff_item, $2::jsonb) i left join handoff_item b on b.id = i.previous_id and i.state = 'ACCEPTED'`;

/** The same things for another department ($2 new attempt, $1 the one that ends): nothing is decided there. */
export const COPY_ITEMS = `
  insert into handoff_item (id, zone_id, handoff_id, position, code, label_zh, label_en, required, source, done, note, content, refs, previous_id)
  select new_id(), zone_id, $2, position, code, label_zh, label_en, required, source, done, note, content, refs, id from handoff_item where handoff_id = $1`;

/** Files that the actor uploaded become evidence of the project, shown with an item: $1 project, $2 item, $3 files. Returns how many. */
export const SHOW_FILES = `
  insert into evidence (zone_id, project_id, item, file_id, handoff_item_id, added_by, added_at)
  select app_zone(), $1, 'handoff', f.id, $2, app_staff(), app_now() from stored_file f where f.id = any($3::uuid[]) and f.created_by = app_staff()`;
