import { departmentFacts, industryFacts, parkFacts, staffFacts } from '@yinfeng/directory';
import { enterpriseFacts } from '@yinfeng/enterprises';
import { decimalFact, extendFacts, idFact, type Facts } from '@yinfeng/platform';
import { muteFacts, reminderFacts } from '@yinfeng/reminders';

const list = (json: string, from: string, order: string) => `coalesce((select json_agg(${json} order by ${order}) from ${from}), '[]')`;
const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });
const department = (column: string) => ({ of: departmentFacts, sql: (json: string) => `(select ${json} from department d where d.id = ${column})` });

/** The worse of silence and of what the zone's rules show; of a project that rests the rules show nothing. Alias p. */
export const LIGHT = `greatest(p.light, case when p.status = 'ACTIVE' then p.works_light end)`;

/** An amount of money; `amount` in units of its currency (元, not 万元). */
const money = (amount: string, currency: string, raw: string, approximate: string) => ({
  of: { amount: decimalFact(amount), wan: decimalFact(`${amount} * 0.0001`), yi: decimalFact(`${amount} * 0.00000001`), currency, raw, approximate },
  sql: (json: string) => `case when ${amount} is not null then ${json} end`,
});

/** Rewards ask for a filing before the day of the first signing (domain.md C8). */
const FILED_IN_TIME = '(not exists (select from signing gs where gs.project_id = lr.project_id and gs.voided_at is null and gs.signed_on <= shanghai_day(lr.filed_at)))';

/** Words of a visit: numbers in them are masked for whom the zone's rule masks the contacts of its project. */
const words = (column: string) => `case when holds_number(${column}) then shown_words(${column}, v.project_id, v.staff_id) else ${column} end`;

/** What can be read of a visit; alias v. */
export const visitFacts: Facts = {
  id: idFact('Visit', 'v.id'), version: 'v.version', direction: 'v.direction', visitedOn: 'v.visited_on', leaderName: 'v.leader_name', leaderLevel: 'v.leader_level',
  headcount: 'v.headcount', city: 'v.city', place: 'v.place', met: 'v.met', companions: 'to_json(v.companions)', content: words('v.content'), result: words('v.result'),
  nextStep: words('v.next_step'), nextFollowUpOn: 'v.next_follow_up_on', createdAt: 'v.created_at',
  batches: 'coalesce(v.batches, 1)', newBatches: 'v.new_batches', newPersons: 'v.new_persons', resultKind: 'v.result_kind', boundAt: 'v.bound_at',
  files: {
    of: { id: idFact('StoredFile', 'vf.file_id'), name: '(select f.name from stored_file f where f.id = vf.file_id)', mediaType: '(select f.media_type from stored_file f where f.id = vf.file_id)' },
    sql: (json) => list(json, 'visit_file vf where vf.visit_id = v.id', 'vf.added_at, vf.file_id'),
  },
  staff: staff('v.staff_id'), department: department('v.department_id'),
  enterprise: { of: enterpriseFacts, sql: (json) => `(select ${json} from enterprise e where e.id = coalesce(v.enterprise_id, (select enterprise_id from project where id = v.project_id)))` },
};

/** What can be read of a signing; alias g. */
export const signingFacts: Facts = {
  id: idFact('Signing', 'g.id'), version: 'g.version', kind: 'g.kind', signedOn: 'g.signed_on', validUntil: 'g.valid_until', endedOn: 'g.ended_on', title: 'g.title', partyName: 'g.party_name', partyUscc: 'g.party_uscc',
  eventName: 'g.event_name', commitments: 'g.commitments', recordedAt: 'g.recorded_at', fixedInvestment: decimalFact('g.fixed_cny'),
  totalInvestment: money('g.total_amount', 'g.currency', 'g.total_raw', 'false'),
  recordedBy: staff('g.recorded_by'),
  agreementType: 'g.agreement_type', voidedAt: 'g.voided_at', voidReason: 'g.void_reason', voidedBy: staff('g.voided_by'),
  evidence: {
    of: { id: idFact('Evidence', 'ev.id'), item: 'ev.item', fileId: idFact('StoredFile', 'ev.file_id'), fileName: '(select name from stored_file where id = ev.file_id)', addedAt: 'ev.added_at' },
    sql: (json) => list(json, 'evidence ev where ev.signing_id = g.id', 'ev.id'),
  },
};

