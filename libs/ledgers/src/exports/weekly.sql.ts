import { type Actor } from '@yinfeng/platform';
import { projectVisibility } from '@yinfeng/recruitment';
import { VISITS_IN_CELL } from './weekly-words.rules.js';


export interface WeeklyScope {
  from: Date;
  to: Date;
  departmentId: string | null;
  stages: readonly string[];
  all: boolean;
  silentMonths: number;
  limit: number;
}


const shown = (column: string) => `case when holds_number(${column}) then shown_words(${column}, v.project_id, v.staff_id) else ${column} end`;
const VISIT = (project: string) => `json_build_object('on', v.visited_on, 'direction', v.direction, 'leader', v.leader_name, 'leaderLevel', v.leader_level, 'batches', coalesce(v.batches, 1),
  'ours', array_remove(array[(select s.name from staff s where s.id = v.staff_id)] || v.companions, null), 'headcount', v.headcount,
  'firm', (select e.name from enterprise e where e.id = coalesce(v.enterprise_id, ${project}.enterprise_id)), 'met', v.met, 'place', nullif(concat_ws(' ', v.city, v.place), ''),
  'content', ${shown('v.content')}, 'result', ${shown('v.result')}, 'nextStep', ${shown('v.next_step')}, 'project', ${project}.name)`;
const entered = (column: string) => `${column} > $1 and ${column} <= $2`;

/** The group of a department: the nearest group above or at it, else the bureau, else itself; never above the unit asked for. */
const GROUP = (department: string) => `(select g.id, g.name from department d join department g on g.id = any(d.path) where d.id = ${department} and ($3::uuid is null or $3 = any(g.path))
  order by g.kind = 'GROUP' desc, g.kind = 'BUREAU' desc, array_position(d.path, g.id) desc limit 1)`;

/**
 * The projects of a sheet, by group. Whatever happens to a project touches updated_at, which narrows the search before
 * visits, milestones and agreements are looked at by their indexes; what counts is when they were entered.
 */
export function weeklyProjects(actor: Actor, s: WeeklyScope): { sql: string; params: unknown[] } {
  const params: unknown[] = [s.from, s.to, s.departmentId, s.stages, s.all, s.silentMonths, s.limit];
  const sql = `
    select g.id as "groupId", g.name as "groupName", p.name, (${entered('p.created_at')} or h.reached) as "isNew",
      array(select e.name from project_enterprise x join enterprise e on e.id = x.enterprise_id where x.project_id = p.id and x.role = 'INVESTOR' order by x.position, e.id) as investors,
      trim_scale(p.fixed_cny / 10000)::text as "fixedWan",
      (select e.profile from project_enterprise x join enterprise e on e.id = x.enterprise_id where x.project_id = p.id and x.role = 'INVESTOR' order by x.position, e.id limit 1) as profile,
      p.content, p.land_need as land,
      coalesce((select json_agg(json_build_object('name', k.name, 'phones', case when contact_open(k) then k.phones else mask_phones(k.phones) end) order by k.id)
        from contact k where k.project_id = p.id and k.name is not null and k.archived_at is null), '[]') as contacts,
      (select n.name from park n where n.id = p.park_id) as park, coalesce(p.extra ->> 'industry.type', p.class, p.sector) as type, p.extra ->> 'judgement' as judgement, p.source_region as "sourceRegion",
      p.extra ->> 'progress' as progress, p.extra ->> 'remark' as remark, greatest(p.created_at, h.last_at) <= $2::timestamptz - make_interval(months => $6::int) as silent,
      (select n.reason_zh || '：' || case when holds_number(n.content) then shown_words(n.content, n.project_id, n.said_by) else n.content end from no_progress_note n where n.project_id = p.id and n.replaced_at is null and n.withdrawn_at is null
        and n.month >= date_trunc('month', shanghai_day($2)::timestamp) - interval '1 month' order by n.month desc limit 1) as "silentReason",
      coalesce((select json_agg(t.v order by t.visited_on desc, t.id desc) from (select v.visited_on, v.id, ${VISIT('p')} as v from visit v where v.project_id = p.id and ${entered('v.created_at')} order by v.visited_on desc, v.id desc limit ${VISITS_IN_CELL}) t), '[]') as visits,
      (select count(*)::int from visit v where v.project_id = p.id and ${entered('v.created_at')}) as "visitCount",
      coalesce((select json_agg(json_build_object('kind', m.kind, 'on', m.counting_on) order by m.entered_at, m.id) from milestone m where m.project_id = p.id and m.voided_at is null and m.kind <> 'REPORTED' and ${entered('m.entered_at')}), '[]') as moves,
      coalesce((select json_agg(json_build_object('kind', i.kind, 'on', i.signed_on, 'title', i.title) order by i.recorded_at, i.id) from signing i where i.project_id = p.id and i.voided_at is null and ${entered('i.recorded_at')}), '[]') as signings
    from project p left join lateral ${GROUP('p.department_id')} g on true
    cross join lateral (
      select max(t.at) as last_at, coalesce(bool_or(t.at > $1), false) as happened, coalesce(bool_or(t.at > $1 and t.kind = case p.stage when 'RESERVE' then 'RESERVED' else 'NEGOTIATED' end), false) as reached from (
        select v.created_at as at, null as kind from visit v where v.project_id = p.id
        union all select m.entered_at, m.kind from milestone m where m.project_id = p.id and m.voided_at is null
        union all select i.recorded_at, null from signing i where i.project_id = p.id and i.voided_at is null) t where t.at <= $2) h
    where p.stage = any($4::stage[]) and p.status = 'ACTIVE' and p.created_at <= $2 and ($3::uuid is null or p.department_id = any(array(select d.id from department d where $3 = any(d.path))))
      and ($5 or (p.updated_at > $1 or p.created_at > $1)) and ${projectVisibility(actor, 'p', params)}
      and ($5 or h.happened or ${entered('p.created_at')} or ${entered('p.updated_at')})
    order by g.name nulls last, g.id, p.created_at, p.id limit $7`;
  return { sql, params };
}

/** The visits out and in of the period that this person may see, the first day first. */
export function weeklyVisits(actor: Actor, s: Pick<WeeklyScope, 'from' | 'to' | 'departmentId' | 'limit'>): { sql: string; params: unknown[] } {
  const params: unknown[] = [s.from, s.to, s.departmentId, s.limit];
  const visible = projectVisibility(actor, 'pv', params);
  const own = visible !== 'true' && actor.staffId && actor.reach !== 'NONE' ? ` or v.staff_id = $${params.push(actor.staffId)} or $${params.length} = any(v.companion_ids)` : '';
  const sql = `
    select w.* from (select ${VISIT('pv')} as node, v.visited_on, v.id
      from visit v left join project pv on pv.id = v.project_id and ${visible}
      where v.direction in ('OUTBOUND', 'INBOUND') and ${entered('v.created_at')} and (${visible === 'true' ? 'true' : `pv.id is not null${own}`})
        and ($3::uuid is null or coalesce(v.department_id, pv.department_id) = any(array(select d.id from department d where $3 = any(d.path))))
      order by v.visited_on, v.id limit $4) w order by w.visited_on, w.id`;
  return { sql, params };
}
