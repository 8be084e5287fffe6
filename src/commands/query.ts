import type { Command } from 'commander';
import { registerQueryLists } from './query/lists.ts';
import { registerQueryNear } from './query/near-candidates.ts';
import type { QueryEnvironment } from './query/query-environment.ts';
import { registerQueryQuestion } from './query/question.ts';
import { refuseEmptyQuestions } from './query/refuse-empty.ts';
import { registerQuerySubjects } from './query/subjects.ts';

/** `driftline query …`: what analysts ask OpenSearch, from a terminal. */
export const registerQuery = (program: Command, environment: QueryEnvironment): void => {
  const query = program
    .command('query')
    .description('search audit events and drift candidates in OpenSearch');
  refuseEmptyQuestions(query);
  registerQueryLists(query, environment);
  registerQuerySubjects(query, environment);
  registerQueryNear(query, environment);
  registerQueryQuestion(query, environment);
};