// Agreements that refer to each other; the inner record has the same alias, so the outer one's ids come first.
const referred = (from: string, on: string) => ({ of: signingFacts, sql: (json: string) => `(select ${json} from (select ${from} as id) o, signing g where ${on} = o.id)` });
const referring = (on: string) => ({ of: signingFacts, sql: (json: string) => `coalesce((select json_agg(${json} order by g.signed_on, g.id) from (select g.id) o, signing g where ${on} = o.id and g.voided_at is null), '[]')` });
signingFacts.fulfils = referred('g.fulfils_id', 'g.id');
signingFacts.supplements = referred('g.main_id', 'g.id');
signingFacts.fulfilledBy = referring('g.fulfils_id');
signingFacts.supplementedBy = referring('g.main_id');

/** What can be read of a first report; alias r. The digest is its receipt's; a report that came with a ledger has none. */
export const firstReportFacts: Facts = {
  number: 'r.number', reportedAt: 'r.reported_at', reporterName: 'r.reporter_name', source: 'r.source', referrer: 'r.referrer', digest: `(select encode(k.hash, 'hex') from receipt_link k where k.project_id = r.project_id)`,
  reporter: staff('r.reporter_id'), department: department('r.department_id'),
  // Once lost it stays lost, whatever is ruled later; the latest ruling tells why it stands or fell.
  credited: 'not exists (select from credit_ruling cr where cr.project_id = r.project_id and not cr.kept)',
  creditReason: `(select case when cr.rule = 'ALWAYS' then 'RULE_ALWAYS' when cr.rule = 'NEVER' then 'RULE_NEVER' when cr.kept then 'WITHIN_PROTECTION' else 'PROTECTION_LAPSED' end
    from credit_ruling cr where cr.project_id = r.project_id order by cr.kept, cr.id desc limit 1)`,
  laterClaimant: staff(`(select pc.taken_by from pool_entry pc where pc.project_id = r.project_id and pc.taken_by is not null order by pc.left_at desc limit 1)`),
  laterClaimedAt: `(select max(pc.left_at) from pool_entry pc where pc.project_id = r.project_id and pc.taken_by is not null)`,
};

/** What can be read of an introducer; alias lr. The phone is masked: it is kept for whoever pays the reward. */
export const referrerFacts: Facts = {
  kind: 'lr.kind', name: 'lr.name', phone: 'mask_phone(lr.phone)', publicServant: 'lr.public_servant', note: 'lr.note', filedAt: 'lr.filed_at',
  filedBy: staff('lr.filed_by'), filedInTime: FILED_IN_TIME, rewardEligible: `(not lr.public_servant and ${FILED_IN_TIME})`,
};

/** What can be read of a milestone; alias m. */
export const milestoneFacts: Facts = {
  id: idFact('Milestone', 'm.id'), kind: 'm.kind', eventOn: 'm.event_on', enteredAt: 'm.entered_at', approvedAt: 'm.approved_at', countingOn: 'm.counting_on', precision: 'm.precision', note: 'm.note', voidedAt: 'm.voided_at',
};

/** What can be read of a stage request; alias q. */
export const stageRequestFacts: Facts = {
  id: idFact('StageRequest', 'q.id'), version: 'q.version', fromStage: 'q.from_stage', toStage: 'q.to_stage', state: 'q.state', eventOn: 'q.event_on', note: 'q.note',
  requestedAt: 'q.requested_at', requestedBy: staff('q.requested_by'), decidedAt: 'q.decided_at', decidedBy: staff('q.decided_by'), decisionNote: 'q.decision_note',
  reversedAt: 'q.reversed_at', reversedBy: staff('q.reversed_by'), reverseReason: 'q.reverse_reason',
};

