import { POLICIES, staffFacts } from '@yinfeng/directory';
import { enterpriseFacts } from '@yinfeng/enterprises';
import { idFact, type Facts } from '@yinfeng/platform';
import { projectFacts } from './project.facts.js';

/** Months of retention by the zone's rule of today. */
const MONTHS = `coalesce((select (z.value ->> 'retentionMonths')::int from zone_policy z where z.zone_id = app_zone() and z.name = 'personalData' and z.valid_from <= shanghai_day(app_now()) order by z.valid_from desc limit 1), ${POLICIES.personalData.usual.retentionMonths})`;

/**
 * What can be read of a contact; alias k. Phones and accounts are masked in the database itself, for everybody whom the
 * zone's rule (policy contactMasking) does not let see them whole: no reader can forget it.
 */
export const contactFacts: Facts = {
  id: idFact('Contact', 'k.id'), version: 'k.version', name: 'k.name', fullName: 'k.full_name', title: 'k.title', department: 'k.department', language: 'k.language', note: 'shown_words(k.note, k.project_id, k.created_by)',
  phones: 'to_json(case when contact_open(k) then k.phones else mask_phones(k.phones) end)',
  wechat: 'case when contact_open(k) then k.wechat else mask_account(k.wechat) end',
  emails: `to_json(case when contact_open(k) then k.emails else array(select mask_account(a) from unnest(k.emails) a) end)`,
  masked: 'not contact_open(k)',
  reveals: '(select count(*)::int from contact_reveal r where r.contact_id = k.id)',
  basis: 'k.basis', source: 'k.source', collectedOn: 'coalesce(k.collected_on, shanghai_day(k.created_at))', retainUntil: `contact_retained(k, ${MONTHS})`,
  doNotContact: 'k.do_not_contact_at is not null', doNotContactReason: 'k.do_not_contact_reason', archivedAt: 'k.archived_at', createdAt: 'k.created_at',
  createdBy: { of: staffFacts, sql: (json) => `(select ${json} from staff s where s.id = k.created_by)` },
  // Somebody of the same enterprise or project, by the same phone, whose full name begins alike.
  suggestedName: `case when not k.full_name and k.phones <> '{}' then (select o.name from contact o where o.full_name and o.id <> k.id and o.archived_at is null and (o.enterprise_id = k.enterprise_id or o.project_id = k.project_id)
    and o.phones && k.phones and left(o.name, 1) = left(k.name, 1) order by o.id limit 1) end`,
  project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = k.project_id)` },
  enterprise: { of: enterpriseFacts, sql: (json) => `(select ${json} from enterprise e where e.id = k.enterprise_id)` },
};
