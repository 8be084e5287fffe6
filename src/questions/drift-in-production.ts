import { oneOf } from './clause.ts';
import { CANDIDATE_COLUMNS } from './columns.ts';
import type { ListQuestion } from './question.ts';

/** What people call the environment that customers see. */
const PRODUCTION = ['prod', 'production', 'prd', 'live'] as const;

export const driftInProduction: ListQuestion = {
  name: 'drift-in-production',
  asks: 'What drifted in production, and who did it?',
  index: 'driftCandidates',
  answer: 'documents',
  where: [oneOf('resource.environment', PRODUCTION)],
  columns: CANDIDATE_COLUMNS,
};
