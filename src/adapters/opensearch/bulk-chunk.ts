import type { ByteSlabs, ByteSpace } from '../../codec/byte-slabs.ts';
import type { Clock, DocumentResult, IndexDocument } from '../../pipeline/ports.ts';
import type { Telemetry } from '../../telemetry/telemetry-event.ts';
import { classifyItem, classifyRequest, type RequestOutcome } from './bulk-outcome.ts';
import { encodeBody } from './bulk-body.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { retryDelay, type RetryDelays } from './retry-delay.ts';
import { compareStoredHashes, type StoredComparisons } from './stored-hash.ts';
import { NoAnswerError, type OpenSearchAnswer, type OpenSearchTransport } from './transport.ts';

export interface ChunkTools {
  readonly transport: OpenSearchTransport;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** A number from 0 to below 1. */
  readonly random: () => number;
  /** Resolves after the time, or as soon as the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly delays: RetryDelays & { readonly blockedDelayMs: number };
  /** For bodies of requests. */
  readonly bodies: ByteSlabs;
}

/** Told of each request, so that fewer are under way while OpenSearch is overloaded. */
export type LoadSignal = Pick<ConcurrencyLimit, 'begin' | 'accepted' | 'overloaded'>;

/** The write that a chunk is part of. */
export interface ChunkRun {
  readonly documents: readonly IndexDocument[];
  readonly signal: AbortSignal;
  readonly load: LoadSignal;
  readonly settle: (position: number, result: DocumentResult) => void;
  /** Throws when the writer's patience has ended. */
  readonly checkPatience: (cause: string) => void;
}

/** What is left of a chunk after one try. */
interface Remainder {
  readonly positions: readonly number[];
  readonly cause: string;
  /** What is missing, in words; nothing of a document. */
  readonly detail?: string | undefined;
  readonly blocked: boolean;
  readonly retryAfterSeconds?: number | undefined;
}

type Try = Remainder | Extract<RequestOutcome, { kind: 'split' }>;

/** Has memory of its own: a slab has room for the largest, and one whose try fails is not used again. */
const SMALL_BODY_BYTES = 512 * 1_024;
const BULK_QUERY = { filter_path: 'errors,items.*.status,items.*.error' };

/** Tries the documents at the given positions again and again until each has a result. */
export const writeChunk = async (
  tools: ChunkTools,
  run: ChunkRun,
  positions: readonly number[],
): Promise<void> => {
  let pending = positions;
  let attempt = 0;
  while (pending.length > 0) {
    run.signal.throwIfAborted();
    const outcome = await tryOnce(tools, run, pending);
    if ('kind' in outcome) return split(tools, run, pending, outcome.message);
    attempt = outcome.positions.length < pending.length ? 1 : attempt + 1;
    pending = outcome.positions;
    if (pending.length > 0) await wait(tools, run, outcome, attempt);
  }
};

/** Halves a request that OpenSearch refuses as a whole, until the document at fault is alone. */
const split = async (
  tools: ChunkTools,
  run: ChunkRun,
  positions: readonly number[],
  message: string,
): Promise<void> => {
  const [only] = positions;
  if (positions.length === 1 && only !== undefined) {
    run.settle(only, { status: 'rejected', message });
    return;
  }
  const middle = positions.length >> 1;
  await writeChunk(tools, run, positions.slice(0, middle));
  await writeChunk(tools, run, positions.slice(middle));
};

const wait = async (
  tools: ChunkTools,
  run: ChunkRun,
  { cause, detail, blocked, retryAfterSeconds, positions }: Remainder,
  attempt: number,
): Promise<void> => {
  run.checkPatience(cause);
  const delay = blocked
    ? tools.delays.blockedDelayMs
    : retryDelay(attempt, tools.delays, tools.random(), retryAfterSeconds);
  const told = {
    cause,
    items: positions.length,
    delaySeconds: delay / 1000,
    ...(detail === undefined ? {} : { detail }),
  };
  tools.telemetry.emit(
    blocked ? { type: 'bulk.blocked', ...told } : { type: 'bulk.retrying', attempt, ...told },
  );
  await tools.sleep(delay, run.signal);
};

const documentsAt = (run: ChunkRun, positions: readonly number[]): readonly IndexDocument[] =>
  positions.flatMap((position) => run.documents[position] ?? []);

const send = async (
  tools: ChunkTools,
  run: ChunkRun,
  positions: readonly number[],
  space: ByteSpace,
): Promise<OpenSearchAnswer | NoAnswerError> => {
  const body = encodeBody(documentsAt(run, positions), (length) =>
    length < SMALL_BODY_BYTES ? Buffer.allocUnsafe(length) : space.take(length),
  );
  try {
    return await tools.transport.request(
      { method: 'POST', path: '/_bulk', query: BULK_QUERY, body, contentType: 'ndjson' },
      run.signal,
    );
  } catch (error) {
    if (error instanceof NoAnswerError) return error;
    throw error;
  }
};

