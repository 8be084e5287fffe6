import type { JsonObject, JsonValue } from '../../core/model/json.ts';
import { ownValue } from '../../core/model/json.ts';
import type { Column } from '../../questions/question.ts';
import type { FoundDocument } from '../../questions/search.ts';
import { printLines } from '../output/print-lines.ts';
import { terminalJson } from '../output/terminal-text.ts';
import { textTable } from '../output/text-table.ts';
import type { QueryEnvironment } from './query-environment.ts';
import { MAX_GROUPS, type Format } from './query-options.ts';

const NOTHING = '-';

/** Milliseconds since the epoch past 2001: what else a field may count is less. */
const isTime = (name: string): boolean => /^(time|first|last)$/.test(name);

const valuesAt = (value: JsonValue | undefined, path: readonly string[]): readonly JsonValue[] => {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value))
    return (value as readonly JsonValue[]).flatMap((item) => valuesAt(item, path));
  const [name, ...rest] = path;
  return name === undefined
    ? typeof value === 'object'
      ? Object.values(value as JsonObject)
      : [value]
    : valuesAt(ownValue(value, name), rest);
};

const cellOf = (name: string, values: readonly JsonValue[]): string => {
  const texts = values.map((value) =>
    isTime(name) && typeof value === 'number'
      ? new Date(value).toISOString()
      : typeof value === 'string'
        ? value
        : JSON.stringify(value),
  );
  return texts.length === 0 ? NOTHING : [...new Set(texts)].join(', ');
};

const documentLines = (
  documents: readonly FoundDocument[],
  columns: readonly Column[],
): readonly string[] =>
  textTable(
    columns.map(({ title }) => title),
    documents.map(({ source, matched }) =>
      columns.map(({ path }) =>
        path === '_matched'
          ? cellOf(path, matched)
          : cellOf(path, valuesAt(source, path.split('.'))),
      ),
    ),
  );

const jsonLine = ({ index, id, source, matched }: FoundDocument): string =>
  terminalJson({
    _index: index,
    _id: id,
    ...(matched.length === 0 ? {} : { _matched: matched }),
    ...source,
  });

/** A list of documents, as a person or a program reads it. */
export const printDocuments = async (
  { stdout, stderr }: QueryEnvironment,
  found: { readonly documents: readonly FoundDocument[]; readonly more: boolean },
  columns: readonly Column[],
  format: Format,
): Promise<void> => {
  const { documents, more } = found;
  const lines =
    format === 'ndjson'
      ? documents.map(jsonLine)
      : documents.length === 0
        ? []
        : documentLines(documents, columns);
  await printLines(lines, stdout);
  if (documents.length === 0) stderr.write('driftline: nothing was found\n');
  if (more) stderr.write(`driftline: there are more than ${documents.length}; raise --limit\n`);
};

/** Groups of an answer. */
export interface FoundGroups {
  readonly rows: readonly JsonObject[];
  /** Documents in groups beyond these. */
  readonly others: number;
  /** Columns of most frequent values that may lack one. */
  readonly uncertain: readonly string[];
}

/** Groups, a row each. */
export const printGroups = async (
  { stdout, stderr }: QueryEnvironment,
  names: readonly string[],
  { rows, others, uncertain }: FoundGroups,
  format: Format,
): Promise<void> => {
  const cells = rows.map((row) =>
    names.map((name) => cellOf(name, valuesAt(ownValue(row, name), []))),
  );
  const lines =
    format === 'ndjson'
      ? rows.map(terminalJson)
      : rows.length === 0
        ? []
        : textTable(
            names.map((name) => name.replaceAll('_', ' ').toUpperCase()),
            cells,
          );
  await printLines(lines, stdout);
  if (rows.length === 0) stderr.write('driftline: nothing was found\n');
  const hint = rows.length < MAX_GROUPS ? 'raise --limit' : `at most ${MAX_GROUPS} are shown`;
  if (others > 0)
    stderr.write(`driftline: ${others} more documents are in groups beyond these; ${hint}\n`);
  if (uncertain.length > 0)
    stderr.write(
      `driftline: too many values to be sure of the most frequent ones: ${uncertain.join(', ')}; ask for less time\n`,
    );
};
