/** How a field is read. */
export type FieldType =
  | 'seq'
  | 'name'
  | 'code'
  | 'text'
  | 'stage'
  | 'started'
  | 'enum'
  | 'companies'
  | 'uscc'
  | 'company'
  | 'list'
  | 'contacts'
  | 'met'
  | 'phones'
  | 'leader'
  | 'money'
  | 'unit'
  | 'area'
  | 'land'
  | 'date'
  | 'flag'
  | 'department'
  | 'people'
  | 'count'
  | 'remark'
  | 'direction'
  | 'number';

const TYPES: Readonly<Record<string, FieldType>> = {
  seq: 'seq',
  name: 'name',
  'name.statistical': 'text',
  status: 'stage',
  'status.started': 'started',
  'project.class': 'enum',
  'capital.nature': 'enum',
  'industry.sector3': 'enum',
  'industry.local_chain': 'enum',
  'industry.type': 'enum',
  'land.situation': 'enum',
  channel: 'enum',
  'sign.agreement_type': 'enum',
  'site.zone': 'enum',
  judgement: 'enum',
  investor: 'companies',
  'investor.signing_party': 'companies',
  'investor.registered_company': 'companies',
  'investor.uscc': 'uscc',
  'investor.signing_party_uscc': 'uscc',
  'investor.class': 'list',
  enterprise: 'company',
  'contact.name': 'contacts',
  met: 'met',
  'contact.phone': 'phones',
  leader: 'leader',
  'amount.unit_label': 'unit',
  'capital.registered': 'money',
  'tax.year': 'money',
  'output.year': 'money',
  'sales.year': 'money',
  'land.need': 'land',
  'land.need_mu': 'area',
  'land.equiv_mu': 'area',
  'land.rent_m2': 'area',
  'land.area_ambiguous': 'area',
  'build.floor_area': 'land',
  'owner.unit': 'department',
  companions: 'people',
  headcount: 'count',
  remark: 'remark',
  direction: 'direction',
  'capital.nature.flag': 'flag',
};

/** The way a canonical field is read; families (`amount.*`, `date.*`, `flag.*`, `code.*`) go by their first part. */
export function fieldType(field: string): FieldType {
  const own = TYPES[field];
  if (own) return own;
  if (field.startsWith('amount.')) return 'money';
  if (field.startsWith('date.')) return 'date';
  if (field.startsWith('flag.')) return 'flag';
  if (field.startsWith('code.')) return 'code';
  return 'text';
}

/** Dates of things that have happened: after the day of the file they are a contradiction (DATE_FUTURE). */
export function isEventDate(field: string): boolean {
  return field.startsWith('date.') && !field.startsWith('date.plan_') && field !== 'date.next';
}

/**
 * Fields whose vertically merged cell stands for every row it spans (one investor, several
 * projects). Amounts, areas and names never spread: a merged amount is one amount.
 */
export function spreadsOverMerge(field: string): boolean {
  return /^(?:investor|contact|owner|leader|site|source_region|status|enterprise|capital\.nature|industry|channel|companions|met|city|place|first_reporter|date\.visit|direction)/.test(field);
}
