import type { JsonValue } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import type { OperationRow, TargetRow } from '../model/provider-tables.ts';
import { isEmpty } from '../model/same-value.ts';

/** Members of a request that say how the call is made, or which resource it means: names in lower case. */
const OF_THE_CALL = new Set(
  (
    '@type at_sign_type accountid allowmajorversionupgrade applyimmediately attributename creationtimestamp dryrun etag ' +
    'expectedbucketowner fingerprint host id kind location name parent project region requestid resource revisionid ' +
    'selflink template type updatemask xmlns xsi:type zone'
  ).split(' '),
);
const TOKEN = /token$/;

const INTO_REQUEST = /\brequest\b((?:\.[\w@$-]+(?:\[[^\]]*\])*)*)/g;
const INTO_ITEM = /\bitem\b((?:\.[\w@$-]+(?:\[[^\]]*\])*)*)/g;
const PICKS = /\[[^\]]*\]/g;

/** What a row reads of a request, by member; `all` where a path ends, which has all below it. */
interface ReadMembers {
  readonly below: Map<string, ReadMembers>;
  all: boolean;
}

const nothingRead = (): ReadMembers => ({ below: new Map(), all: false });

const addPath = (read: ReadMembers, path: string): void => {
  let at = read;
  for (const name of path.replaceAll(PICKS, '').split('.')) {
    if (name === '') continue;
    const next = at.below.get(name) ?? nothingRead();
    at.below.set(name, next);
    at = next;
  }
  at.all = true;
};

const pathsIn = (text: string, into: RegExp): readonly string[] =>
  Array.from(text.matchAll(into), ([, path = '']) => path);

/** What a target reads of the request. Paths stand in ids, conditions, lists and changes alike. */
const pathsOf = (target: TargetRow): readonly string[] => {
  const { items, fields = {}, ...rest } = target;
  const text = JSON.stringify(rest);
  const own = [...pathsIn(text, INTO_REQUEST), ...Object.values(fields)];
  if (items === undefined) return own;
  const lists = pathsIn(items.from, INTO_REQUEST);
  // Of a list whose items are taken as they are, only what the target reads of each is read.
  const members = items.as === 'list' ? pathsIn(text, INTO_ITEM) : [''];
  return [...own, ...lists.flatMap((list) => members.map((member) => `${list}${member}`))];
};

const membersRead = ({ targets }: OperationRow): ReadMembers => {
  const read = nothingRead();
  for (const path of targets.flatMap(pathsOf)) addPath(read, path);
  return read;
};

/** S3 writes a query parameter without a value as a list of an empty text. */
const saysNothing = (value: JsonValue): boolean =>
  isEmpty(value) || (Array.isArray(value) && value.every((each: JsonValue) => isEmpty(each)));

const MAX_DEPTH = 16;

const setsUnread = (value: JsonValue, read: ReadMembers, depth: number): boolean => {
  if (read.all || depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    return value.some((each: JsonValue) => setsUnread(each, read, depth + 1));
  }
  if (!isJsonObject(value)) return false;
  return Object.entries(value).some(([name, member]) => {
    if (saysNothing(member)) return false;
    const found = read.below.get(name);
    if (found !== undefined) return setsUnread(member, found, depth + 1);
    // EC2 numbers the members of a list.
    if (name === 'tag' && typeof member === 'number') return false;
    const plain = name.toLowerCase();
    return !OF_THE_CALL.has(plain) && !TOKEN.test(plain);
  });
};

const knownRows = new WeakMap<OperationRow, ReadMembers>();

/**
 * Whether the request sets something that no path of the operation's row leads to: then nobody can tell that the act
 * only restored what code says.
 */
export const setsWhatNoRowReads = (request: JsonValue | undefined, row: OperationRow): boolean => {
  if (request === undefined) return false;
  let read = knownRows.get(row);
  if (read === undefined) {
    read = membersRead(row);
    knownRows.set(row, read);
  }
  return setsUnread(request, read, 0);
};
