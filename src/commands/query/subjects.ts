import type { Command } from 'commander';
import { ownValue, type JsonValue } from '../../core/model/json.ts';
import { actorHistory } from '../../questions/actor-history.ts';
import { exists, within, type Clause } from '../../questions/clause.ts';
import { CANDIDATE_COLUMNS, EVENT_COLUMNS } from '../../questions/columns.ts';
import { MAX_NAMES, resourceHistory } from '../../questions/resource-history.ts';
import type { Search } from '../../questions/search.ts';
import { terminalText } from '../output/terminal-text.ts';
import { printDocuments } from './print-answers.ts';
import type { QueryEnvironment } from './query-environment.ts';
import { resourceNames } from './resource-names.ts';
import { addLimits, addTimes, type QueryOptions } from './query-options.ts';

type Histories = Readonly<Record<'auditEvents' | 'driftCandidates', Clause>>;

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

/** OpenSearch takes so many values in one clause (`index.max_terms_count` is 65,536). */
const MAX_IDS = 50_000;

/** Candidates that the newest events of an actor tell. An event and its candidate have the same time. */
const candidatesOfEvents = async (
  { list }: Search,
  name: string,
  options: QueryOptions,
): Promise<{ readonly ids: readonly string[]; readonly more: boolean }> => {
  const { documents, more } = await list({
    index: 'auditEvents',
    where: [actorHistory(name).auditEvents, exists('driftline.candidate_ids'), ...within(options)],
    order: 'newest',
    limit: Math.min(options.limit, MAX_IDS),
  });
  const ids = documents.flatMap(({ source }) => {
    const told = ownValue(ownValue(source, 'driftline'), 'candidate_ids');
    const all = Array.isArray(told) ? (told as readonly JsonValue[]) : [];
    return all.filter((id) => typeof id === 'string');
  });
  const some = [...new Set(ids)].slice(0, MAX_IDS);
  return { ids: some, more: more || some.length < new Set(ids).size };
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
      const { names, keys, cut } = await resourceNames(search, name);
      if (keys.length > 1) {
        const shown = keys.slice(0, 5).join(', ');
        const all = cut ? 'not all' : 'all';
        stderr.write(
          `driftline: ${terminalText(`${name} denotes ${keys.length} resources: ${shown}`)}; ${all} of them are shown\n`,
        );
      }
      if (cut)
        stderr.write(
          `driftline: looked for ${MAX_NAMES} keys, addresses and identities only; there are more: give one of them\n`,
        );
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
    await withSearch(options.timeout, async (search) => {
      const { ids, more } = await candidatesOfEvents(search, name, options);
      if (more)
        stderr.write(
          `driftline: looked up the newest ${ids.length} candidates of its acts only; ask for less time, or raise --limit\n`,
        );
      await printHistories(environment, search, actorHistory(name, ids), options);
    });
    setExitCode(0);
  });
};
