import { idFact, type Facts } from '@yinfeng/platform';

/** What can be read of an enterprise; alias e. */
export const enterpriseFacts: Facts = {
  id: idFact('Enterprise', 'e.id'), version: 'e.version', name: 'e.name', uscc: 'e.uscc', sourceRegion: 'e.source_region', nature: 'e.nature', classes: 'to_json(e.classes)', profile: 'e.profile', createdAt: 'e.created_at',
};
