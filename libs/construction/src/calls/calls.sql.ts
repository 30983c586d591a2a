import { departmentFacts, POLICIES, staffFacts } from '@yinfeng/directory';
import { enterpriseFacts } from '@yinfeng/enterprises';
import { extendFacts, type Facts, idFact } from '@yinfeng/platform';
import { contactFacts, projectFacts } from '@yinfeng/recruitment';

const one = (of: Facts, table: string, alias: string, column: string) => ({ of, sql: (json: string) => `(select ${json} from ${table} ${alias} where ${alias}.id = ${column})` });
const staff = (column: string) => one(staffFacts, 'staff', 's', column);
const department = (column: string) => one(departmentFacts, 'department', 'd', column);

/** In which a department still has to do something; alias c. */
export const OPEN_CALL = `c.state in ('RAISED','REPORTED_IN','HANDLING','REOPENED')`;
/** The day that counts now: to report in by, then to solve by; alias c. */
export const DUE_NOW = `case when c.reported_in_at is null then least(c.report_in_due_on, c.resolve_due_on) else c.resolve_due_on end`;
/** Open and past the day that counts. */
export const LATE_CALL = `(${OPEN_CALL} and ${DUE_NOW} < shanghai_day(app_now()))`;
/** Working days from the day it was raised until it was solved, or until today. */
export const CALL_AGE = `service_call_age(shanghai_day(c.raised_at), coalesce(shanghai_day(c.resolved_at), shanghai_day(app_now())))`;
/** Upper ends of the bands by the zone's rule of today. */
export const CALL_BANDS = `coalesce((select array(select e::int from jsonb_array_elements_text(z.value -> 'ageBands') e) from zone_policy z where z.zone_id = app_zone() and z.name = 'serviceCalls' and z.value ? 'ageBands' and z.valid_from <= shanghai_day(app_now()) order by z.valid_from desc limit 1), '{${POLICIES.serviceCalls.usual.ageBands.join(',')}}')`;

const fileFacts: Facts = { id: idFact('StoredFile', 'f.id'), name: 'f.name', mediaType: 'f.media_type' };
/** One thing that was done; alias e, beside its call c. */
const entryFacts: Facts = {
  kind: 'e.kind', round: 'e.round', content: `shown_words(e.content, c.project_id, e.staff_id)`, public: 'e.public', byEnterprise: 'e.by_link', level: 'e.level', score: 'e.score', dueOn: 'e.due_on', at: 'e.at',
  staff: staff('e.staff_id'), department: department('e.department_id'), told: staff('e.told_id'),
  files: { of: fileFacts, sql: (json) => `coalesce((select json_agg(${json} order by f.created_at, f.id) from service_call_file cf join stored_file f on f.id = cf.file_id where cf.entry_id = e.id), '[]')` },
};
const helperFacts: Facts = { department: department('h.department_id'), reportedInAt: 'h.reported_in_at', reportedInBy: staff('h.reported_in_by') };

