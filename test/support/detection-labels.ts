import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JsonObject, JsonValue } from '../../src/core/model/json.ts';
import type { Outcome } from '../../src/core/model/outcome.ts';

/** What a person found by reading an event: see test/bench/detection/labels/README.md. */
export interface LabelledChange {
  /** Attribute path as the provider's documentation names it, or path in the manifest. */
  readonly path: string;
  readonly action: 'set' | 'add' | 'remove';
  readonly desired?: JsonValue;
  /** A value, or `{"$at": path}`: the value that stands there in the record. Absent where the record hides it. */
  readonly observed?: JsonValue;
  /** The record shows a credential: what is said of it may hold no part of it. */
  readonly secret?: true;
  readonly verdict: 'differs' | 'equals_desired' | 'not_in_desired' | 'unknown';
}

export interface LabelledResource {
  readonly type: string;
  readonly identity: string;
  readonly address: string;
  readonly kind: 'changed' | 'deleted' | 'restored';
  /** The act made the resource: where code does not own it, it is unmanaged. */
  readonly creates?: true;
  /** `type:identity` of wholes that the resource is part of: right where code owns only those. */
  readonly within?: readonly string[];
  /** The record carries no values. */
  readonly level?: 'resource';
  /** Attributes of the state, or the manifest, that code has for it. */
  readonly state: JsonObject;
  readonly changes?: readonly LabelledChange[];
}

export interface EventLabel {
  readonly line: number;
  readonly event: string;
  readonly call: string;
  readonly resources?: readonly LabelledResource[];
  readonly outcome?: Outcome;
  readonly why?: string;
}

const FOLDER = fileURLToPath(new URL('../bench/detection/labels/', import.meta.url));
const SUFFIX = '.ndjson';

const labelledSources = (): ReadonlySet<string> =>
  new Set(
    readdirSync(FOLDER)
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => name.slice(0, -SUFFIX.length)),
  );

/**
 * The labels of an event file, by line from 1; empty for a file without labels.
 * @param source the file's name without `.ndjson`
 */
export const labelsOf = (source: string): ReadonlyMap<number, EventLabel> => {
  if (!labelledSources().has(source)) return new Map();
  const labels = readFileSync(`${FOLDER}${source}${SUFFIX}`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as EventLabel);
  return new Map(labels.map((label) => [label.line, label]));
};
