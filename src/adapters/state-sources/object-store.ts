import type { Readable } from 'node:stream';
import { compileGlob } from '../../core/model/glob.ts';
import type { StatePoll } from '../../pipeline/ports.ts';
import { failureOf, SourceError } from './source-error.ts';
import { readBody, tooLarge, type ContentLimits } from './state-content.ts';

/** An object as a listing tells of it. */
export interface ListedObject {
  readonly key: string;
  /** ETag or generation, as `open` gives it. */
  readonly version: string;
}

export type OpenedObject =
  | 'absent'
  | 'unchanged'
  | { readonly version: string; readonly bytes?: number; readonly body: Readable };

/** One bucket or container. Its functions throw SourceError. */
export interface ObjectStore {
  /** What a person calls the service. */
  readonly service: string;
  /** In the order of the keys. */
  list(prefix: string, signal: AbortSignal): AsyncIterable<ListedObject>;
  /** @param known the version that is not needed again */
  open(key: string, known: string | undefined, signal: AbortSignal): Promise<OpenedObject>;
}

export interface StoreLimits {
  /** Longest wait for an answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Most objects of one answer to a listing. */
  readonly pageSize: number;
}

export interface ObjectLocation {
  /** Such as `s3://bucket/`: in front of a key it names the object. */
  readonly base: string;
  readonly path: string;
  /** The key's own workspaces too, `<key>env:<workspace>`. */
  readonly withWorkspaces: boolean;
}

const MAX_LISTED = 100_000;
const MAX_STATES = 10_000;
/** After so many in a row the store is taken to be away. */
const MAX_UNAVAILABLE = 3;

const isStateKey = (key: string): boolean => /\.tfstate(\.gz|env:[^/]*)?$/.test(key);

/**
 * The states of a location: one key, all states below a prefix (`…/`, or a key that does not exist), or a glob.
 * A version that is known is not fetched again.
 */
export async function* pollObjects(
  store: ObjectStore,
  { base, path, withWorkspaces }: ObjectLocation,
  limits: ContentLimits,
  known: ReadonlyMap<string, string>,
  signal: AbortSignal,
): AsyncGenerator<StatePoll> {
  const fetchOne = async (key: string): Promise<StatePoll | 'absent'> => {
    const source = `${base}${key}`;
    const opened = await store.open(key, known.get(source), signal);
    if (opened === 'absent') return opened;
    if (opened === 'unchanged') return { ok: true, source, unchanged: true };
    const { version, bytes, body } = opened;
    if (bytes !== undefined && bytes > limits.maxBytes) {
      body.destroy();
      throw tooLarge(limits.maxBytes);
    }
    const content = await readBody(body, limits, signal, store.service);
    return { ok: true, source, version, content };
  };

  const selection = select(path, withWorkspaces);
  if (selection === undefined) {
    const single = await fetchOne(path);
    if (single !== 'absent') {
      yield single;
      return;
    }
  }
  const { prefix, matches } = selection ?? { prefix: `${path}/`, matches: isStateKey };
  const found = await listStates(store.list(prefix, signal), matches);
  if (found.length === 0) {
    throw selection === undefined
      ? new SourceError('not_found', 'There is no such object, and no state below it.')
      : new SourceError('no_match', 'No object there matches; states are told by .tfstate.');
  }
  let unavailable = 0;
  for (const { key, version } of found) {
    const source = `${base}${key}`;
    if (known.get(source) === version) {
      yield { ok: true, source, unchanged: true };
      continue;
    }
    try {
      const fetched = await fetchOne(key);
      unavailable = 0;
      // Deleted since the listing: the next one will not have it.
      if (fetched !== 'absent') yield fetched;
    } catch (error) {
      signal.throwIfAborted();
      const failure = failureOf(source, error);
      unavailable = failure.reason === 'unavailable' ? unavailable + 1 : 0;
      yield failure;
      if (unavailable === MAX_UNAVAILABLE) return;
    }
  }
}

const select = (
  path: string,
  withWorkspaces: boolean,
): { readonly prefix: string; readonly matches: (key: string) => boolean } | undefined => {
  if (withWorkspaces) {
    const workspaces = `${path}env:`;
    return { prefix: path, matches: (key) => key === path || key.startsWith(workspaces) };
  }
  const wildcard = path.search(/[*?]/);
  if (wildcard >= 0) return { prefix: path.slice(0, wildcard), matches: compileGlob(path) };
  return path === '' || path.endsWith('/') ? { prefix: path, matches: isStateKey } : undefined;
};

const listStates = async (
  objects: AsyncIterable<ListedObject>,
  matches: (key: string) => boolean,
): Promise<readonly ListedObject[]> => {
  const found: ListedObject[] = [];
  let listed = 0;
  for await (const object of objects) {
    listed += 1;
    if (matches(object.key)) found.push(object);
    if (listed > MAX_LISTED || found.length > MAX_STATES) {
      throw new SourceError(
        'too_many',
        `More than ${MAX_STATES} states, or ${MAX_LISTED} objects, lie there: name a longer prefix.`,
      );
    }
  }
  return found;
};
