import { ownValue, type JsonObject, type JsonValue } from '../core/model/json.ts';
import { isArn, typedIdentity } from '../core/model/identity.ts';
import { allOf, anyOf, exists, isAddress, not, oneOf, type Clause } from './clause.ts';
import type { SearchedIndex } from './question.ts';

const MAX_TYPES = 1_000;
/** So many keys, addresses and identities of the resources of one name are asked for. */
export const MAX_NAMES = 1_000;

/** Fields that name a resource, by index: its key, its address in code, its identities. */
const NAME_FIELDS = {
  driftCandidates: ['resource.key', 'resource.address', 'resource.identity'],
  desiredState: ['key', 'address', 'identities'],
} as const satisfies Partial<Record<SearchedIndex, readonly string[]>>;

const TYPE_FIELDS = { driftCandidates: 'resource.type', desiredState: 'type' } as const;

type NamingIndex = keyof typeof NAME_FIELDS;

/** The body of a search for the types of resource that an index knows: an id alone is no identity, its type is part. */
export const typesBody = (index: NamingIndex): JsonObject => ({
  size: 0,
  track_total_hits: false,
  aggs: { types: { terms: { field: TYPE_FIELDS[index], size: MAX_TYPES } } },
});

const bucketsOf = (answer: JsonValue, name: string): readonly string[] => {
  const buckets = ownValue(ownValue(ownValue(answer, 'aggregations'), name), 'buckets');
  return Array.isArray(buckets)
    ? (buckets as readonly JsonValue[]).flatMap((bucket) => {
        const key = ownValue(bucket, 'key');
        return typeof key === 'string' ? [key] : [];
      })
    : [];
};

/** What a person may mean by a name: itself, or an identity of one of the types. */
export const possibleNames = (
  name: string,
  typeAnswers: readonly JsonValue[],
): readonly string[] => [
  name,
  ...new Set(
    typeAnswers.flatMap((answer) =>
      bucketsOf(answer, 'types').map((type) => typedIdentity(type, name)),
    ),
  ),
];

/** The body of a search for every name of the resources that have one of these. */
export const namesBody = (index: NamingIndex, names: readonly string[]): JsonObject => ({
  size: 0,
  track_total_hits: false,
  query: { bool: { filter: [anyOf(NAME_FIELDS[index].map((field) => oneOf(field, names)))] } },
  aggs: Object.fromEntries(
    NAME_FIELDS[index].map((field, position) => [
      `names${position}`,
      { terms: { field, size: MAX_NAMES } },
    ]),
  ),
});

/** Keys of the resources of an answer to `namesBody`; more than one: the name denotes several. */
export const resourceKeys = (answer: JsonValue): readonly string[] => bucketsOf(answer, 'names0');

export const namesOf = (answer: JsonValue): readonly string[] =>
  ['names0', 'names1', 'names2'].flatMap((name) => bucketsOf(answer, name));

/** Whether the resources have more names than an answer to `namesBody` tells. */
export const namesCut = (answer: JsonValue): boolean =>
  ['names0', 'names1', 'names2'].some((name) => {
    const others = ownValue(
      ownValue(ownValue(answer, 'aggregations'), name),
      'sum_other_doc_count',
    );
    return typeof others === 'number' && others > 0;
  });

/** `type:value`, `id:value`, `AWS::EC2::Instance:value`. */
const TYPED = /^[A-Za-z]\w*(?:::\w+)*:(?!:)(.+)$/s;
const ARN_RESOURCE = 5;

/** What a request calls a resource whose identity this is: the id alone, without the type or what an ARN has before it. */
const bareNames = (name: string): readonly string[] => {
  if (isArn(name)) {
    const resource = name.split(':').slice(ARN_RESOURCE).join(':');
    return [
      resource,
      resource.slice(1 + Math.max(...[':', '/'].map((at) => resource.lastIndexOf(at)))),
    ];
  }
  const [, value] = TYPED.exec(name) ?? [];
  return value === undefined || isArn(value) ? [] : [value];
};

/**
 * Acts on the resources of these names. One that found no owner, as each that failed, may speak of the id alone: it is
 * taken where the id is not that of who acted, or of the account.
 */
export const actsOn = (names: readonly string[]): readonly Clause[] => {
  const bare = [...new Set(names.flatMap(bareNames))].filter(
    (name) => name !== '' && !isAddress(name) && !names.includes(name),
  );
  const of = ['entities', 'driftline.owners.key', 'driftline.owners.address'].map((field) =>
    oneOf(field, names),
  );
  if (bare.length === 0) return of;
  const others = ['actor.user.name', 'actor.user.uid', 'cloud.account.uid'];
  const none = [exists('driftline.owners.key'), ...others.map((field) => oneOf(field, bare))];
  return [...of, allOf([oneOf('entities', bare), not(anyOf(none))])];
};

/** Everything that ever touched the resources of these names, by index. */
export const resourceHistory = (
  names: readonly string[],
): Readonly<Record<'auditEvents' | 'driftCandidates', Clause>> => ({
  auditEvents: anyOf(actsOn(names)),
  driftCandidates: anyOf(NAME_FIELDS.driftCandidates.map((field) => oneOf(field, names))),
});
