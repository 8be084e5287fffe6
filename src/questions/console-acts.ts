import { exists, is, not } from './clause.ts';
import { EVENT_COLUMNS } from './columns.ts';
import type { ListQuestion } from './question.ts';

/** Only of acts that changed something is it known from what client they came, and whose the resource is. */
export const consoleActs: ListQuestion = {
  name: 'console-acts',
  asks: 'Which acts from consoles changed managed resources?',
  index: 'auditEvents',
  answer: 'documents',
  where: [
    is('driftline.actor_class', 'console'),
    exists('driftline.owners.key'),
    not(is('driftline.outcome', 'iac')),
  ],
  columns: EVENT_COLUMNS,
};
