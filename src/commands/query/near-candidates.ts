import { InvalidArgumentError, Option, type Command } from 'commander';
import { ownString, ownValue, type JsonObject } from '../../core/model/json.ts';
import { appliesNear, CANDIDATES_A_SEARCH } from '../../questions/applies-near.ts';
import {
  AROUND_COLUMNS,
  aroundCandidate,
  TIES,
  type Tie,
} from '../../questions/around-candidate.ts';
import { CANDIDATE_FILTERS } from '../../questions/candidate-filters.ts';
import { is, within } from '../../questions/clause.ts';
import { EVENT_COLUMNS } from '../../questions/columns.ts';
import { durationOf } from '../options/moment-option.ts';
import type { FoundDocument, Search } from '../../questions/search.ts';
import { addCandidateFilters, filtersOf } from './lists.ts';
import { printDocuments } from './print-answers.ts';
import { QueryError } from './query-error.ts';
import type { QueryEnvironment } from './query-environment.ts';
import { addLimits, addTimes, type QueryOptions } from './query-options.ts';
import { resourceNames } from './resource-names.ts';

const HOUR_MS = 3_600_000;

type Windowed = QueryOptions & { readonly window: number };

const tiesOf = (text: string): readonly Tie[] => {
  const names = text.split(',');
  const ties = TIES.filter((tie) => names.includes(tie));
  if (ties.length === names.length) return ties;
  throw new InvalidArgumentError(`Give some of: ${TIES.join(', ')}.`);
};

const addWindow = (command: Command): Command =>
  command.addOption(
    new Option('--window <time>', 'so long before and after the candidate')
      .argParser(durationOf)
      .default(HOUR_MS, '1h'),
  );

const only = async (
  { list }: Search,
  index: 'auditEvents' | 'driftCandidates',
  field: string,
  value: string,
): Promise<JsonObject | undefined> => {
  const where = [is(field, value)];
  const { documents } = await list({ index, where, order: 'newest', limit: 1 });
  return documents[0]?.source;
};

/** Names of the resource of a candidate, where they are asked for: a request may use another than the candidate. */
const namesOf = async (
  search: Search,
  candidate: JsonObject,
  ties: readonly Tie[],
): Promise<readonly string[]> => {
  const key = ownString(ownValue(candidate, 'resource'), 'key');
  if (key === undefined || !ties.includes('resource')) return [];
  return (await resourceNames(search, key)).names;
};

const timeOf = ({ source }: FoundDocument): number => {
  const time = ownValue(source, 'time');
  return typeof time === 'number' ? time : 0;
};

/**
 * The newest applies near some candidates, asked for a part of the candidates at a time; each apply once, with all that
 * it lies near. One that is not of the newest near a part of them is not of the newest near all.
 */
const nearby = async (
  { list }: Search,
  candidates: readonly JsonObject[],
  { window, limit }: Windowed,
): Promise<{ readonly documents: readonly FoundDocument[]; readonly more: boolean }> => {
  const found = new Map<string, FoundDocument>();
  let more = false;
  for (let from = 0; from < candidates.length; from += CANDIDATES_A_SEARCH) {
    const where = appliesNear(candidates.slice(from, from + CANDIDATES_A_SEARCH), window);
    if (where === undefined) continue;
    const part = await list({ index: 'auditEvents', where, order: 'newest', limit });
    more ||= part.more;
    for (const each of part.documents) {
      const matched = [...(found.get(each.id)?.matched ?? []), ...each.matched];
      found.set(each.id, { ...each, matched: [...new Set(matched)] });
    }
  }
  const documents = [...found.values()].toSorted((one, other) => timeOf(other) - timeOf(one));
  return { documents: documents.slice(0, limit), more: more || documents.length > limit };
};

/** `driftline query around` and `driftline query applies`: acts that lie near candidates. */
export const registerQueryNear = (parent: Command, environment: QueryEnvironment): void => {
  const { clock, withSearch, stderr, setExitCode } = environment;
  addLimits(
    addWindow(
      parent
        .command('around')
        .description(
          'all acts of the session, principal, key and address of a candidate, and on its resource, near it',
        )
        .argument('<candidate>', 'the id of the candidate')
        .option('--same <what>', `by comma, of: ${TIES.join(', ')}; default: any of them`, tiesOf),
    ),
  ).action(async (id: string, options: Windowed & { readonly same?: readonly Tie[] }) => {
    await withSearch(options.timeout, async (search) => {
      const candidate = await only(search, 'driftCandidates', 'candidate_id', id);
      if (candidate === undefined)
        throw new QueryError(
          `There is no candidate ${id}; \`driftline query candidates\` lists them`,
        );
      const eventId = ownString(candidate, 'event_id') ?? '';
      const event = await only(search, 'auditEvents', 'metadata.uid', eventId);
      if (event === undefined)
        stderr.write('driftline: its event is not there any more: its access key is not known\n');
      const where = aroundCandidate(
        candidate,
        event,
        options.window,
        options.same,
        await namesOf(search, candidate, options.same ?? TIES),
      );
      if (where === undefined) throw new QueryError(`The candidate ${id} does not tell that`);
      const { limit, format } = options;
      const found = await search.list({ index: 'auditEvents', where, order: 'oldest', limit });
      await printDocuments(environment, found, AROUND_COLUMNS, format);
    });
    setExitCode(0);
  });

  const applies = parent
    .command('applies')
    .description("code's own acts on the resources of candidates, near them")
    .option('--candidate <id>', 'only near this one');
  addLimits(addWindow(addTimes(addCandidateFilters(applies), clock))).action(
    async (options: Windowed & { readonly candidate?: string } & Record<string, unknown>) => {
      await withSearch(options.timeout, async (search) => {
        const { candidate, limit } = options;
        const where = [
          ...filtersOf(CANDIDATE_FILTERS, options),
          ...(candidate === undefined ? [] : [is('candidate_id', candidate)]),
          ...within(options),
        ];
        const candidates = await search.list({
          index: 'driftCandidates',
          where,
          order: 'newest',
          limit,
        });
        if (candidates.more)
          stderr.write(
            `driftline: looked near the newest ${limit} candidates only; raise --limit\n`,
          );
        const sources = candidates.documents.map(({ source }) => source);
        const found = await nearby(search, sources, options);
        const columns = [...EVENT_COLUMNS, { title: 'NEAR CANDIDATES', path: '_matched' }];
        await printDocuments(environment, found, columns, options.format);
      });
      setExitCode(0);
    },
  );
};
