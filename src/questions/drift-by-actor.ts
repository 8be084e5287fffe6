import type { GroupQuestion } from './question.ts';

export const driftByActor: GroupQuestion = {
  name: 'drift-by-actor',
  asks: 'Who makes drift, how much, and in which environments?',
  index: 'driftCandidates',
  answer: 'groups',
  where: [],
  by: [{ name: 'principal', field: 'actor.principal' }],
  measures: [
    { name: 'who', of: 'top', field: 'actor.name' },
    { name: 'environments', of: 'top', field: 'resource.environment' },
    { name: 'clients', of: 'top', field: 'actor.class' },
    { name: 'resources', of: 'distinct', field: 'resource.key' },
    { name: 'highest', of: 'most', field: 'severity.score' },
    { name: 'last', of: 'last', field: 'time' },
  ],
};
