import { QUESTIONS } from '../../src/questions/all-questions.ts';
import { exists, is, not } from '../../src/questions/clause.ts';
import { CANDIDATE_COLUMNS, EVENT_COLUMNS } from '../../src/questions/columns.ts';
import type { Column, ListQuestion, Question } from '../../src/questions/question.ts';
import { PATTERNS } from './index-patterns.ts';
import { savedObject, searchSource, type SavedObject } from './saved-objects.ts';

/** Columns of a group question: what it groups by and measures. */
const groupColumns = (question: Exclude<Question, ListQuestion>): readonly string[] => [
  ...new Set([...question.by, ...question.measures].map(({ field }) => field)),
];

/** Object fields have no column of their own in Discover. */
const LEAVES: Readonly<Record<string, string>> = { src_endpoint: 'src_endpoint.ip' };

const pathsOf = (columns: readonly Column[]): readonly string[] =>
  columns.map(({ path }) => LEAVES[path] ?? path);

const leaf = (paths: readonly string[]): readonly string[] =>
  paths.filter((path) => path !== 'time');

interface Search {
  readonly name: string;
  readonly asks: string;
  readonly index: Question['index'];
  readonly where: Question['where'];
  readonly columns: readonly string[];
}

/** Ready to be narrowed by hand: to a session, a principal, a key, an address, an entity or a change set. */
const OPEN: readonly Search[] = [
  {
    name: 'all-candidates',
    asks: 'All drift candidates: filter by session, principal, resource or change set',
    index: 'driftCandidates',
    where: [],
    columns: [...pathsOf(CANDIDATE_COLUMNS), 'resource.key', 'session_uid', 'event_id'],
  },
  {
    name: 'all-events',
    asks: 'All audit events: filter by session, principal, key, address or entity',
    index: 'auditEvents',
    where: [],
    columns: pathsOf(EVENT_COLUMNS),
  },
  {
    name: 'applies',
    asks: "Code's own acts, to lay beside candidates",
    index: 'auditEvents',
    where: [is('driftline.outcome', 'iac')],
    columns: pathsOf(EVENT_COLUMNS),
  },
  {
    name: 'changes-of-managed-resources',
    asks: 'Every act on a resource that code owns',
    index: 'auditEvents',
    where: [exists('driftline.owners.key'), not(is('driftline.outcome', 'read'))],
    columns: [...pathsOf(EVENT_COLUMNS), 'driftline.owners.key'],
  },
];

const searches: readonly Search[] = [
  ...QUESTIONS.map((question) => ({
    name: question.name,
    asks: question.asks,
    index: question.index,
    where: question.where,
    columns: question.answer === 'documents' ? pathsOf(question.columns) : groupColumns(question),
  })),
  ...OPEN,
];

export const searchId = (name: string): string => `driftline-search-${name}`;

/** One for each question that needs no subject, with the very clauses of `src/questions`. */
export const savedSearches: readonly SavedObject[] = searches.map(
  ({ name, asks, index, where, columns }) => {
    const { searchSourceJSON, references } = searchSource(
      PATTERNS[index],
      where.map((clause) => ({ clause, alias: asks })),
    );
    return savedObject(
      'search',
      searchId(name),
      {
        title: `[Driftline] ${asks}`,
        description: asks,
        hits: 0,
        columns: leaf(columns),
        sort: [['time', 'desc']],
        version: 1,
        kibanaSavedObjectMeta: { searchSourceJSON },
      },
      references,
    );
  },
);
