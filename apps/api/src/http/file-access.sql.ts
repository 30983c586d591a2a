import { unitVisibility } from '@yinfeng/construction';
import type { Actor, FileVisibility } from '@yinfeng/platform';
import { bind, projectVisibility } from '@yinfeng/recruitment';

/**
 * Who may read a file (alias `f`) besides its uploader: whoever sees a project that has it as evidence, and, for the
 * sheet of an import, those who may read imports.
 */
export function fileVisibility(actor: Actor): FileVisibility {
  return (params) => {
    const ways: string[] = [];
    if (actor.permissions.has('project.read')) {
      ways.push(`exists (select 1 from evidence e join project p on p.id = e.project_id where e.file_id = f.id and ${projectVisibility(actor, 'p', params)})`);
    }
    // What was shown in a dispute: to whoever sees the disputed project, and to no stranger on the other side.
    if (actor.permissions.has('dispute.read')) {
      ways.push(`exists (select 1 from dispute_evidence v join first_report_dispute x on x.id = v.dispute_id join project p on p.id = x.project_id where v.file_id = f.id and ${projectVisibility(actor, 'p', params)})`);
    }
    // Photos of a visit: to whoever sees its project, or logged it, or went along.
    if (actor.permissions.has('visit.read') && actor.reach !== 'NONE') {
      ways.push(`exists (select 1 from visit_file vf join visit v on v.id = vf.visit_id left join project p on p.id = v.project_id where vf.file_id = f.id
        and (v.staff_id = app_staff() or app_staff() = any(v.companion_ids) or p.id is not null and ${projectVisibility(actor, 'p', params)}))`);
    }
    // Photos and papers of a call: to whoever sees its project.
    if (actor.permissions.has('construction.read')) {
      ways.push(`exists (select 1 from service_call_file cf join service_call_entry ce on ce.id = cf.entry_id join project p on p.id = ce.project_id where cf.file_id = f.id and ${projectVisibility(actor, 'p', params)})`);
    }
    // Reports that units handed in: to whoever sees the unit's.
    if (actor.permissions.has('pipeline.read')) ways.push(`exists (select 1 from report_act ra join report_filing rf on rf.id = ra.filing_id where ra.file_id = f.id and ${unitVisibility(actor, 'rf.department_id', params)})`);
    if (actor.permissions.has('import.read')) ways.push(`exists (select 1 from ledger_import i where i.file_id = f.id and i.zone_id = ${bind(params, actor.zoneId)})`);
    return ways.length === 0 ? 'false' : `(${ways.join(' or ')})`;
  };
}