/** What can be read of a call; alias c. Numbers of people are masked for everybody whom the zone's rule does not let see them; whoever is in charge has to phone. */
export const callFacts: Facts = {
  id: idFact('ServiceCall', 'c.id'), version: 'c.version', number: 'c.number', type: 'c.type', typeZh: 'c.type_zh', typeEn: 'c.type_en', title: 'shown_words(c.title, c.project_id, c.raised_by)', content: 'shown_words(c.content, c.project_id, c.raised_by)',
  urgency: 'c.urgency', wishOn: 'c.wish_on', state: 'c.state', round: 'c.round', escalationLevel: 'c.escalation_level', byEnterprise: 'c.by_link', callerName: 'c.caller_name',
  callerPhone: `case when c.in_charge_id = app_staff() or parties_open(array[c.project_id], c.raised_by) then c.caller_phone else mask_phone(c.caller_phone) end`,
  raisedAt: 'c.raised_at', reportInDueOn: 'c.report_in_due_on', reportedInAt: 'c.reported_in_at', resolveDueOn: 'c.resolve_due_on', resolvedAt: 'c.resolved_at', score: 'c.score', ratingWords: 'shown_words(c.rating_words, c.project_id, c.rated_by)', ratedAt: 'c.rated_at', closedAt: 'c.closed_at',
  overdue: LATE_CALL, listed: 'exists (select from service_call_publication u where u.call_id = c.id and u.withdrawn_at is null)',
  age: { of: { workingDays: 'a.n', band: `service_call_band(a.n, ${CALL_BANDS})` }, sql: (json) => `(select ${json} from (select ${CALL_AGE} as n) a)` },
  leadDepartment: department('c.lead_department_id'), inCharge: staff('c.in_charge_id'), raisedBy: staff('c.raised_by'), resolvedBy: staff('c.resolved_by'), ratedBy: staff('c.rated_by'),
  enterprise: one(enterpriseFacts, 'enterprise', 'e', 'c.enterprise_id'), contact: one(contactFacts, 'contact', 'k', 'c.contact_id'),
  helpers: { of: helperFacts, sql: (json) => `coalesce((select json_agg(${json} order by h.department_id) from service_call_helper h where h.call_id = c.id), '[]')` },
  entries: { of: entryFacts, sql: (json) => `coalesce((select json_agg(${json} order by e.at, e.id) from service_call_entry e where e.call_id = c.id), '[]')` },
  project: one(projectFacts, 'project', 'p', 'c.project_id'),
};
extendFacts(projectFacts, { serviceCalls: { of: callFacts, sql: (json) => `coalesce((select json_agg(x.j) from (select ${json} as j from service_call c where c.project_id = p.id order by c.raised_at desc, c.id desc limit 50) x), '[]')` } });

/** What everybody of the zone may read of a listed call; aliases u and c. Nothing here leads to the project. */
export const problemFacts: Facts = {
  id: idFact('PublicProblem', 'u.id'), number: 'c.number', type: 'c.type', typeZh: 'c.type_zh', typeEn: 'c.type_en', title: 'u.title', content: 'u.content', state: 'c.state', escalationLevel: 'c.escalation_level', leadDepartment: department('c.lead_department_id'),
  publishedAt: 'u.published_at', publishedBy: staff('u.published_by'), resolveDueOn: 'c.resolve_due_on', resolvedAt: 'c.resolved_at', overdue: LATE_CALL, age: callFacts.age!,
};
/** One-time links; alias l. Never the secret, which nobody keeps. */
export const linkFacts: Facts = {
  id: idFact('ServiceCallLink', 'l.id'), version: 'l.version', kind: 'l.kind', createdAt: 'l.created_at', createdBy: staff('l.created_by'), expiresAt: 'l.expires_at', usedAt: 'l.used_at', revokedAt: 'l.revoked_at',
  usable: 'l.used_at is null and l.revoked_at is null and l.expires_at > app_now()', contact: one(contactFacts, 'contact', 'k', 'l.contact_id'),
  serviceCall: one(callFacts, 'service_call', 'c', 'l.call_id'), project: one(projectFacts, 'project', 'p', 'l.project_id'),
};
extendFacts(projectFacts, { serviceCallLinks: { of: linkFacts, sql: (json) => `coalesce((select json_agg(x.j) from (select ${json} as j from service_call_link l where l.project_id = p.id order by l.created_at desc, l.id desc limit 50) x), '[]')` } });

/** The gateway to one call, after its project is locked: $1 id, $2 departments of the actor, $3 those that the actor leads. `leads`: sits in the leading department or below it, or leads one above. */
export const LOCK_CALL = `
  select c.*, mask_text(c.title) as shown_title, d.name as lead_name, c.round_on::text as round_on,
    exists (select from department x where x.id = any($2::uuid[]) and c.lead_department_id = any(x.path)) or d.path && $3::uuid[] as leads,
    (select h.department_id from service_call_helper h join department x on h.department_id = any(x.path) where h.call_id = c.id and x.id = any($2::uuid[]) order by h.reported_in_at nulls first limit 1) as helps
  from service_call c join department d on d.id = c.lead_department_id where c.id = $1 for update of c`;

