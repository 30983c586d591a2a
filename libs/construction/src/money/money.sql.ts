import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { decimalFact, type Facts, idFact } from '@yinfeng/platform';
import { projectFacts } from '@yinfeng/recruitment';

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });
const project = (column: string) => ({ of: projectFacts, sql: (json: string) => `(select ${json} from project p where p.id = ${column})` });
const money = (amount: string, currency: string, raw: string) => ({
  of: { amount: decimalFact(amount), wan: decimalFact(`${amount} * 0.0001`), yi: decimalFact(`${amount} * 0.00000001`), currency, raw, approximate: 'false' },
  sql: (json: string) => `case when ${amount} is not null then ${json} end`,
});

const historyFacts: Facts = { version: 'x.version', amount: decimalFact('x.amount'), raw: 'x.raw', reason: 'x.reason', state: 'x.state', givenBy: staff('x.given_by'), givenAt: 'x.given_at', confirmedBy: staff('x.confirmed_by'), replacedAt: 'x.replaced_at' };
const history = (column: string, id: string) => ({ of: historyFacts, sql: (json: string) => `coalesce((select json_agg(${json} order by x.version) from investment_history x where x.${column} = ${id}), '[]')` });

/** What can be read of a plan; alias i. */
export const planFacts: Facts = {
  id: idFact('InvestmentPlan', 'i.id'), version: 'i.version', month: 'i.month', wholeYear: 'i.whole_year', amount: money('i.amount', `'CNY'`, 'i.raw'), reason: 'i.reason', dueOn: 'i.due_on',
  setBy: staff('i.set_by'), setAt: 'i.set_at', history: history('plan_id', 'i.id'), project: project('i.project_id'),
};

/** What can be read of an actual; alias n. */
export const actualFacts: Facts = {
  id: idFact('InvestmentActual', 'n.id'), version: 'n.version', month: 'n.month', amount: money('n.amount', `'CNY'`, 'n.raw'), civilWorks: decimalFact('n.civil_works'), equipment: decimalFact('n.equipment'),
  installation: decimalFact('n.installation'), land: decimalFact('n.land'), other: decimalFact('n.other'), cumulative: decimalFact('n.cumulative'), note: 'n.note', reason: 'n.reason', state: 'n.state',
  reportedOn: 'n.reported_on', reportedBy: staff('n.reported_by'), reportedAt: 'n.reported_at', confirmedBy: staff('n.confirmed_by'), confirmedAt: 'n.confirmed_at', history: history('actual_id', 'n.id'), project: project('n.project_id'),
};

/** What can be read of an arrival; alias a. Words of its codes are the zone's: the edge adds them. */
export const arrivalFacts: Facts = {
  id: idFact('CapitalArrival', 'a.id'), version: 'a.version', nature: 'a.nature', form: 'a.form', origin: 'a.origin', arrivedOn: 'a.arrived_on', amount: money('a.amount', 'a.currency', 'a.raw'), rate: decimalFact('a.rate'), rateOn: 'a.rate_on', rateSource: 'a.rate_source',
  cny: decimalFact('a.cny'), usd: decimalFact('a.usd'), countsForYear: 'a.counts_for_year', levels: 'to_json(a.levels)', payer: 'a.payer', voucherNo: 'a.voucher_no', note: 'a.note', state: 'a.state', confirmDueOn: 'a.confirm_due_on',
  recordedBy: staff('a.recorded_by'), recordedAt: 'a.recorded_at', decidedBy: staff('a.decided_by'), decidedAt: 'a.decided_at', decisionNote: 'a.decision_note',
  excludedCode: 'a.excluded_code', excludedNote: 'a.excluded_note', excludedBy: staff('a.excluded_by'), excludedAt: 'a.excluded_at', voidedAt: 'a.voided_at', voidedBy: staff('a.voided_by'), voidReason: 'a.void_reason',
  counted: `(a.state = 'CONFIRMED' and a.voided_at is null and a.excluded_code is null)`,
  evidence: {
    of: { fileId: idFact('StoredFile', 'ae.file_id'), fileName: '(select name from stored_file where id = ae.file_id)', kind: 'ae.kind', addedAt: 'ae.added_at' },
    sql: (json) => `coalesce((select json_agg(${json} order by ae.added_at, ae.file_id) from arrival_evidence ae where ae.arrival_id = a.id), '[]')`,
  },
  project: project('a.project_id'),
};

export const rateFacts: Facts = { id: idFact('FxRate', 'f.id'), version: 'f.version', currency: 'f.currency', day: 'f.day', rate: decimalFact('f.rate'), source: 'f.source', recordedBy: staff('f.recorded_by'), recordedAt: 'f.recorded_at' };
export const baseFacts: Facts = {
  id: idFact('InvestmentBase', 'b.id'), version: 'b.version', fromMonth: 'b.from_month', toMonth: 'b.to_month', amount: money('b.amount', `'CNY'`, 'b.raw'), source: 'b.source', setBy: staff('b.set_by'), setAt: 'b.set_at',
  department: { of: departmentFacts, sql: (json) => `(select ${json} from department d where d.id = b.department_id)` },
};

/** Fixed-asset investment of a month as the zone counts it: $parts are the columns that do not count. */
export const countedAmount = (alias: string, leftOut: readonly string[]) => (leftOut.length ? `(${alias}.amount - ${leftOut.map((c) => `coalesce(${alias}.${c}, 0)`).join(' - ')})` : `${alias}.amount`);
