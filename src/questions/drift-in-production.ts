import { CANDIDATE_COLUMNS } from './columns.ts';
import { inProduction } from './production.ts';
import type { ListQuestion } from './question.ts';

export const driftInProduction: ListQuestion = {
  name: 'drift-in-production',
  asks: 'What drifted in production, and who did it?',
  index: 'driftCandidates',
  answer: 'documents',
  where: inProduction,
  columns: CANDIDATE_COLUMNS,
};
