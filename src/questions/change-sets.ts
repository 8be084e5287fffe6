import type { GroupQuestion } from './question.ts';

export const changeSets: GroupQuestion = {
  name: 'change-sets',
  asks: 'Which sessions changed most at a time?',
  index: 'driftCandidates',
  answer: 'groups',
  where: [],
  by: [{ name: 'change_set', field: 'change_set_id' }],
  measures: [
    { name: 'who', of: 'top', field: 'actor.name' },
    { name: 'kinds', of: 'top', field: 'kind' },
    { name: 'resources', of: 'distinct', field: 'resource.key' },
    { name: 'highest', of: 'most', field: 'severity.score' },
    { name: 'first', of: 'first', field: 'time' },
    { name: 'last', of: 'last', field: 'time' },
  ],
};
