import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { decimalFact, type Facts, idFact } from '@yinfeng/platform';
import { projectFacts } from './project.facts.js';

const one = (of: Facts, from: string, alias: string, column: string) => ({ of, sql: (json: string) => `(select ${json} from ${from} ${alias} where ${alias}.id = ${column})` });

/**
 * What can be read of a dispute; alias x. `visible` gives the reader's visibility of projects on an alias; it is asked only
 * for what is read, since it adds parameters. Whoever does not see the disputed project reads of the holder only the
 * unit and the person to ask, and of the evidence only the own side's.
 */
export function disputeFacts(visible: (alias: string) => string): Facts {
  return {
    id: idFact('Dispute', 'x.id'), version: 'x.version', number: 'x.number', state: 'x.state', claimedName: 'x.claimed_name', claimedEnterprise: 'x.claimed_enterprise', firstContactOn: 'x.first_contact_on', ground: 'x.ground',
    raisedAt: 'x.raised_at', evidenceDueOn: 'x.evidence_due_on', decideDueOn: 'x.decide_due_on', ruling: 'x.ruling', rulingNote: 'x.ruling_note', leadUnit: 'x.lead_unit', decidedAt: 'x.decided_at', withdrawnAt: 'x.withdrawn_at',
    claimant: one(staffFacts, 'staff', 's', 'x.claimant_id'), claimantDepartment: one(departmentFacts, 'department', 'd', 'x.claimant_department_id'),
    holder: one(staffFacts, 'staff', 's', 'coalesce(x.holder_id, (select owner_id from project where id = x.project_id))'), holderDepartment: one(departmentFacts, 'department', 'd', 'x.holder_department_id'),
    decidedBy: one(staffFacts, 'staff', 's', 'x.decided_by'),
    project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = x.project_id and ${visible('p')})` },
    rivalProject: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = x.rival_project_id and ${visible('p')})` },
    evidence: {
      of: {
        side: 'v.side', kind: 'v.kind', note: 'v.note', datedOn: 'v.dated_on', addedAt: 'v.added_at', fileName: '(select f.name from stored_file f where f.id = v.file_id)', fileId: `case when v.file_id is not null then 'StoredFile:' || v.file_id end`,
        addedBy: one(staffFacts, 'staff', 's', 'v.added_by'),
      },
      sql: (json) => `coalesce((select json_agg(${json} order by v.added_at, v.id) from dispute_evidence v where v.dispute_id = x.id and (v.added_by = app_staff() or exists (select from project pe where pe.id = x.project_id and ${visible('pe')}))), '[]')`,
    },
    shares: {
      of: { share: decimalFact('h.share'), staff: one(staffFacts, 'staff', 's', 'h.staff_id'), department: one(departmentFacts, 'department', 'd', 'h.department_id') },
      sql: (json) => `coalesce((select json_agg(${json} order by h.share desc, h.staff_id) from first_report_share h where h.dispute_id = x.id), '[]')`,
    },
  };
}
