import { globalId } from '@yinfeng/platform';
import { CallerChanged, type VisitsService } from '@yinfeng/recruitment';
import type { ShortMutation } from '../graphql/mutation-shortcut.js';
import { localVisit } from './visits.resolver.js';
import { VisitLogInput } from './visits.types.js';

/** `visitLog`, as VisitsResolver.visitLog answers it when no more than the visit's id is asked for. */
export function visitLogShortcut(visits: VisitsService): ShortMutation<VisitLogInput> {
  return {
    input: VisitLogInput,
    record: 'visit',
    act: async (actor, input, token) => globalId('Visit', (await visits.log(actor, localVisit(input), { token })).visitId),
    isChanged: (error) => error instanceof CallerChanged,
  };
}