const tryOnce = async (
  tools: ChunkTools,
  run: ChunkRun,
  positions: readonly number[],
): Promise<Try> => {
  const begun = tools.clock();
  const tally = new Map<string, number>();
  const count = (word: string, items = 1): void =>
    void tally.set(word, (tally.get(word) ?? 0) + items);
  const finish = <T extends Try>(result: T): T => {
    tools.telemetry.emit({
      type: 'bulk.finished',
      seconds: (tools.clock() - begun) / 1000,
      items: Object.fromEntries(tally),
    });
    return result;
  };

  const round = run.load.begin();
  const space = tools.bodies.open();
  const answer = await send(tools, run, positions, space);
  if (answer instanceof NoAnswerError) {
    run.load.overloaded(round);
    count('retried', positions.length);
    const { code: cause, message: detail, needsAction: blocked } = answer;
    return finish({ positions, cause, detail, blocked });
  }
  const request = classifyRequest(answer, positions.length);
  if (request.kind === 'split') return finish(request);
  if (request.kind !== 'accepted') {
    const blocked = request.kind === 'blocked';
    if (!blocked) run.load.overloaded(round);
    count(blocked ? 'blocked' : 'retried', positions.length);
    const { retryAfterSeconds } = answer;
    const detail = request.kind === 'blocked' ? request.detail : undefined;
    return finish({ positions, cause: request.cause, detail, blocked, retryAfterSeconds });
  }

  // Any other answer may come before the request was read: it may be sent still, so that its body is not used again.
  space.release();

  const settle = (position: number, result: DocumentResult): void => {
    count(result.status);
    run.settle(position, result);
  };
  const { compare, retry, blocked } = applyItems(run, positions, request.items, settle);
  if (retry.positions.length > 0) run.load.overloaded(round);
  else if (blocked.positions.length === 0) run.load.accepted();
  const { uncompared, fault } = await compareConflicts(tools, run, compare, settle);
  count('retried', retry.positions.length + uncompared.length);
  count('blocked', blocked.positions.length);
  const left = new Set([...retry.positions, ...blocked.positions, ...uncompared]);
  const needAction = [blocked, fault?.blocked === true ? fault : undefined];
  const told = [...needAction, retry, fault].find((each) => each?.cause !== undefined);
  return finish({
    positions: positions.filter((position) => left.has(position)),
    cause: told?.cause ?? 'none',
    detail: told?.detail,
    blocked: needAction.some((each) => each?.cause !== undefined),
    retryAfterSeconds: answer.retryAfterSeconds,
  });
};

interface Waiting {
  readonly positions: number[];
  cause: string | undefined;
  detail?: string | undefined;
}

const wordOf = (write: IndexDocument['write'] | undefined): 'create' | 'replace' | 'remove' =>
  write === 'create' ? 'create' : write !== undefined && 'remove' in write ? 'remove' : 'replace';

/** Settles the items that have a result, and sorts the others. */
const applyItems = (
  run: ChunkRun,
  positions: readonly number[],
  items: readonly unknown[],
  settle: ChunkRun['settle'],
): { readonly compare: readonly number[]; readonly retry: Waiting; readonly blocked: Waiting } => {
  const compare: number[] = [];
  const retry: Waiting = { positions: [], cause: undefined };
  const blocked: Waiting = { positions: [], cause: undefined };
  positions.forEach((position, i) => {
    const write = wordOf(run.documents[position]?.write);
    const outcome = classifyItem(items[i], write);
    switch (outcome.kind) {
      case 'written':
      case 'superseded':
        return settle(position, { status: outcome.kind });
      case 'rejected':
        return settle(position, { status: 'rejected', message: outcome.message });
      case 'compare':
        compare.push(position);
        return;
      case 'retry':
      case 'blocked': {
        const waiting = outcome.kind === 'retry' ? retry : blocked;
        waiting.positions.push(position);
        waiting.cause ??= outcome.cause;
        if (outcome.kind === 'blocked') waiting.detail ??= outcome.detail;
      }
    }
  });
  return { compare, retry, blocked };
};

const CONFLICT_STATUS = {
  same: 'unchanged',
  same_elsewhere: 'delivered_before',
  other: 'conflict',
} as const;

/**
 * Settles documents whose id is taken; gives back those that could not be compared now, and why: their create is tried
 * again, meets the same conflict, and compares again.
 */
const compareConflicts = async (
  tools: ChunkTools,
  run: ChunkRun,
  positions: readonly number[],
  settle: ChunkRun['settle'],
): Promise<{ readonly uncompared: readonly number[] } & Pick<StoredComparisons, 'fault'>> => {
  if (positions.length === 0) return { uncompared: [] };
  const documents = documentsAt(run, positions);
  const stored = await compareStoredHashes(tools.transport, documents, run.signal);
  const uncompared = positions.filter((position, i) => {
    const comparison = stored.comparisons[i] ?? 'unknown';
    if (comparison === 'unknown') return true;
    settle(position, { status: CONFLICT_STATUS[comparison] });
    return false;
  });
  return { ...stored, uncompared };
};
