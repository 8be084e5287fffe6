import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type {
  AddressMapping,
  EnvironmentAttributeRow,
  EnvironmentRules,
  EnvironmentTextRow,
  ExpectedDifference,
} from '../core/model/environment-rules.ts';
import { readCheckedJson } from './checked-json.ts';
import { listOf, mapOf, oneOf, shape, text, type Check } from './table-shape.ts';

type RowChecks<Row> = Readonly<Record<keyof Row, Check>>;

const pattern: Check = (value, path, report) => {
  if (typeof value !== 'string') return report(path, 'must be a text');
  try {
    new RegExp(value);
  } catch (error) {
    report(path, error instanceof Error ? error.message : 'is no regular expression');
  }
};

const attributeRow = shape(
  {
    attribute: text,
    compare: oneOf(['never', 'presence', 'values']),
    reason: text,
  } satisfies RowChecks<Omit<EnvironmentAttributeRow, 'type'>>,
  { type: text },
);

const textRow = shape({ pattern, as: text, reason: text } satisfies RowChecks<EnvironmentTextRow>);

const lists = {
  names: listOf(listOf(text)),
  attributes: listOf(attributeRow),
  texts: listOf(textRow),
} satisfies RowChecks<EnvironmentRules>;

const PATTERNS = ['address', 'type', 'attribute'] as const;

const expectedRow = shape(
  { reason: text },
  { address: text, type: text, attribute: text } satisfies RowChecks<
    Omit<ExpectedDifference, 'reason'>
  >,
  (row, path, report) => {
    // Without a pattern it would take out everything.
    if (!PATTERNS.some((name) => Object.hasOwn(row, name)))
      report(path, `must have one of ${PATTERNS.join(', ')}`);
  },
);

/**
 * The rules of `<shipped>/environments.json`, after those of `<extra>/environments.json` where there is one.
 * @throws JsonFileError that names every fault
 */
export const readEnvironmentRules = (shipped: string, extra?: string): EnvironmentRules => {
  const base = readCheckedJson(
    join(shipped, 'environments.json'),
    shape(lists),
  ) as EnvironmentRules;
  const file = extra === undefined ? undefined : join(extra, 'environments.json');
  if (file === undefined || !existsSync(file)) return base;
  const over = readCheckedJson(file, shape({}, lists)) as Partial<EnvironmentRules>;
  return {
    names: [...(over.names ?? []), ...base.names],
    attributes: [...(over.attributes ?? []), ...base.attributes],
    texts: [...(over.texts ?? []), ...base.texts],
  };
};

/** A JSON list of objects from environment to address. @throws JsonFileError that names every fault */
export const readAddressMapping = (file: string): readonly AddressMapping[] =>
  readCheckedJson(file, listOf(mapOf(text))) as readonly AddressMapping[];

/** A JSON list of differences that are meant. @throws JsonFileError that names every fault */
export const readExpectedDifferences = (file: string): readonly ExpectedDifference[] =>
  readCheckedJson(file, listOf(expectedRow)) as readonly ExpectedDifference[];
