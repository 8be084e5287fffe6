import { InvalidArgumentError, Option, type Command } from 'commander';
import { CANDIDATE_KINDS, SEVERITIES } from '../../core/model/drift-candidate.ts';
import { OUTCOMES } from '../../core/model/outcome.ts';
import { CANDIDATE_FILTERS } from '../../questions/candidate-filters.ts';
import { isAddress, within, type Clause } from '../../questions/clause.ts';
import { CANDIDATE_COLUMNS, EVENT_COLUMNS } from '../../questions/columns.ts';
import { EVENT_FILTERS } from '../../questions/event-filters.ts';
import { printDocuments } from './print-answers.ts';
import type { QueryEnvironment } from './query-environment.ts';
import {
  addEnvironments,
  addLimits,
  addTimes,
  providerOption,
  type QueryOptions,
} from './query-options.ts';

type Given = QueryOptions & {
  readonly oldestFirst?: true;
  readonly raw?: true;
} & Readonly<Record<string, unknown>>;

const listOf =
  (known: readonly string[]) =>
  (text: string): string => {
    const unknown = text.split(',').find((each) => !known.includes(each));
    if (unknown === undefined) return text;
    throw new InvalidArgumentError(`"${unknown}" is none of: ${known.join(', ')}.`);
  };

/** The clauses of the options that were given. */
export const filtersOf = (
  filters: Readonly<Record<string, (value: string) => Clause>>,
  options: Readonly<Record<string, unknown>>,
): readonly Clause[] =>
  Object.entries(filters).flatMap(([name, clause]) => {
    const value = options[name];
    return typeof value === 'string' ? [clause(value)] : [];
  });

const addressOf = (text: string): string => {
  if (isAddress(text)) return text;
  throw new InvalidArgumentError('Give an IP address, or a block such as 10.0.0.0/8.');
};

/** The options of `driftline query candidates` that choose candidates. */
export const addCandidateFilters = (command: Command): Command =>
  addEnvironments(command, 'in these environments')
    .addOption(new Option('--severity <level>', 'only of this level or above').choices(SEVERITIES))
    .option('--kind <kinds>', `only: ${CANDIDATE_KINDS.join(', ')}`, listOf(CANDIDATE_KINDS))
    .addOption(providerOption())
    .option('--account <id>', 'only in this account, subscription, project or cluster')
    .option('--owner <name>', 'only owned by')
    .option('--repository <name>', 'only of this repository')
    .option('--module <address>', 'only of this module')
    .option('--type <type>', 'only of this type of resource')
    .option('--principal <name>', 'only by this principal, by ARN, e-mail or name')
    .option('--session <id>', 'only of this session')
    .option('--address <ip>', 'only from this address or block', addressOf)
    .option('--entity <id>', 'only where this identifier, ARN or code address is spoken of')
    .option('--cause <cause>', 'only for this cause')
    .option('--operation <name>', 'only by this operation')
    .option('--change-set <id>', 'only of this change set')
    .option('--event <id>', 'only of this event')
    .option('--technique <id>', 'only of this ATT&CK technique, such as T1562.008');

/** `driftline query candidates` and `driftline query events`: documents by filters, the newest first. */
export const registerQueryLists = (parent: Command, environment: QueryEnvironment): void => {
  const { clock, withSearch, setExitCode } = environment;
  const candidates = parent.command('candidates').description('list drift candidates');
  addLimits(addTimes(addCandidateFilters(candidates), clock))
    .option('--oldest-first', 'in the order in which they happened')
    .action(async (options: Given) => {
      const found = await withSearch(options.timeout, ({ list }) =>
        list({
          index: 'driftCandidates',
          where: [...filtersOf(CANDIDATE_FILTERS, options), ...within(options)],
          order: options.oldestFirst === true ? 'oldest' : 'newest',
          limit: options.limit,
        }),
      );
      await printDocuments(environment, found, CANDIDATE_COLUMNS, options.format);
      setExitCode(0);
    });

  const events = parent
    .command('events')
    .description('list audit events')
    .option('--session <id>', 'only of this session')
    .option('--principal <name>', 'only by this principal, by ARN, e-mail or name')
    .option('--key <id>', 'only with this access key')
    .option('--address <ip>', 'only from this address, or block such as 10.0.0.0/8')
    .option('--entity <id>', 'only where this identifier, ARN or code address is spoken of')
    .option('--event <id>', 'only the event of this id')
    .option('--candidate <id>', 'only the event of this candidate')
    .option('--change-set <id>', 'only the events of this change set')
    .option('--outcome <outcomes>', 'only of these outcomes, by comma', listOf(OUTCOMES))
    .addOption(providerOption())
    .option('--account <id>', 'only in this account, subscription, project or cluster')
    .option('--region <name>', 'only in this region')
    .option('--service <name>', 'only of this service')
    .option('--operation <name>', 'only of this operation');
  addLimits(addTimes(addEnvironments(events, 'on resources of these environments'), clock))
    .option('--oldest-first', 'in the order in which they happened')
    .option('--raw', 'with the record itself (ndjson)')
    .action(async (options: Given) => {
      const found = await withSearch(options.timeout, ({ list }) =>
        list({
          index: 'auditEvents',
          where: [...filtersOf(EVENT_FILTERS, options), ...within(options)],
          order: options.oldestFirst === true ? 'oldest' : 'newest',
          limit: options.limit,
          withRaw: options.raw,
        }),
      );
      await printDocuments(environment, found, EVENT_COLUMNS, options.format);
      setExitCode(0);
    });
};
