import type { ProjectSketch } from '@yinfeng/enterprises';
import { shiftDecimal } from '@yinfeng/platform';

/** A company of a project as it is compared. */
interface Party {
  id: string;
  name: string;
  uscc: string | null;
  parent: string | null;
  role: string;
}

/** What the comparison reads of a project on record. */
export interface ComparedRow {
  id: string;
  name: string;
  code: string;
  enterprise_name: string | null;
  total_amount: string | null;
  total_currency: string;
  industry_division: string | null;
  department_id: string | null;
  parcel_key: string | null;
  parties: Party[] | null;
}

const COMPARED = `p.id, p.name, p.code, p.enterprise_name, p.total_amount, p.total_currency, p.industry_division, p.department_id, p.parcel_key,
  (select json_agg(json_build_object('id', e.id, 'name', e.folded_name, 'uscc', e.uscc, 'parent', e.parent_id, 'role', pe.role)) from project_enterprise pe join enterprise e on e.id = pe.enterprise_id where pe.project_id = p.id) as parties`;

/** Statuses that a new project is compared with; what is withdrawn or lost may come again. */
export const COMPARED_STATUSES = `('ACTIVE', 'SUSPENDED', 'POOLED')`;

/** A candidate, whom to ask about it, what was decided about the pair. */
export interface Candidate extends ComparedRow {
  by_phone: boolean;
  department: string | null;
  person: string | null;
  reported_at: Date | null;
  visible: boolean;
  decided: 'SAME' | 'DIFFERENT' | null;
}
/**
 * Candidates: $1 folded name, $2 core, $3 code, $4 folded names and $5 codes of enterprises, $6 phones (digits), $7 parcel,
 * $8 the project itself, $9 most of a kind, $10 firms from which a phone says nothing, $11 least likeness of cores (trigrams).
 */
export const CANDIDATES = (visible: string) => `
  select ${COMPARED}, c.by_phone,
    (select name from department d where d.id = p.department_id) as department, coalesce((select name from staff s where s.id = p.owner_id), r.reporter_name) as person,
    r.reported_at, ${visible} as visible,
    (select verdict from duplicate_decision d where d.first_project_id = least(p.id, $8::uuid) and d.second_project_id = greatest(p.id, $8::uuid)) as decided
  from duplicate_candidates($1, $2, $3, array(select e.id from enterprise e where e.folded_name = any($4::text[]) union select e.id from enterprise e where e.uscc = any($5::text[])), $6::text[], $7, $8, $9, $10, $11) c
  join project p on p.id = c.project_id left join first_report r on r.project_id = p.id
  where p.status in ${COMPARED_STATUSES}`;
/** Groups of these enterprises: $1 folded names, $2 codes. */
export const GROUPS = `select e.id, e.parent_id as parent from enterprise e where e.folded_name = any($1::text[]) union select e.id, e.parent_id from enterprise e where e.uscc = any($2::text[])`;

/** Projects as they stand ($1 ids), with the numbers of their contacts and of their companies' contacts. */
export const SUBJECTS = `
  select ${COMPARED}, array(select d from (
    select phone_digits(x) as d from contact k cross join unnest(k.phones) x where k.project_id = p.id
    union select phone_digits(x) from project_enterprise pe join contact k on k.enterprise_id = pe.enterprise_id cross join unnest(k.phones) x where pe.project_id = p.id and k.project_id is null) t
    where d is not null limit 20) as phones
  from project p where p.id = any($1::uuid[])`;

/** A project on record as it is compared. Amounts and industry only where the asker may know them. */
export function sketchOf(row: ComparedRow, phones: readonly string[], known = true): ProjectSketch {
  const parties = row.parties ?? [];
  const named = (...roles: string[]) => parties.filter((p) => roles.includes(p.role)).map((p) => p.name);
  return {
    name: row.name, code: row.code,
    investors: [...(row.enterprise_name ? [row.enterprise_name] : []), ...named('INVESTOR', 'SIGNING_PARTY')],
    registered: named('REGISTERED_COMPANY'),
    usccs: parties.flatMap((p) => (p.uscc && p.role !== 'PARENT' ? [p.uscc] : [])),
    group: parties.flatMap((p) => (p.parent ? [p.id, p.parent] : [p.id])),
    phones: [...phones], parcel: row.parcel_key, unit: row.department_id,
    amount: known && row.total_amount != null ? { v: shiftDecimal(row.total_amount, -4), u: row.total_currency } : null,
    industry: known ? row.industry_division : null,
  };
}
