import type { JsonValue } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import type { OperationRow } from '../model/provider-tables.ts';
import { isEmpty } from '../model/same-value.ts';

/** Members of a request that say how the call is made, or which resource it means: names in lower case. */
const OF_THE_CALL = new Set(
  (
    '@type at_sign_type accountid allowmajorversionupgrade applyimmediately attributename creationtimestamp dryrun etag ' +
    'expectedbucketowner fingerprint host id kind location name parent project region requestid resource revisionid ' +
    'selflink template type updatemask zone'
  ).split(' '),
);
const TOKEN = /token$/;

const INTO_REQUEST = /\brequest(?:\.([\w@$-]+))?/g;
const FIRST_MEMBER = /^[\w@$-]+/;

/** Undefined: all of them. */
type ReadMembers = ReadonlySet<string> | undefined;

const membersRead = ({ targets }: OperationRow): ReadMembers => {
  const read = new Set<string>();
  // Paths stand in ids, conditions, lists and changes alike.
  for (const [, member] of JSON.stringify(targets).matchAll(INTO_REQUEST)) {
    if (member === undefined) return undefined;
    read.add(member);
  }
  for (const { fields = {} } of targets) {
    for (const member of Object.values(fields)) read.add(FIRST_MEMBER.exec(member)?.[0] ?? member);
  }
  return read;
};

/** S3 writes a query parameter without a value as a list of an empty text. */
const saysNothing = (value: JsonValue): boolean =>
  isEmpty(value) || (Array.isArray(value) && value.every((each: JsonValue) => isEmpty(each)));

const knownRows = new WeakMap<OperationRow, { readonly members: ReadMembers }>();

/**
 * Whether the request sets something that no path of the operation's row leads to: then nobody can tell that the act
 * only restored what code says. Members of the request itself are looked at, not what lies deeper.
 */
export const setsWhatNoRowReads = (request: JsonValue | undefined, row: OperationRow): boolean => {
  if (!isJsonObject(request)) return false;
  let known = knownRows.get(row);
  if (known === undefined) {
    known = { members: membersRead(row) };
    knownRows.set(row, known);
  }
  const { members } = known;
  return (
    members !== undefined &&
    Object.entries(request).some(([name, value]) => {
      if (members.has(name) || saysNothing(value)) return false;
      const plain = name.toLowerCase();
      return !OF_THE_CALL.has(plain) && !TOKEN.test(plain);
    })
  );
};
