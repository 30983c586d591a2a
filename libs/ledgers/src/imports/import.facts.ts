import { staffFacts } from '@yinfeng/directory';
import { type Facts, idFact } from '@yinfeng/platform';
import { projectFacts } from '@yinfeng/recruitment';

const ofSheets = (key: string) => `coalesce(case when jsonb_typeof(i.sheets) = 'object' then i.sheets -> '${key}' end, '[]')`;

/** What can be read of an import; alias i. */
export const importFacts: Facts = {
  id: idFact('LedgerImport', 'i.id'), version: 'i.version', fileName: 'i.file_name', fileId: idFact('StoredFile', 'i.file_id'), sha256: `encode(i.sha256, 'hex')`, kind: `coalesce(i.kind, 'UNKNOWN')`, asOf: 'i.as_of', state: 'i.state',
  counts: `case when i.counts = '{}' then null else i.counts end`,
  warnings: `coalesce((select json_agg(json_build_object('class', w.key, 'level', upper(w.value ->> 'level'), 'count', (w.value ->> 'count')::int, 'cells', w.value -> 'cells') order by w.key) from jsonb_each(i.warnings) w), '[]')`,
  sheets: ofSheets('sheets'), conflicts: ofSheets('conflicts'), notices: ofSheets('notices'), fileWarnings: ofSheets('fileWarnings'), questions: 'i.questions',
  progress: 'i.progress', total: 'i.total', failure: 'i.failure', createdAt: 'i.created_at', appliedAt: 'i.applied_at', undoneAt: 'i.undone_at',
  createdBy: { of: staffFacts, sql: (json) => `(select ${json} from staff s where s.id = i.created_by)` },
};

/** Words of a row: whole for whoever brought the file, else with numbers and addresses masked like those of contacts. */
const shown = (words: string) => `case when not holds_number(${words}) or app_staff() is null or exists (select from ledger_import own where own.id = r.import_id and own.created_by = app_staff()) then ${words} else mask_text(${words}) end`;
/** Name and text of each entry of a JSON object, in its order. */
const pairs = (column: string, name: string, value: string) => `coalesce((select json_agg(json_build_object('${name}', e.key, '${value}', ${shown(`coalesce(e.value #>> '{}', '')`)})) from json_each(${column}) e), '[]')`;

/** What can be read of a row of an import; aliases r (ledger_row) and t (ledger_row_text). */
export const importRowFacts: Facts = {
  sheet: 'r.sheet', row: 'r.row', key: 'r.key', action: 'r.action', reason: 'r.reason', decision: 'r.decision',
  raw: pairs('t.raw', 'column', 'text'), fields: pairs('t.fields', 'name', 'value'),
  warnings: `coalesce((select json_agg(json_build_object('class', w ->> 'class', 'level', upper(w ->> 'level'), 'cell', w ->> 'cell', 'header', w ->> 'header', 'field', w ->> 'field', 'raw', ${shown(`(w ->> 'raw')`)}, 'value', ${shown(`(w ->> 'value')`)}, 'note', ${shown(`(w ->> 'note')`)})) from json_array_elements(t.warnings) w), '[]')`,
  changes: `coalesce((select json_agg(json_build_object('field', c.key, 'from', ${shown('(c.value ->> 0)')}, 'to', ${shown('(c.value ->> 1)')})) from jsonb_each(r.changes) c), '[]')`,
  repeats: `(select json_build_object('sheet', o.sheet, 'row', o.row) from ledger_row o where o.import_id = r.import_id and o.ord = r.duplicate_of)`,
  project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = r.project_id)` },
  candidates: { of: projectFacts, sql: (json) => `coalesce((select json_agg(${json} order by p.code) from project p where r.candidates ? p.id::text), '[]')` },
};
