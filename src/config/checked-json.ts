import { readFileSync } from 'node:fs';
import { jsonFaultPlace } from './json-place.ts';
import type { Check } from './table-shape.ts';

/** A JSON file that the configuration names cannot be used; the message names each fault. */
class JsonFileError extends Error {
  readonly code = 'json_file_invalid';
  readonly retriable = false;

  constructor(file: string, faults: readonly string[]) {
    super([`${file} cannot be used:`, ...faults.map((fault) => `- ${fault}`)].join('\n'));
    this.name = 'JsonFileError';
  }
}

/**
 * The content of a JSON file that passes the check.
 * @throws JsonFileError that names every fault
 */
export const readCheckedJson = (file: string, check: Check): unknown => {
  let text = '';
  let content: unknown;
  try {
    text = readFileSync(file, 'utf8');
    content = JSON.parse(text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new JsonFileError(file, [
      error instanceof SyntaxError
        ? `is not JSON: ${jsonFaultPlace(text)}`
        : `cannot be read: ${code}`,
    ]);
  }
  const faults: string[] = [];
  check(content, '', (path = '', message) => faults.push(`${path} ${message}`.trim()));
  if (faults.length > 0) throw new JsonFileError(file, faults);
  return content;
};
