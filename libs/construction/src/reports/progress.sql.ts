import { staffFacts } from '@yinfeng/directory';
import { extendFacts, idFact, type Facts } from '@yinfeng/platform';
import { projectFacts } from '@yinfeng/recruitment';

/**
 * What counts as progress of a project, by the day on which it happened: it was put on record, a visit, a stage or milestone
 * reached, an agreement signed, a construction milestone reached, a next step set anew. One row for each; `of` is SQL of a
 * project's id, or null for all of the zone. Columns project_id and day.
 */
export const MOVES = (of: string | null, between: (day: string) => string): string => {
  const mine = (alias: string) => (of === null ? '' : ` and ${alias}.project_id = ${of}`);
  return `select mv.project_id, mv.visited_on as day from visit mv where mv.project_id is not null and ${between('mv.visited_on')}${mine('mv')}
    union all select mm.project_id, coalesce(mm.event_on, shanghai_day(mm.entered_at)) from milestone mm where mm.voided_at is null and ${between('coalesce(mm.event_on, shanghai_day(mm.entered_at))')}${mine('mm')}
    union all select mg.project_id, mg.signed_on from signing mg where mg.voided_at is null and ${between('mg.signed_on')}${mine('mg')}
    union all select mw.project_id, mw.reached_on from works_milestone mw where mw.voided_at is null and ${between('mw.reached_on')}${mine('mw')}
    union all select mf.project_id, mf.changed_on from follow_up_turn mf where ${between('mf.changed_on')}${mine('mf')}
    union all select mp.id, shanghai_day(mp.created_at) from project mp where ${between('shanghai_day(mp.created_at)')}${of === null ? '' : ` and mp.id = ${of}`}`;
};

/** Whether something happened to project p between two days, both included: looked up for each project, as a page of a list wants it. */
export const MOVED = (from: string, to: string): string => `exists (${MOVES('p.id', (day) => `${day} between ${from} and ${to}`)})`;
/** The same, to be joined with all of the zone at once, as a number over many projects wants it. */
export const MOVED_OF_ALL = (from: string, to: string): string => `exists (select from (${MOVES(null, (day) => `${day} between ${from} and ${to}`)}) mt where mt.project_id = p.id)`;

/** Under way, and on record by a month's last day; stages as text[]. */
export const UNDER_WAY = (last: string, stages: string): string => `p.status = 'ACTIVE' and p.stage::text = any(${stages}) and shanghai_day(p.created_at) <= ${last}`;
/** The same, and silent in the month of these first and last days. */
export const SILENT = (first: string, last: string, stages: string, moved = MOVED): string => `${UNDER_WAY(last, stages)} and not ${moved(first, last)}`;

/** Whether a reason for the month stands. */
export const EXPLAINED = (month: string): string => `exists (select from no_progress_note nn where nn.project_id = p.id and nn.month = ${month} and nn.replaced_at is null and nn.withdrawn_at is null)`;

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });

/** What can be read of a reason; alias nn. Numbers in its words are masked as those of a visit. */
export const noteFacts: Facts = {
  id: idFact('NoProgressNote', 'nn.id'), version: 'nn.version', month: 'nn.month', reason: 'nn.reason', label: `json_build_object('zh', nn.reason_zh, 'en', nn.reason_en)`,
  words: `case when holds_number(nn.content) then shown_words(nn.content, nn.project_id, nn.said_by) else nn.content end`, saidBy: staff('nn.said_by'), saidAt: 'nn.said_at',
  stands: '(nn.replaced_at is null and nn.withdrawn_at is null)', replacedAt: 'nn.replaced_at', withdrawnAt: 'nn.withdrawn_at', withdrawnBy: staff('nn.withdrawn_by'), withdrawReason: 'nn.withdraw_reason',
};

/** What a project tells of it; alias p. Days to come are no progress yet. */
extendFacts(projectFacts, {
  lastProgressOn: `(select max(t.day) from (${MOVES('p.id', (day) => `${day} <= shanghai_day(app_now())`)}) t)`,
  noProgressNotes: { of: noteFacts, sql: (json) => `coalesce((select json_agg(${json} order by nn.month desc, nn.said_at desc, nn.id desc) from no_progress_note nn where nn.project_id = p.id), '[]')` },
});

/**
 * Who is asked for reasons of a month and for how many projects: whoever is in charge, else the nearest heads of the
 * department. Tables of the transaction. $1 first, $2 last day of the month, $3 stages; heads by the caller.
 */
export const MAKE_MOVED = `create temp table moved on commit drop as select distinct t.project_id from (${MOVES(null, (day) => `${day} between $1::date and $2::date`)}) t`;
export const MAKE_ASKED = (heads: string): string => `
  create temp table asked on commit drop as
  with ${heads},
  nearest as (select department_id, max(depth) as depth from head group by 1),
  silent as (
    select p.id, p.department_id, s.id as owner_id from project p left join staff s on s.id = p.owner_id and s.disabled_at is null
    where p.status = 'ACTIVE' and p.stage::text = any($2::text[]) and shanghai_day(p.created_at) <= $3::date and not exists (select from moved m where m.project_id = p.id)
      and not exists (select from no_progress_note nn where nn.project_id = p.id and nn.month = $1::date and nn.replaced_at is null and nn.withdrawn_at is null))
  select t.recipient_id, count(*)::int as n from (
    select owner_id as recipient_id from silent where owner_id is not null
    union all select h.staff_id from silent x join nearest n on n.department_id = x.department_id join head h on h.department_id = n.department_id and h.depth = n.depth where x.owner_id is null) t
  group by 1`;
/** One for each person and month, with the number of the day. $1 cause, $2 day, $3 month as 2026-09. One that nobody was told of yet stands again. */
export const PLAN_ASKED = `
  insert into reminder (zone_id, kind, cause, recipient_id, due_on, due_at, provisional, detail, created_at)
  select app_zone(), 'NO_PROGRESS', $1, a.recipient_id, $2::date, reminder_due_at($2::date), (working_due($2::date, 0)).provisional, jsonb_build_object('month', $3::text, 'count', a.n), app_now()
  from asked a
  on conflict (zone_id, cause, recipient_id) do update set detail = excluded.detail,
    state = case when reminder.state = 'CANCELLED' then 'PLANNED' else reminder.state end, version = reminder.version + 1
    where reminder.state in ('PLANNED', 'DELIVERED') and reminder.detail is distinct from excluded.detail or reminder.state = 'CANCELLED' and reminder.delivered_at is null`;
/** Whoever has nothing left to explain is done, or was never to be told. $1 cause. */
export const SETTLE_ASKED = `
  update reminder r set state = case when r.delivered_at is null then 'CANCELLED' else 'DONE' end, done_at = case when r.delivered_at is not null then app_now() end, version = r.version + 1
  where r.cause = $1 and r.kind = 'NO_PROGRESS' and r.state in ('PLANNED', 'DELIVERED') and not exists (select from asked a where a.recipient_id = r.recipient_id)`;
