import { staffFacts } from '@yinfeng/directory';
import { decimalFact, extendFacts, type Facts, idFact } from '@yinfeng/platform';
import { projectFacts } from '@yinfeng/recruitment';

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });

/** What can be read of an entry into statistics; alias se. */
export const statisticsEntryFacts: Facts = {
  id: idFact('StatisticsEntry', 'se.id'), version: 'se.version', kind: 'se.kind', enteredOn: 'se.entered_on', name: 'se.name', code: 'se.code', note: 'se.note', fileId: idFact('StoredFile', 'se.file_id'),
  totalInvestment: {
    of: { amount: decimalFact('se.total'), wan: decimalFact('se.total * 0.0001'), yi: decimalFact('se.total * 0.00000001'), currency: `'CNY'`, raw: 'se.total_raw', approximate: 'false' },
    sql: (json) => `case when se.total is not null then ${json} end`,
  },
  recordedBy: staff('se.recorded_by'), recordedAt: 'se.recorded_at', confirmedBy: staff('se.confirmed_by'), confirmedAt: 'se.confirmed_at', voidedBy: staff('se.voided_by'), voidedAt: 'se.voided_at', voidReason: 'se.void_reason',
  project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = se.project_id)` },
};
extendFacts(projectFacts, { statisticsEntries: { of: statisticsEntryFacts, sql: (json) => `coalesce((select json_agg(${json} order by se.entered_on, se.id) from statistics_entry se where se.project_id = p.id), '[]')` } });
