import { coreName, distinguishingMarks, foldName } from '@yinfeng/enterprises';
import type { LandNeedValue, LedgerRow, RowFields } from '../reading/ledger-reading.js';
import { isFromLog } from '../vocabulary/own-sheets.js';
import { amountsOf, isQualified, type AmountDraft } from './draft-amounts.rules.js';
import { companiesOf, contactsOf, shortened, type CompanyDraft, type ContactDraft } from './draft-parties.rules.js';
import { instantOf, stageHistory, type StageHistory } from './stage-history.rules.js';

/** A row made ready for the books: what the project and its parts would be. */
export interface ProjectDraft {
  code: string | null;
  name: string;
  foldedName: string;
  coreName: string;
  /** The folded name without a trailing 项目: weekly sheets drop it. */
  stem: string;
  marks: string;
  history: StageHistory;
  total: AmountDraft | null;
  fixedCny: string | null;
  amounts: AmountDraft[];
  companies: CompanyDraft[];
  contacts: ContactDraft[];
  capitalSource: 'DOMESTIC' | 'FOREIGN' | 'UNKNOWN';
  landNeed: string | null;
  outputEstimate: string | null;
  reportedAt: string;
  /** What the project has no column for, by canonical field or by header. */
  extra: Record<string, unknown>;
}

/** What is known of the sheet beside the row. */
export interface SheetFacts {
  /** Field → letter of its column. */
  letters: ReadonlyMap<string, string>;
  /** Field → header of its column. */
  headers: ReadonlyMap<string, string>;
  fileName: string;
  asOf: string;
}

/** Fields that have a column or a record of their own; everything else is kept in `extra`. */
const PLACED = new Set([
  'code.district', 'name', 'status', 'status.started', 'project.class', 'capital.nature', 'industry.sector3', 'industry.gb4754.code', 'industry.local_chain', 'content',
  'investor', 'investor.uscc', 'investor.signing_party', 'investor.signing_party_uscc', 'investor.registered_company', 'investor.class', 'investor.profile', 'source_region',
  'contact.name', 'contact.phone', 'amount.unit_label', 'land.need', 'site', 'site.zone', 'owner.unit', 'owner', 'first_reporter', 'channel', 'next_step',
]);
const GATE_DATE = /^date\.(?:reported|first_contact|signed|sign_approved|landed|land_approved|start|finish|stat_entry)$/;

const NEW_MARK = /^[【[(（<《★☆]\s*(?:本周|本月|本期)?新增(?:项目)?\s*[】\])）>》★☆]\s*[:：]?\s*/;

/** The stem by which lists without codes name a project: folded, without a trailing 项目. */
export function projectStem(folded: string): string {
  return folded.length > 4 && folded.endsWith('项目') ? folded.slice(0, -2) : folded;
}

function capitalSource(nature: string | undefined): ProjectDraft['capitalSource'] {
  if (!nature) return 'UNKNOWN';
  return /外/.test(nature) ? 'FOREIGN' : /内/.test(nature) ? 'DOMESTIC' : 'UNKNOWN';
}

function landText(need: LandNeedValue | undefined, raw: string | null): string | null {
  if (!need) return null;
  return raw?.trim() || `${need.kind ?? ''}${need.v ?? ''}${need.u ?? ''}` || null;
}

/** Reads a row of a list of projects into what the books keep. Pure: matching with the books comes later. */
export function projectDraft(row: LedgerRow, sheet: SheetFacts): ProjectDraft {
  const { fields } = row;
  const name = shortened(fields.name ?? '', 300);
  const foldedName = foldName(name);
  const rawOf = (field: string): { raw: string | null; cell: string } => {
    const letter = sheet.letters.get(field);
    return { raw: letter ? (row.rawCells[letter] ?? null) : null, cell: letter ? letter + row.row : '' };
  };
  const amounts = amountsOf(fields, rawOf, (cell) => `${sheet.fileName} ${row.sheet}!${cell}`);
  const total = amounts.get('amount.total') ?? null;
  const fixed = amounts.get('amount.fixed');
  const usableTotal = total && !total.amount.startsWith('-') ? total : null;
  const fixedCny = fixed && fixed.currency === 'CNY' && !fixed.amount.startsWith('-') ? fixed.amount : null;
  return {
    code: codeOf(fields),
    name, foldedName, coreName: coreName(name), stem: projectStem(foldedName), marks: distinguishingMarks(name),
    history: stageHistory(fields, sheet.asOf),
    total: usableTotal,
    fixedCny,
    amounts: [...amounts.values()].filter((a) => (a === usableTotal || (a === fixed && fixedCny !== null) ? isQualified(a) : true)),
    companies: companiesOf(fields),
    contacts: contactsOf(fields),
    capitalSource: capitalSource(fields['capital.nature']),
    landNeed: landText(fields['land.need'], rawOf('land.need').raw),
    outputEstimate: amounts.get('output.year')?.raw ?? null,
    reportedAt: reportedAt(fields, sheet.asOf),
    extra: extraOf(row, amounts),
  };
}

function codeOf(fields: RowFields): string | null {
  const code = (fields['code.district'] ?? fields['code.city'])?.trim();
  return code && code.length <= 64 ? code : null;
}

/** A report cannot be later than the file that tells of it. */
function reportedAt(fields: RowFields, asOf: string): string {
  const reported = fields['date.reported'];
  return instantOf(reported && reported.slice(0, 10) <= asOf ? reported : asOf);
}

function extraOf(row: LedgerRow, amounts: ReadonlyMap<string, AmountDraft>): Record<string, unknown> {
  const extra: Record<string, unknown> = {};
  for (const field in row.fields) {
    const value = row.fields[field];
    if (value === undefined || PLACED.has(field) || amounts.has(field)) continue;
    // Gate dates live in the milestones, but for those that only name a month or a year.
    if (GATE_DATE.test(field) && typeof value === 'string' && value.length >= 10) continue;
    // What our own weekly sheet says from the log is on record already; a reason that was asked for and not given is none.
    if (field === 'progress' && typeof value === 'string' && isFromLog(value)) continue;
    // The mark of a new project belongs to one issue of a list, not to what has happened.
    extra[field] = field === 'progress' && typeof value === 'string' ? value.replace(NEW_MARK, '') : value;
  }
  const nature = row.fields['capital.nature'];
  if (nature && nature !== '内资' && nature !== '外资') extra['capital.nature'] = nature;
  for (const header in row.extra) if (row.extra[header]) extra[header] = row.extra[header];
  if (row.notes) extra['notes'] = row.notes;
  return extra;
}
