import { exists, is, not } from './clause.ts';
import { EVENT_COLUMNS } from './columns.ts';
import type { ListQuestion } from './question.ts';

export const consoleActs: ListQuestion = {
  name: 'console-acts',
  asks: 'Which acts came from consoles on managed resources?',
  index: 'auditEvents',
  answer: 'documents',
  where: [
    is('driftline.actor_class', 'console'),
    exists('driftline.owners.key'),
    not(is('driftline.outcome', 'iac')),
  ],
  columns: EVENT_COLUMNS,
};
