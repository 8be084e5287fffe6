import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import type { IgnoreRule } from '../core/model/ignore-rule.ts';
import { parseIgnoreLines } from './ignore-lines.ts';
import { parseIgnoreRules, type IgnoreFault } from './ignore-rules-yaml.ts';

/** The file of ignore rules cannot be used; the message names each fault with its place. */
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

const wordOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

/** Most faults that a message lists. */
const MOST_FAULTS = 20;

const described = (faults: readonly IgnoreFault[]): readonly string[] => {
  const lines = faults
    .toSorted((one, other) => one.line - other.line || one.column - other.column)
    .slice(0, MOST_FAULTS)
    .map(({ line, column, fault }) => `line ${line}, column ${column}: ${fault}`);
  return faults.length > MOST_FAULTS
    ? [...lines, `and ${faults.length - MOST_FAULTS} more`]
    : lines;
};

const parse = (
  file: string,
  text: string,
): { readonly rules: readonly IgnoreRule[]; readonly faults: readonly IgnoreFault[] } => {
  switch (extname(file).toLowerCase()) {
    case '.json':
      return parseIgnoreRules(text, { keys: ['id', 'reason'] });
    case '.yaml':
    case '.yml':
      return parseIgnoreRules(text, { keys: ['id', 'owner', 'reason', 'expires'] });
    default:
      return parseIgnoreLines(basename(file), text);
  }
};

/**
 * The ignore rules of a file: by its ending YAML (`.yaml`, `.yml`) or JSON (`.json`), else lines as in `.driftignore`.
 * @throws IgnoreRulesError that names every fault
 */
export const readIgnoreRules = (file: string): readonly IgnoreRule[] => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new IgnoreRulesError(file, [`the file cannot be read (${wordOf(error)})`]);
  }
  const { rules, faults } = parse(file, text);
  if (faults.length > 0) throw new IgnoreRulesError(file, described(faults));
  return rules;
};
