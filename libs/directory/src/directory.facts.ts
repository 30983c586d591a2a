import { idFact, type Facts } from '@yinfeng/platform';

/** What can be read of a department; alias d. */
export const departmentFacts: Facts = {
  id: idFact('Department', 'd.id'),
  name: 'd.name',
  kind: 'd.kind',
  aliases: 'to_json(d.aliases)',
};
/** The parent names itself only: a tree is read level by level. */
departmentFacts.parent = { of: { id: idFact('Department', 'dp.id'), name: 'dp.name', kind: 'dp.kind' }, sql: (json) => `(select ${json} from department dp where dp.id = d.parent_id)` };

/** What can be read of a person; alias s. No address or phone: names and places in the organisation only. */
export const staffFacts: Facts = {
  id: idFact('Staff', 's.id'),
  name: 's.name',
  role: 's.role',
  title: 's.title',
  version: 's.version',
  department: { of: departmentFacts, sql: (json) => `(select ${json} from department d where d.id = s.department_id)` },
};

/** What can be read of a park; alias k. */
export const parkFacts: Facts = { id: idFact('Park', 'k.id'), name: 'k.name' };

/** What can be read of an industry (GB/T 4754); alias i. */
export const industryFacts: Facts = { id: idFact('Industry', 'i.code'), code: 'i.code', name: 'i.name' };

/** What can be read of a region (GB/T 2260, national development zones); alias r. */
export const regionFacts: Facts = { code: 'r.code', name: 'r.name', level: 'r.level' };
