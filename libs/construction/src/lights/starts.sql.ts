import type { Scope } from './sweep.sql.js';

/**
 * Months since the month in which a project was to start or to resume and did not: by the plan of starts of this year and
 * the last (a plan without a month means December), and by a planned ground-breaking. Older plans tell of the past.
 */
export const FIND_STARTS = (scope: Scope) => `
  with planned as (
    select s.project_id, make_date(s.year, coalesce(s.month, 12), 1) as month from start_plan s join project p on p.id = s.project_id
    where s.removed_at is null and s.year >= extract(year from $1::date) - 1 and ${scope('s.project_id')} and case when s.kind = 'RESUME'
      then not exists (select from works_pause w where w.project_id = s.project_id and w.voided_at is null and w.resumed_on >= make_date(s.year, 1, 1))
        and not exists (select from milestone m where m.project_id = s.project_id and m.kind = 'RESUMED' and m.voided_at is null and coalesce(m.event_on, m.counting_on) >= make_date(s.year, 1, 1))
      else p.stage not in ('STARTED', 'PRODUCING') and not exists (select from milestone m where m.project_id = s.project_id and m.kind = 'STARTED' and m.voided_at is null) end
    union all
    select w.project_id, date_trunc('month', coalesce(w.revised_on, w.planned_on))::date from works_milestone w
    where w.reached_with = 'STARTED' and w.reached_on is null and w.voided_at is null and coalesce(w.revised_on, w.planned_on) < $1 and ${scope('w.project_id')}),
  late as (select project_id, min(month) as month from planned group by 1)
  insert into lit_found
  select project_id, 'START_OVERDUE', k.months, month, null, jsonb_build_object('title', to_char(month, 'YYYY-MM'))
  from late cross join lateral (select extract(year from $1::date) * 12 + extract(month from $1::date) - extract(year from month) * 12 - extract(month from month) as months) k where k.months > 0`;
