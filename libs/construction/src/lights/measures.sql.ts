import type { Scope } from './sweep.sql.js';

/**
 * Points of the year's planned investment that a project is behind, or ahead of, its plan at the end of the last month that
 * had to be reported: months planned one by one as they were planned, a plan of the whole year by the months gone. $2 day
 * of the next month by which a month is reported (policy investment).
 */
export const FIND_SCHEDULE = (scope: Scope) => `
  with at as (select (date_trunc('month', $1::date) - case when extract(day from $1::date) > $2::int then interval '1 month' else interval '2 months' end)::date as month),
  year as (select month, date_trunc('year', month)::date as first, extract(month from month) as gone from at),
  plan as (
    select p.project_id, max(p.amount) filter (where p.whole_year) as whole, sum(p.amount) filter (where not p.whole_year) as months, sum(p.amount) filter (where not p.whole_year and p.month <= y.month) as until_now
    from investment_plan p cross join year y where p.month >= y.first and p.month < y.first + interval '1 year' and ${scope('p.project_id')} group by 1),
  actual as (select a.project_id, sum(a.amount) as done from investment_actual a cross join year y where a.month between y.first and y.month and ${scope('a.project_id')} group by 1),
  points as (
    select p.project_id, round((coalesce(p.until_now, case when p.months is null then p.whole * y.gone / 12 end, 0) - coalesce(a.done, 0)) / coalesce(p.whole, p.months) * 100, 2) as behind, y.month, coalesce(p.whole, p.months) as total, coalesce(a.done, 0) as done
    from plan p cross join year y left join actual a on a.project_id = p.project_id where coalesce(p.whole, p.months) > 0)
  insert into lit_found
  select project_id, k.measure, k.value, month, null, jsonb_build_object('title', to_char(month, 'YYYY-MM'), 'planned', total::text, 'done', done::text)
  from points cross join lateral (values ('SCHEDULE_BEHIND', behind), ('SCHEDULE_AHEAD', -behind)) k (measure, value) where k.value > 0`;
