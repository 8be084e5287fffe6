import { Worker } from 'node:worker_threads';
import { StoreError } from './store-error.ts';
import type { StoreAnswer, StoreRequest, StoreThreadData } from './store-messages.ts';

type AnswerOf<T extends StoreAnswer['type']> = Extract<StoreAnswer, { type: T }>;

/** Any but that of a failure. */
export type GoodAnswer = Exclude<StoreAnswer, { type: 'failed' }>;

/** The thread that writes the store, as others see it. After a failure it does nothing any more. */
export interface StoreWorker {
  /** Rejects once it has failed, also by ending; never resolves. */
  readonly failed: Promise<never>;
  /** @throws StoreError `store_failed` */
  check(): void;
  /** @throws StoreError `store_failed` */
  post(request: StoreRequest): void;
  /** The next answer of a type. Rejects with StoreError `store_failed`. */
  answer<T extends StoreAnswer['type']>(type: T): Promise<AnswerOf<T>>;
  /** Posts, and waits for the answer of a type. Rejects with StoreError `store_failed`. */
  ask<T extends StoreAnswer['type']>(request: StoreRequest, type: T): Promise<AnswerOf<T>>;
  /** Resolves once the thread has closed the store and ended, or had. */
  end(): Promise<void>;
}

/** What the thread makes anew lives for a record only. */
const YOUNG_MB = 8;
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './store-thread.ts' : './store-thread.js',
  import.meta.url,
);

/** @param onAnswer told of each answer, before who waits for it */
export const startStoreWorker = (
  data: StoreThreadData,
  onAnswer: (answer: GoodAnswer) => void,
): StoreWorker => {
  const thread = new Worker(THREAD, {
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const failing = Promise.withResolvers<never>();
  const ended = Promise.withResolvers<void>();
  // Who waits for something else must not be told of it as of an error that nobody handles.
  failing.promise.catch(() => undefined);
  let failure: StoreError | undefined;
  const waiting: {
    readonly type: StoreAnswer['type'];
    readonly done: (answer: StoreAnswer) => void;
    readonly fail: (error: Error) => void;
  }[] = [];

  const fail = (why: string): void => {
    const message = `The desired-state store in ${data.folder} failed: ${why}`;
    failure ??= new StoreError('store_failed', message, { retriable: true });
    failing.reject(failure);
    for (const each of waiting.splice(0)) each.fail(failure);
  };

  thread.on('message', (answer: StoreAnswer) => {
    if (failure !== undefined) return;
    if (answer.type === 'failed') return fail(answer.message);
    onAnswer(answer);
    const index = waiting.findIndex(({ type }) => type === answer.type);
    if (index !== -1) waiting.splice(index, 1)[0]?.done(answer);
  });
  thread.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  thread.on('exit', () => {
    fail('its thread has ended');
    ended.resolve();
  });

  const check = (): void => {
    if (failure !== undefined) throw failure;
  };
  const post = (request: StoreRequest): void => {
    check();
    thread.postMessage(request);
  };
  const answer: StoreWorker['answer'] = (type) =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) return reject(failure);
      waiting.push({ type, done: resolve as (answer: StoreAnswer) => void, fail: reject });
    });

  return {
    failed: failing.promise,
    check,
    post,
    answer,
    ask: async (request, type) => {
      post(request);
      return answer(type);
    },
    end: () => {
      thread.postMessage({ type: 'close' } satisfies StoreRequest);
      return ended.promise;
    },
  };
};
