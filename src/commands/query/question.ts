import { Argument, type Command } from 'commander';
import { QUESTIONS } from '../../questions/all-questions.ts';
import { within, type Clause } from '../../questions/clause.ts';
import { CANDIDATE_FILTERS } from '../../questions/candidate-filters.ts';
import { EVENT_FILTERS } from '../../questions/event-filters.ts';
import {
  directBody,
  groupBody,
  groupRows,
  GROUPS_A_SHARD,
  rankBody,
  ranking,
} from '../../questions/group-search.ts';
import type { GroupQuestion } from '../../questions/question.ts';
import type { Search } from '../../questions/search.ts';
import { printLines } from '../output/print-lines.ts';
import { textTable } from '../output/text-table.ts';
import { filtersOf } from './lists.ts';
import { printDocuments, printGroups, type FoundGroups } from './print-answers.ts';
import { QueryError } from './query-error.ts';
import type { QueryEnvironment } from './query-environment.ts';
import {
  addEnvironments,
  addLimits,
  addTimes,
  MAX_GROUPS,
  type QueryOptions,
  providerOption,
} from './query-options.ts';

type Given = QueryOptions & Readonly<Record<string, unknown>>;

/**
 * The largest groups: by one search where they are few, else first which they are, then what is measured of them alone.
 * Numbers that may be wrong are refused.
 */
const groupsOf = async (
  once: Search['once'],
  question: GroupQuestion,
  filters: readonly Clause[],
  limit: number,
): Promise<FoundGroups> => {
  const { index, name } = question;
  const direct = directBody(question, filters, limit);
  if (direct !== undefined) {
    const answer = await once(index, direct);
    const { others, cutOff } = ranking(answer);
    if (!cutOff) return { ...groupRows(question, answer), others };
  }
  const { groups, others, cutOff } = ranking(await once(index, rankBody(question, filters, limit)));
  if (cutOff)
    throw new QueryError(
      `An index holds more than ${GROUPS_A_SHARD} groups for ${name}, and their counts would be wrong: ask for less time (--since, --until), or for one --account`,
    );
  if (groups.length === 0) return { rows: [], others, uncertain: [] };
  const measured = await once(index, groupBody(question, filters, groups));
  return { ...groupRows(question, measured), others };
};

/** `driftline query question [name]`: the questions that need no subject; without a name, what they are. */
export const registerQueryQuestion = (parent: Command, environment: QueryEnvironment): void => {
  const command = parent
    .command('question')
    .description('answer one of the ready questions; without a name, list them')
    .addArgument(
      new Argument('[name]', 'which question').choices(QUESTIONS.map(({ name }) => name)),
    );
  addEnvironments(command, 'in these environments')
    .addOption(providerOption())
    .option('--account <id>', 'only in this account, subscription, project or cluster');
  addLimits(addTimes(command, environment.clock)).action(
    async (name: string | undefined, options: Given) => {
      const question = QUESTIONS.find((each) => each.name === name);
      if (question === undefined) {
        const rows = QUESTIONS.map((each) => [each.name, each.asks]);
        await printLines(textTable(['NAME', 'QUESTION'], rows), environment.stdout);
        return environment.setExitCode(0);
      }
      const filters: readonly Clause[] = [
        ...filtersOf(question.index === 'auditEvents' ? EVENT_FILTERS : CANDIDATE_FILTERS, options),
        ...within(options),
      ];
      await environment.withSearch(options.timeout, async ({ list, once }) => {
        if (question.answer === 'documents') {
          const where = [...question.where, ...filters];
          const { limit } = options;
          const found = await list({ index: question.index, where, order: 'newest', limit });
          return printDocuments(environment, found, question.columns, options.format);
        }
        const found = await groupsOf(once, question, filters, Math.min(options.limit, MAX_GROUPS));
        const names = [...question.by, { name: 'count' }, ...question.measures].map(
          (each) => each.name,
        );
        return printGroups(environment, names, found, options.format);
      });
      environment.setExitCode(0);
    },
  );
};
