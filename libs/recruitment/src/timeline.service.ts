import { Injectable } from '@nestjs/common';
import { type Actor, Database, type Page, type PageInput, pageOf, pageRequest } from '@yinfeng/platform';
import { bind, projectVisibility } from './projects.access.js';

export const TIMELINE_KINDS = [
  'REPORTED',
  'STAGE',
  'VISIT',
  'SIGNING',
  'REQUESTED',
  'DECIDED',
  'HANDED_OFF',
  'HANDOFF_ACCEPTED',
  'HANDOFF_RETURNED',
  'HANDOFF_WITHDRAWN', 'HANDOFF_REASSIGNED',
  'EVIDENCE',
  'LEAD_ASSIGNED',
  'LEAD_ANSWERED',
  'BYPASSED',
  'DISPUTED',
  'ADJUDICATED',
  'STATUS_REQUESTED',
  'STATUS_DECIDED',
  'STATUS',
  'POOLED',
  'CLAIMED',
  'MERGED', 'DELETED', 'TAKEN_BACK',
  'SIGNING_VOIDED',
  'TASKFORCE_FORMED', 'TASKFORCE_JOINED', 'TASKFORCE_LEFT', 'TASKFORCE_DISSOLVED',
  'PERMIT', 'PERMIT_APPLIED', 'PERMIT_GRANTED', 'PERMIT_REFUSED',
  'CALL_RAISED', 'CALL_SOLVED',
  'NO_PROGRESS',
] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** One thing that happened to a project. */
export interface TimelineEntry {
  id: string;
  at: string;
  kind: TimelineKind;
  actorName: string | null;
  /** Stage, direction or kind the entry is about. */
  subject: string | null;
  /** The words: content, reason, note. */
  text: string | null;
}

/**
 * The story of a project is read from its records, so it can never disagree with them and costs writers nothing.
 */
const STORY = `
  select 'r' || r.project_id as id, r.reported_at as at, 'REPORTED' as kind, r.reporter_id as actor, r.reporter_name as actor_name, r.number as subject, r.source as text from first_report r where r.project_id = p.id
  union all select 'm' || m.id, coalesce(m.approved_at, shanghai_midnight(m.event_on), m.entered_at), 'STAGE', m.actor_id, null, m.kind, m.note from milestone m where m.project_id = p.id and m.kind <> 'REPORTED' and m.voided_at is null
  union all select 'ta' || t.project_id, t.assigned_at, 'LEAD_ASSIGNED', t.assigned_by, null, (select name from staff where id = t.assignee_id), null from lead_triage t where t.project_id = p.id and t.assigned_at is not null
  union all select 'tw' || t.project_id, t.answered_at, 'LEAD_ANSWERED', t.answered_by, null, t.answer_method, t.answer_note from lead_triage t where t.project_id = p.id and t.answered_at is not null
  union all select 'v' || v.id, greatest(shanghai_midnight(v.visited_on), least(v.created_at, shanghai_midnight(v.visited_on + 1))), 'VISIT', v.staff_id, v.leader_name, v.direction, v.content from visit v where v.project_id = p.id
  union all select 'g' || g.id, g.recorded_at, 'SIGNING', g.recorded_by, null, g.kind, g.title from signing g where g.project_id = p.id
  union all select 'w' || g.id, g.voided_at, 'SIGNING_VOIDED', g.voided_by, null, g.kind, g.void_reason from signing g where g.project_id = p.id and g.voided_at is not null
  union all select 'k' || e.id, greatest(shanghai_midnight(e.on_day), least(e.at, shanghai_midnight(e.on_day + 1))), case when e.act in ('APPLIED', 'GRANTED', 'REFUSED') then 'PERMIT_' || e.act else 'PERMIT' end, e.staff_id, null, m.label_zh, e.reason from permit_event e join permit m on m.id = e.permit_id where e.project_id = p.id and e.act not in ('OPENED', 'EDITED')
  union all select 'e' || x.id, x.added_at, 'EVIDENCE', x.added_by, null, x.item, (select name from stored_file where id = x.file_id) from evidence x where x.project_id = p.id
  union all select 'q' || q.id, q.requested_at, 'REQUESTED', q.requested_by, null, q.to_stage::text, q.note from stage_request q where q.project_id = p.id
  union all select 'd' || q.id, q.decided_at, 'DECIDED', q.decided_by, null, q.state, q.decision_note from stage_request q where q.project_id = p.id and q.decided_at is not null
  union all select 'y' || y.id, y.bypassed_at, 'BYPASSED', y.bypassed_by, null, y.to_stage::text, y.reason || '（' || (select string_agg(i ->> 'zh', '、') from jsonb_array_elements(y.missing) i) || '）' from gate_bypass y where y.project_id = p.id
  union all select 'h' || h.id, h.submitted_at, 'HANDED_OFF', h.submitted_by, null, (select name from department where id = h.to_department_id), h.note from handoff h where h.project_id = p.id
  union all select 'a' || h.id, h.decided_at, 'HANDOFF_' || h.state, h.decided_by, null, (select name from department where id = h.to_department_id), h.return_reason from handoff h where h.project_id = p.id and h.decided_at is not null
  union all select 'x' || x.id, x.raised_at, 'DISPUTED', x.claimant_id, null, x.number, x.claimed_name from first_report_dispute x where x.project_id = p.id
  union all select 'z' || x.id, x.decided_at, 'ADJUDICATED', x.decided_by, null, x.ruling, x.ruling_note from first_report_dispute x where x.project_id = p.id and x.state = 'DECIDED'
  union all select 's' || s.id, s.requested_at, case s.state when 'APPLIED' then 'STATUS' else 'STATUS_REQUESTED' end, s.requested_by, null, s.act, concat_ws('：', nullif(s.reason_code, 'OTHER'), s.reason) from status_request s where s.project_id = p.id
  union all select 't' || s.id, s.decided_at, 'STATUS_DECIDED', s.decided_by, null, s.state, s.decision_note from status_request s where s.project_id = p.id and s.state in ('APPROVED', 'REJECTED', 'OVERTAKEN')
  union all select 'p' || e.id, e.released_at, 'POOLED', e.released_by, null, null, concat_ws('：', nullif(e.reason_code, 'OTHER'), e.reason) from pool_entry e where e.project_id = p.id
  union all select 'c' || e.id, e.left_at, 'CLAIMED', e.left_by, null, (select name from staff where id = e.taken_by), null from pool_entry e where e.project_id = p.id and e.taken_by is not null
  union all select 'i' || c.id, c.raised_at, 'CALL_RAISED', c.raised_by, c.caller_name, c.number, c.title from service_call c where c.project_id = p.id
  union all select 'j' || e.id, e.at, 'CALL_SOLVED', e.staff_id, null, (select number from service_call where id = e.call_id), e.content from service_call_entry e where e.project_id = p.id and e.kind = 'RESOLVED'
  union all select 'np' || n.id, n.said_at, 'NO_PROGRESS', n.said_by, null, to_char(n.month, 'YYYY-MM'), n.reason_zh || '：' || n.content || case when n.withdrawn_at is not null then '（已撤回）' when n.replaced_at is not null then '（已更正）' else '' end from no_progress_note n where n.project_id = p.id
  union all select 'u' || u.id, u.done_at, case u.kind when 'MERGE' then 'MERGED' when 'STAGE' then 'TAKEN_BACK' else 'DELETED' end, u.done_by, null, u.title, u.reason from undo_act u where u.project_id = p.id
  union all select 'tf' || t.id, t.formed_at, 'TASKFORCE_FORMED', t.formed_by, null, null, t.note from taskforce t where t.project_id = p.id
  union all select 'td' || t.id, t.dissolved_at, 'TASKFORCE_DISSOLVED', t.dissolved_by, null, null, t.dissolve_reason from taskforce t where t.project_id = p.id and t.dissolved_at is not null
  union all select 'tj' || m.id, m.added_at, 'TASKFORCE_JOINED', m.added_by, null, m.role, (select name from staff where id = m.staff_id) from taskforce t join taskforce_member m on m.taskforce_id = t.id where t.project_id = p.id
  union all select 'tl' || m.id, m.ended_at, 'TASKFORCE_LEFT', m.ended_by, null, m.role, concat_ws('：', (select name from staff where id = m.staff_id), m.end_reason) from taskforce t join taskforce_member m on m.taskforce_id = t.id where t.project_id = p.id and m.ended_at is not null
  union all select 'b' || u.id, u.undone_at, 'TAKEN_BACK', u.undone_by, null, u.title, u.undo_reason from undo_act u where u.project_id = p.id and u.undone_at is not null`;

