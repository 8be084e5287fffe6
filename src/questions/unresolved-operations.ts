import { is } from './clause.ts';
import type { GroupQuestion } from './question.ts';

export const unresolvedOperations: GroupQuestion = {
  name: 'unresolved-operations',
  asks: 'Which operations outside of code meet no desired resource most often?',
  index: 'auditEvents',
  answer: 'groups',
  where: [is('driftline.outcome', 'unresolved')],
  by: [
    { name: 'service', field: 'api.service.name' },
    { name: 'operation', field: 'api.operation' },
    { name: 'reason', field: 'driftline.reason' },
  ],
  measures: [
    { name: 'accounts', of: 'distinct', field: 'cloud.account.uid' },
    { name: 'last', of: 'last', field: 'time' },
  ],
};
