import { readFileSync } from 'node:fs';
import type { IgnoreRule } from '../core/model/processed-event.ts';

/** The file of ignore rules cannot be used; the message names each fault. */
class IgnoreRulesError extends Error {
  readonly code = 'ignore_rules_invalid';
  readonly retriable = false;

  constructor(file: string, faults: readonly string[]) {
    super(
      [`The ignore rules in ${file} cannot be used:`, ...faults.map((fault) => `- ${fault}`)].join(
        '\n',
      ),
    );
    this.name = 'IgnoreRulesError';
  }
}

const patterns = [
  'type',
  'address',
  'attribute',
  'operation',
  'principal',
  'account',
  'environment',
];
const keys: ReadonlySet<string> = new Set(['id', 'reason', ...patterns]);

const faultsOf = (rule: unknown, index: number): readonly string[] => {
  const at = `rule ${index + 1}`;
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule))
    return [`${at} is not an object`];
  const entries = Object.entries(rule as Readonly<Record<string, unknown>>);
  const faults = entries.flatMap(([key, value]) => {
    if (!keys.has(key)) return [`${at} has the unknown key ${key}`];
    return typeof value === 'string' && value !== ''
      ? []
      : [`${at}: ${key} must be a text that is not empty`];
  });
  const given = new Set(entries.map(([key]) => key));
  for (const key of ['id', 'reason']) if (!given.has(key)) faults.push(`${at} has no ${key}`);
  // Without a pattern a rule would take out everything.
  if (!patterns.some((key) => given.has(key)))
    faults.push(`${at} has none of ${patterns.join(', ')}`);
  return faults;
};

const wordOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

/**
 * The ignore rules of a JSON file that holds an array of them.
 * @throws IgnoreRulesError that names every fault
 */
export const readIgnoreRules = (file: string): readonly IgnoreRule[] => {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new IgnoreRulesError(file, [
      error instanceof SyntaxError
        ? 'the file is not JSON'
        : `the file cannot be read (${wordOf(error)})`,
    ]);
  }
  if (!Array.isArray(content))
    throw new IgnoreRulesError(file, ['the file must hold an array of rules']);
  const rules: readonly unknown[] = content;
  const faults = rules.flatMap(faultsOf);
  const ids = (rules as readonly Partial<IgnoreRule>[]).map((rule) => rule?.id);
  for (const id of new Set(
    ids.filter((each, index) => each !== undefined && ids.indexOf(each) !== index),
  )) {
    faults.push(`the id ${String(id)} is given twice`);
  }
  if (faults.length > 0) throw new IgnoreRulesError(file, faults);
  return rules as readonly IgnoreRule[];
};
