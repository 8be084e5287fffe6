import {
  candidateTableHeader,
  candidateTableRow,
} from '../../src/commands/output/candidate-table.ts';
import { fit } from '../../src/commands/output/terminal-text.ts';
import type { DriftCandidate } from '../../src/core/model/drift-candidate.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import { candidateOf } from './found.ts';
import { columns, wrapped, type Screen } from './screen.ts';
import { at, list, words, type Search } from './search.ts';

const ask = (screen: Screen, question: string, query: string): void => {
  screen.heading(question);
  for (const line of wrapped(query, screen.width)) screen.line(screen.paint('dim', line));
  screen.line();
};

const timeOf = (document: JsonObject): string => {
  const time = at(document, 'time');
  return typeof time === 'number' ? new Date(time).toISOString().slice(11, 19) : '';
};

/** The candidates, worst first. */
export const askCandidates = async (
  screen: Screen,
  search: Search,
): Promise<readonly DriftCandidate[]> => {
  ask(
    screen,
    'What was changed outside code, worst first?',
    'drift-candidates/_search  sort: severity.score desc, time asc',
  );
  const documents = await search.documents('drift-candidates', {
    size: 100,
    sort: [{ 'severity.score': 'desc' }, { time: 'asc' }],
  });
  const candidates = documents.map(candidateOf);
  screen.line(candidateTableHeader(screen));
  for (const candidate of candidates) {
    screen.line(candidateTableRow(candidate, screen));
    screen.line();
  }
  return candidates;
};

/** How many audit events ended in each outcome. */
export const askOutcomes = async (
  screen: Screen,
  search: Search,
): Promise<ReadonlyMap<string, number>> => {
  ask(
    screen,
    'What became of everything that was logged?',
    'audit-events/_search  aggs: terms driftline.outcome',
  );
  const answer = await search.ask('/audit-events/_search', {
    size: 0,
    track_total_hits: true,
    aggs: { outcomes: { terms: { field: 'driftline.outcome', size: 20 } } },
  });
  const counts = list(at(answer, 'aggregations', 'outcomes', 'buckets')).map((bucket) => {
    const count = at(bucket, 'doc_count');
    return [words(at(bucket, 'key')), typeof count === 'number' ? count : 0] as const;
  });
  return new Map(counts);
};

const EVENT_FIELDS = [
  'time',
  'api',
  'driftline.outcome',
  'driftline.reason',
  'driftline.actor_name',
  'actor.user.name',
  'actor.session.uid',
  'src_endpoint',
  'status_code',
  'metadata.uid',
];

const eventRow = (document: JsonObject): readonly string[] => [
  timeOf(document),
  words(at(document, 'driftline', 'outcome')),
  `${words(at(document, 'api', 'service', 'name')).replace('.amazonaws.com', '')}:${words(at(document, 'api', 'operation'))}`,
  words(at(document, 'actor', 'user', 'name')),
  words(at(document, 'status_code')),
];

const printEvents = (screen: Screen, documents: readonly JsonObject[]): void => {
  for (const line of columns(documents.map(eventRow))) screen.line(fit(line, screen.width));
};

const eventsWith = (search: Search, query: JsonObject): Promise<readonly JsonObject[]> =>
  search.documents('audit-events', {
    size: 100,
    sort: [{ time: 'asc' }],
    _source: EVENT_FIELDS,
    query,
  });

/** All acts of the session that a candidate came from. */
export const askSession = async (
  screen: Screen,
  search: Search,
  candidate: DriftCandidate,
): Promise<readonly JsonObject[]> => {
  ask(
    screen,
    `What else was done in the session of ${candidate.actor.name ?? 'the worst candidate'}?`,
    `audit-events/_search  term: actor.session.uid = ${candidate.session_uid ?? ''}`,
  );
  const documents = await eventsWith(search, {
    term: { 'actor.session.uid': candidate.session_uid ?? '' },
  });
  printEvents(screen, documents);
  return documents;
};

/** Everything that was done to one resource, or tried, but reads. */
export const askResource = async (
  screen: Screen,
  search: Search,
  name: string,
): Promise<readonly JsonObject[]> => {
  ask(
    screen,
    `Who touched ${name}, and who tried?`,
    `audit-events/_search  term: entities = ${name}; not driftline.outcome: read`,
  );
  const documents = await eventsWith(search, {
    bool: {
      filter: [{ term: { entities: name } }],
      must_not: [{ term: { 'driftline.outcome': 'read' } }],
    },
  });
  printEvents(screen, documents);
  return documents;
};

export const eventName = (document: JsonObject): string =>
  `${words(at(document, 'driftline', 'outcome'))} ${words(at(document, 'api', 'operation'))}`;