/** What can be read of a project; alias p. Libs to the right extend it (handoff, …). */
export const projectFacts: Facts = {
  id: idFact('Project', 'p.id'), version: 'p.version', code: 'p.code', name: 'p.name', stage: 'p.stage', status: 'p.status', statusReason: 'p.status_reason', light: LIGHT,
  stateAt: 'p.state_at', class: 'p.class', capitalSource: 'p.capital_source', content: 'p.content', sector: 'p.sector', localChain: 'p.local_chain', sourceRegion: 'p.source_region',
  site: 'p.site', parcel: 'p.parcel', channel: 'p.channel', sizeClass: 'p.size_class', landNeed: 'p.land_need', energyNeed: 'p.energy_need', environmentNeed: 'p.environment_need', outputEstimate: 'p.output_estimate', taxEstimate: 'p.tax_estimate', timing: 'p.timing',
  priority: `case when p.class in ('A', 'B', 'C') then p.class end`, likelihood: 'p.likelihood', counted: '(p.uncounted_at is null)',
  totalInvestment: money('p.total_amount', 'p.total_currency', 'p.total_raw', 'p.total_approximate'), fixedInvestment: decimalFact('p.fixed_cny'),
  industry: { of: industryFacts, sql: (json) => `(select ${json} from industry i where i.code = p.industry_code)` },
  department: department('p.department_id'), owner: staff('p.owner_id'),
  park: { of: parkFacts, sql: (json) => `(select ${json} from park k where k.id = p.park_id)` },
  enterpriseName: 'p.enterprise_name',
  enterprise: {
    of: enterpriseFacts, sql: (json) => `(select ${json} from enterprise e where e.id = p.enterprise_id)`,
    near: { id: idFact('Enterprise', 'p.enterprise_id'), name: 'p.enterprise_name' }, present: 'p.enterprise_id is not null',
  },
  enterprises: {
    of: { role: 'pe.role', position: 'pe.position', sharePercent: decimalFact('pe.share_percent'), enterprise: { of: enterpriseFacts, sql: (json) => json } },
    sql: (json) => list(json, 'project_enterprise pe join enterprise e on e.id = pe.enterprise_id where pe.project_id = p.id', 'pe.position, pe.role'),
  },
  amounts: {
    of: { kind: 'a.kind', year: 'a.year', amount: decimalFact('a.amount'), upperBound: decimalFact('a.upper_bound'), currency: 'a.currency', raw: 'a.raw', approximate: 'a.approximate', bound: 'a.bound', placeholder: 'a.placeholder', asOf: 'a.as_of', source: 'a.source' },
    // TOTAL and FIXED are the project's own: a row says where they were read, as long as it says the same.
    sql: (json) => list(json, `project_amount a where a.project_id = p.id and (a.kind not in ('TOTAL', 'FIXED') or a.amount = case a.kind when 'TOTAL' then p.total_amount else p.fixed_cny end)`, 'a.kind, a.year'),
  },
  amountParts: {
    of: { whole: 'x.whole', part: 'x.part', amount: decimalFact('x.amount'), currency: 'x.currency', raw: 'x.raw' },
    sql: (json) => list(json, 'project_amount_part x where x.project_id = p.id', 'x.whole, x.part'),
  },
  firstReport: { of: firstReportFacts, sql: (json) => `(select ${json} from first_report r where r.project_id = coalesce(p.first_report_of, p.id))` },
  firstReports: { of: firstReportFacts, sql: (json) => list(json, 'first_report r where r.project_id = p.id or r.project_id in (select merged_family(p.id))', 'r.project_id = coalesce(p.first_report_of, p.id) desc, r.reported_at, r.number') },
  introducer: { of: referrerFacts, sql: (json) => `(select ${json} from lead_referrer lr where lr.project_id = p.id or lr.project_id in (select merged_family(p.id)) order by lr.filed_at limit 1)` },
  nextFollowUpAt: 'p.next_follow_up_on',
  nextFollowUpProvisional: '(p.next_follow_up_on is not null and not exists (select from calendar_year y where y.published and y.year = extract(year from p.next_follow_up_on)::int))',
  nextStep: 'p.next_step', visitCount: 'p.visit_count', lastActivityOn: 'p.last_activity_on', idleDueOn: 'p.idle_due_on', triageDueOn: 'p.triage_due_on',
  lastVisit: {
    of: visitFacts, sql: (json) => `(select ${json} from visit v where v.id = p.last_visit_id)`,
    near: { id: idFact('Visit', 'p.last_visit_id'), visitedOn: 'p.last_visit_on' }, present: 'p.last_visit_id is not null',
  },
  signings: { of: signingFacts, sql: (json) => list(json, 'signing g where g.project_id = p.id', 'g.signed_on, g.id') },
  milestones: { of: milestoneFacts, sql: (json) => list(json, 'milestone m where m.project_id = p.id and m.voided_at is null', 'm.counting_on, m.entered_at, m.id') },
  waitingRequest: { of: stageRequestFacts, sql: (json) => `(select ${json} from stage_request q where q.project_id = p.id and q.state = 'WAITING')` },
  createdAt: 'p.created_at', updatedAt: 'p.updated_at',
};

const project = (column: string) => ({ of: projectFacts, sql: (json: string) => `(select ${json} from project p where p.id = ${column})` });
visitFacts.project = project('v.project_id');
signingFacts.project = project('g.project_id');
stageRequestFacts.project = project('q.project_id');
extendFacts(reminderFacts, { project: project('r.project_id') });
extendFacts(muteFacts, { project: project('m.project_id') });
