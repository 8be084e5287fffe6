import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { ingressEvent, readEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment } from '../../support/deployment.ts';
import { startRole } from '../rig/member.ts';
import { SEARCH_MS, actTime, followSearches, idAt } from './searchable.ts';

export interface LatencyRun {
  readonly eventsASecond: number;
  readonly seconds: number;
  /** Whether documents go to the real OpenSearch, or to a process that takes every one and keeps none. */
  readonly sink: 'opensearch' | 'null';
  readonly report: (line: string) => void;
}

const GROUPS = 50;
const TICK_MS = 50;
/** One of so many events is drift. */
const DRIFT = 5;
/** A member that has just begun runs code that the engine has not compiled yet: what it takes then is not counted. */
const WARM_UP_SECONDS = 60;

const quantiles = (values: readonly number[]): object => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number | undefined =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  return { events: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) };
};

/**
 * Sends events at a steady rate to one member, and takes the time from the act until a reader of committed records
 * has its candidate, and on the real OpenSearch until a search finds its document.
 */
export const measureLatency = async (
  stack: { readonly kafka: string; readonly opensearch: string },
  run: LatencyRun,
): Promise<object> => {
  const deployment = await createDeployment(stack, 2, { 'log.level': 'warn' });
  const { kafka, topics, indexes } = deployment;
  const none = run.sink === 'null' ? startRole('null-opensearch') : undefined;
  await deployment.publishState(securityGroupState(GROUPS));
  deployment.start(
    none === undefined
      ? []
      : ['--set', `opensearch.nodes=http://127.0.0.1:${await none.firstLine}`],
  );
  const toCandidate: number[] = [];
  const toSearch: number[] = [];
  let countedFrom = Infinity;

  const consumer = kafka.consumer({ groupId: `lat-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topics.candidates], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const act = actTime(message.value?.toString('latin1') ?? '');
      if (act !== undefined && act >= countedFrom) toCandidate.push(Date.now() - act);
    },
  });
  const searches =
    none === undefined
      ? followSearches(stack.opensearch, indexes.auditEvents, (act, seen) => {
          if (act >= countedFrom) toSearch.push(seen - act);
        })
      : undefined;

  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  // The first units open connections and make the index: they say nothing of the days after.
  await producer.send({ topic: topics.audit, messages: [{ value: ingressEvent('warm-1', 1) }] });
  await deployment.caughtUp(120_000);
  run.report(
    `${run.eventsASecond} events/s for ${run.seconds} s, after ${WARM_UP_SECONDS} s of the same; sink: ${run.sink}`,
  );
  const atOnce = Math.round((run.eventsASecond * TICK_MS) / 1000);
  const begun = Date.now();
  countedFrom = begun + WARM_UP_SECONDS * 1000;
  let number = 0;
  while (Date.now() < countedFrom + run.seconds * 1000) {
    const time = Date.now();
    const messages = Array.from({ length: atOnce }, () => {
      const id = idAt(time, ++number);
      const text = number % DRIFT === 0 ? ingressEvent(id, number % GROUPS) : readEvent(id);
      const record = { ...(JSON.parse(text) as object), eventTime: new Date(time).toISOString() };
      return { value: JSON.stringify(record) };
    });
    await producer.send({ topic: topics.audit, messages });
    await delay(Math.max(0, begun + (number / run.eventsASecond) * 1000 - Date.now()));
  }
  await deployment.caughtUp(120_000);
  await delay(6_000);
  await searches?.end();
  await producer.disconnect();
  await consumer.disconnect();
  await deployment.end();
  await none?.end();
  return {
    sink: run.sink,
    eventsASecond: run.eventsASecond,
    seconds: run.seconds,
    warmUpSeconds: WARM_UP_SECONDS,
    actToCandidateMs: quantiles(toCandidate),
    ...(searches === undefined
      ? {}
      : { actToSearchableMs: quantiles(toSearch), searchedEveryMs: SEARCH_MS }),
  };
};
