import { isIP } from 'node:net';
import type { JsonObject, JsonValue } from '../core/model/json.ts';

/** One clause of OpenSearch's query language, built here: what a person typed only ever stands as a value in it. */
export type Clause = JsonObject;

/** From a time on and before another, in milliseconds since the epoch. */
export interface TimeRange {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** Longest text that an indexed field holds: see `indexedText` of the codec. */
const MAX_TEXT = 2_048;

const asIndexed = (value: string): string =>
  value.length > MAX_TEXT ? value.slice(0, MAX_TEXT) : value;

export const is = (field: string, value: string | number | boolean): Clause => ({
  term: { [field]: { value: typeof value === 'string' ? asIndexed(value) : value } },
});

/** The field begins with the value. */
const beginsWith = (field: string, value: string): Clause => ({
  prefix: { [field]: { value: asIndexed(value) } },
});

/** The field is an actor's name, whatever role it had or whoever it acted as: `alice (Admin)`, `alice as deployer`. */
export const isActorName = (field: string, name: string): Clause =>
  anyOf([is(field, name), beginsWith(field, `${name} (`), beginsWith(field, `${name} as `)]);

/** The field holds one of the values. */
export const oneOf = (field: string, values: readonly string[]): Clause => ({
  terms: { [field]: [...new Set(values.map(asIndexed))] },
});

/** The whole field matches one of the globs: `*` any run of characters, case-sensitive. Never of what a person typed. */
export const likeOneOf = (field: string, globs: readonly string[]): Clause =>
  anyOf(globs.map((value) => ({ wildcard: { [field]: { value } } })));

export const exists = (field: string): Clause => ({ exists: { field } });

export const atLeast = (field: string, value: number): Clause => ({
  range: { [field]: { gte: value } },
});

export const not = (clause: Clause): Clause => ({ bool: { must_not: [clause] } });

/** Any of the clauses; a name shows in `matched_queries` of the documents that it finds. */
export const anyOf = (clauses: readonly Clause[], name?: string): Clause => ({
  bool: {
    should: clauses,
    minimum_should_match: 1,
    ...(name === undefined ? {} : { _name: name }),
  },
});

/** All of the clauses; named as `anyOf`. */
export const allOf = (clauses: readonly Clause[], name?: string): Clause => ({
  bool: { filter: clauses, ...(name === undefined ? {} : { _name: name }) },
});

/** Nothing where the range has no end at either side. */
export const within = ({ since, until }: TimeRange): readonly Clause[] =>
  since === undefined && until === undefined
    ? []
    : [
        {
          range: {
            time: {
              ...(since === undefined ? {} : { gte: since }),
              ...(until === undefined ? {} : { lt: until }),
            } satisfies Record<string, JsonValue>,
          },
        },
      ];

/** Whether a field of the type `ip` takes the text: an address, or a block such as `10.0.0.0/8`. */
export const isAddress = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/');
  const version = address.includes('%') ? 0 : isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
};
