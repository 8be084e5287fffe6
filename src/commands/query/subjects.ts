import type { Command } from 'commander';
import { actorHistory } from '../../questions/actor-history.ts';
import { within, type Clause } from '../../questions/clause.ts';
import { CANDIDATE_COLUMNS, EVENT_COLUMNS } from '../../questions/columns.ts';
import {
  namesBody,
  namesOf,
  possibleNames,
  resourceHistory,
  resourceKeys,
  typesBody,
} from '../../questions/resource-history.ts';
import type { Search } from '../../questions/search.ts';
import { printDocuments } from './print-answers.ts';
import type { QueryEnvironment } from './query-environment.ts';
import { addLimits, addTimes, type QueryOptions } from './query-options.ts';

type Histories = Readonly<Record<'auditEvents' | 'driftCandidates', Clause>>;

const NAMING = ['driftCandidates', 'desiredState'] as const;

/** Every name that the resources have which this one denotes, and their keys. */
const resourceNames = async (
  { ifThere }: Search,
  name: string,
): Promise<{ readonly names: readonly string[]; readonly keys: readonly string[] }> => {
  const types = await Promise.all(NAMING.map((index) => ifThere(index, typesBody(index))));
  const possible = possibleNames(
    name,
    types.flatMap((answer) => answer ?? []),
  );
  const answers = await Promise.all(
    NAMING.map((index) => ifThere(index, namesBody(index, possible))),
  );
  const found = answers.flatMap((answer) => answer ?? []);
  return {
    names: [...new Set([...possible, ...found.flatMap(namesOf)])],
    keys: [...new Set(found.flatMap(resourceKeys))],
  };
};

/** Candidates and events, each the newest first: for a person one table below the other. */
const printHistories = async (
  environment: QueryEnvironment,
  { list }: Search,
  histories: Histories,
  options: QueryOptions,
): Promise<void> => {
  const ask = (index: keyof Histories) =>
    list({
      index,
      where: [histories[index], ...within(options)],
      order: 'newest',
      limit: options.limit,
    });
  const candidates = await ask('driftCandidates');
  const events = await ask('auditEvents');
  const isTable = options.format === 'table';
  const none = { documents: [], more: false };
  if (candidates.documents.length + events.documents.length === 0)
    return printDocuments(environment, none, EVENT_COLUMNS, options.format);
  if (candidates.documents.length > 0) {
    if (isTable) environment.stdout.write('Drift candidates\n');
    await printDocuments(environment, candidates, CANDIDATE_COLUMNS, options.format);
  }
  if (events.documents.length > 0) {
    if (isTable) environment.stdout.write('Audit events\n');
    await printDocuments(environment, events, EVENT_COLUMNS, options.format);
  }
};

/** `driftline query resource` and `driftline query actor`: all that there is of one. */
export const registerQuerySubjects = (parent: Command, environment: QueryEnvironment): void => {
  const { clock, withSearch, stderr, setExitCode } = environment;
  addLimits(
    addTimes(
      parent
        .command('resource')
        .description('everything that ever touched a resource: candidates and events')
        .argument('<name>', 'its id, ARN, address in code, or key'),
      clock,
    ),
  ).action(async (name: string, options: QueryOptions) => {
    await withSearch(options.timeout, async (search) => {
      const { names, keys } = await resourceNames(search, name);
      if (keys.length > 1) {
        const shown = keys.slice(0, 5).join(', ');
        stderr.write(
          `driftline: ${name} denotes ${keys.length} resources: ${shown}; all of them are shown\n`,
        );
      }
      await printHistories(environment, search, resourceHistory(names), options);
    });
    setExitCode(0);
  });
  addLimits(
    addTimes(
      parent
        .command('actor')
        .description('everything that an actor did: candidates and events')
        .argument('<name>', 'a principal (ARN, e-mail or name), session, access key or address'),
      clock,
    ),
  ).action(async (name: string, options: QueryOptions) => {
    await withSearch(options.timeout, (search) =>
      printHistories(environment, search, actorHistory(name), options),
    );
    setExitCode(0);
  });
};
