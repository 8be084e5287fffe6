import { is } from './clause.ts';
import type { GroupQuestion } from './question.ts';

export const unmanagedByAccount: GroupQuestion = {
  name: 'unmanaged-by-account',
  asks: 'Which accounts have resources that no code owns, and of which types?',
  index: 'driftCandidates',
  answer: 'groups',
  where: [is('kind', 'unmanaged')],
  by: [
    { name: 'provider', field: 'resource.provider' },
    { name: 'account', field: 'resource.account' },
  ],
  measures: [
    { name: 'resources', of: 'distinct', field: 'resource.key' },
    { name: 'types', of: 'top', field: 'resource.type' },
    { name: 'who', of: 'top', field: 'actor.name' },
    { name: 'last', of: 'last', field: 'time' },
  ],
};