export const NEXT_SEQ = `select coalesce(max(seq), 0) + 1 as seq, (select code from zone where id = app_zone()) as zone from service_call where zone_id = app_zone() and year = $1`;
export const INSERT_CALL = `
  insert into service_call (id, zone_id, project_id, year, seq, number, type, type_zh, type_en, title, content, urgency, wish_on, round_on, lead_department_id, by_link, raised_by, raised_at, enterprise_id, contact_id, caller_name, caller_phone, report_in_due_on, resolve_due_on)
  values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, app_staff(), app_now(), $16, $17, $18, $19, $20, $21)`;
export const INSERT_ENTRY = `
  insert into service_call_entry (id, zone_id, project_id, call_id, round, kind, content, public, by_link, staff_id, department_id, told_id, level, score, due_on, at)
  values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, app_staff(), $9, $10, $11, $12, $13, app_now())`;

/** Departments by name or alias: $1 names. */
export const DEPARTMENTS_NAMED = `select distinct on (n.i) d.id, n.i from unnest($1::text[]) with ordinality n (name, i) join department d on d.name = n.name or n.name = any(d.aliases) order by n.i, d.name <> n.name, d.id`;
/** Who leads by default: the service department that has the project, its own department, the oldest service department. $1 project. */
export const LEAD_BY_DEFAULT = `
  select coalesce(
    (select h.to_department_id from handoff h where h.project_id = $1 and h.state <> 'RETURNED' order by h.attempt desc limit 1),
    (select p.department_id from project p where p.id = $1),
    (select d.id from department d where d.kind = 'SERVICE' order by d.created_at, d.id limit 1)) as id`;

/**
 * Which of these departments ($1) have somebody who would see the project ($2) and take its call: service officers in it,
 * below or above it, to whom a call shows the project; or it stands in the project's own line.
 */
export const ANSWERING = `
  select d.id from department d where d.id = any($1::uuid[]) and (
    exists (select from project p join department o on o.id = p.department_id where p.id = $2 and (d.id = any(o.path) or o.id = any(d.path)))
    or exists (select from staff s join department x on x.id = s.department_id or exists (select from staff_department m where m.staff_id = s.id and m.department_id = x.id)
      where s.role = any($3::text[]) and s.disabled_at is null and (d.id = any(x.path) or x.id = any(d.path))))`;

/** Who takes a call in a department ($1): enabled people of roles $2 in it or below, else of the nearest one above. Not the one who acts. */
export const CALLED = `
  with seat as (
    select s.id, d.path, d.id as department_id from staff s join department d on d.id = s.department_id where s.role = any($2::text[]) and s.disabled_at is null
    union select s.id, d.path, d.id from staff s join staff_department m on m.staff_id = s.id join department d on d.id = m.department_id where s.role = any($2::text[]) and s.disabled_at is null),
  near as (select seat.id, case when $1::uuid = any(seat.path) then 0 else array_length(l.path, 1) - array_position(l.path, seat.department_id) end as far from seat, department l where l.id = $1)
  select distinct id from near where far = (select min(far) from near) and id is distinct from app_staff() order by id`;
/** Heads of a department ($1), or of the nearest one above that has any: enabled people who lead it. */
export const HEADS_OF = `
  with head as (select m.staff_id as id, array_position(l.path, m.department_id) as depth from department l join staff_department m on m.leads and m.department_id = any(l.path) join staff s on s.id = m.staff_id and s.disabled_at is null where l.id = $1)
  select distinct id from head where depth = (select max(depth) from head) order by id`;
export const LEADERS = `select id from staff where role = 'LEADER' and disabled_at is null order by id`;
