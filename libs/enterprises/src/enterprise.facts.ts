import { decimalFact, idFact, type Facts } from '@yinfeng/platform';

/** What an outside source says of an enterprise; alias ef. */
export const outsideFacts: Facts = { key: 'ef.key', value: 'ef.value', source: 'ef.source', asOf: 'ef.as_of', recordedAt: 'ef.recorded_at' };
/** What an investor looks for; alias ip. */
export const investorProfileFacts: Facts = {
  version: 'ip.version', ticketMin: decimalFact('ip.ticket_min'), ticketMax: decimalFact('ip.ticket_max'), ticketCurrency: 'ip.ticket_currency', sectors: 'to_json(ip.sectors)', restrictions: 'ip.restrictions',
  horizonMonthsMin: 'ip.horizon_months_min', horizonMonthsMax: 'ip.horizon_months_max', note: 'ip.note', updatedAt: 'ip.updated_at',
};

/** What can be read of an enterprise; alias e. Parent, children and group stand behind the wall: see EnterprisesService. */
export const enterpriseFacts: Facts = {
  id: idFact('Enterprise', 'e.id'), version: 'e.version', name: 'e.name', uscc: 'e.uscc', usccCheck: 'uscc_check(e.uscc)', sourceRegion: 'e.source_region', nature: 'e.nature', classes: 'to_json(e.classes)', profile: 'e.profile',
  website: 'e.website', address: 'e.address', registeredCapital: decimalFact('e.registered_amount'), registeredCurrency: 'case when e.registered_amount is not null then e.registered_currency end', createdAt: 'e.created_at',
  formerNames: {
    of: { name: 'eh.name', untilAt: 'eh.until_at' },
    sql: (json) => `coalesce((select json_agg(${json} order by eh.until_at desc) from (select * from enterprise_name_history where enterprise_id = e.id order by until_at desc limit 50) eh), '[]')`,
  },
  // Of each key and source the latest day.
  facts: {
    of: outsideFacts,
    sql: (json) => `coalesce((select json_agg(${json} order by ef.key, ef.as_of desc, ef.source) from (select distinct on (key, source) * from enterprise_fact where enterprise_id = e.id order by key, source, as_of desc limit 200) ef), '[]')`,
  },
  investorProfile: { of: investorProfileFacts, sql: (json) => `(select ${json} from investor_profile ip where ip.enterprise_id = e.id)` },
};