@Injectable()
export class TimelineService {
  constructor(private readonly db: Database) {}

  /** Newest first; the timelines of several projects at once. Projects that the actor may not see are left out. */
  async ofProjects(actor: Actor, projectIds: readonly string[], input: PageInput): Promise<Map<string, Page<TimelineEntry> & { total: number }>> {
    const request = pageRequest(input, 2);
    const params: unknown[] = [projectIds];
    const visible = projectVisibility(actor, 'p', params);
    const after = request.keys ? `where (t.at, t.id) < (${bind(params, request.keys[0])}::timestamptz, ${bind(params, request.keys[1])})` : '';
    const rows = await this.db.read<{ project: string; total: number; node: TimelineEntry | null; at: string; id: string }>(actor,
      `select p.id as project, (select count(*)::int from (${STORY}) c) as total, t.node, t.at::text as at, t.id from project p left join lateral (
         select t.id, t.at, json_build_object('id', 'TimelineEntry:' || t.id, 'at', t.at, 'kind', t.kind, 'actorName', coalesce((select name from staff s where s.id = t.actor), t.actor_name), 'subject', case when t.kind in ('DELETED', 'TAKEN_BACK') and holds_number(t.subject) then shown_words(t.subject, p.id, null) else t.subject end, 'text', case when holds_number(t.text) then shown_words(t.text, p.id, null) else t.text end) as node
         from (${STORY}) t ${after} order by t.at desc, t.id desc limit ${bind(params, request.limit + 1)}) t on true
       where p.id = any($1::uuid[]) and ${visible} order by t.at desc, t.id desc`, params);
    const of = new Map<string, { total: number; rows: { node: TimelineEntry; keys: unknown[] }[] }>();
    for (const r of rows) {
      const entry = of.get(r.project) ?? { total: r.total, rows: [] };
      if (r.node) entry.rows.push({ node: r.node, keys: [r.at, r.id] });
      of.set(r.project, entry);
    }
    return new Map([...of].map(([id, e]) => [id, { ...pageOf(e.rows, request), total: e.total }]));
  }
}
