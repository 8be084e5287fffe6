import type { TrustedPrincipals } from '../core/model/processed-event.ts';
import { PROVIDERS } from '../core/model/provider.ts';
import { readCheckedJson } from './checked-json.ts';
import { listOf, oneOf, shape, text, type Check } from './table-shape.ts';

const globs: Check = (value, path, report) => {
  listOf(text)(value, path, report);
  if (Array.isArray(value) && value.length === 0) report(path, 'must not be empty');
};

const row = shape({ principals: globs, accounts: globs }, {
  provider: oneOf(PROVIDERS),
  note: text,
} satisfies Partial<Record<keyof TrustedPrincipals | 'note', Check>>);

/**
 * A JSON list of principals that may apply code, with the accounts in which they may.
 * @throws JsonFileError that names every fault
 */
export const readTrustedPrincipals = (file: string): readonly TrustedPrincipals[] =>
  readCheckedJson(file, listOf(row)) as readonly TrustedPrincipals[];
