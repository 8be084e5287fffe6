import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { ingressEvent, readEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment } from '../../support/deployment.ts';

export interface LatencyRun {
  readonly eventsASecond: number;
  readonly seconds: number;
  readonly report: (line: string) => void;
}

const GROUPS = 50;
const TICK_MS = 50;
/** One of so many events is drift. */
const DRIFT = 5;
const SEARCH_MS = 200;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The act's own time, in the id: a CloudTrail time would do, but is most often told in whole seconds. */
const idAt = (time: number, number: number): string => `lat-${time}-${number}`;
const ID = /lat-(\d{13})-(\d+)/;

const quantiles = (values: readonly number[]): object => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number | undefined =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  return { events: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) };
};

/**
 * Sends events at a steady rate to one member, on the real OpenSearch, and takes the time from the act until a reader
 * of committed records has its candidate, and until a search finds its document.
 */
export const measureLatency = async (
  stack: { readonly kafka: string; readonly opensearch: string },
  run: LatencyRun,
): Promise<object> => {
  const deployment = await createDeployment(stack, 2, { 'log.level': 'warn' });
  const { kafka, topics, indexes } = deployment;
  await deployment.publishState(securityGroupState(GROUPS));
  deployment.start();
  const toCandidate: number[] = [];
  const toSearch: number[] = [];

  const consumer = kafka.consumer({ groupId: `lat-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topics.candidates], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const sent = ID.exec(message.value?.toString('latin1') ?? '')?.[1];
      if (sent !== undefined) toCandidate.push(Date.now() - Number(sent));
    },
  });

  const found = new Set<string>();
  const searching = new AbortController();
  const search = async (): Promise<void> => {
    while (!searching.signal.aborted) {
      const answer = await fetch(`${stack.opensearch}/${indexes.auditEvents}/_search`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          size: 10_000,
          _source: false,
          query: { range: { time: { gte: Date.now() - 30_000, format: 'epoch_millis' } } },
        }),
      });
      const seen = Date.now();
      const { hits } = (await answer.json()) as {
        readonly hits?: { readonly hits: readonly { readonly _id: string }[] };
      };
      for (const { _id: id } of hits?.hits ?? []) {
        const sent = ID.exec(id)?.[1];
        if (sent === undefined || found.has(id)) continue;
        found.add(id);
        toSearch.push(seen - Number(sent));
      }
      await wait(SEARCH_MS);
    }
  };
  const searched = search();

  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  // The first units open connections and make the index: they say nothing of the days after.
  await producer.send({ topic: topics.audit, messages: [{ value: ingressEvent('warm-1', 1) }] });
  await deployment.caughtUp(120_000);
  run.report(`${run.eventsASecond} events/s for ${run.seconds} s`);
  const atOnce = Math.round((run.eventsASecond * TICK_MS) / 1000);
  const begun = Date.now();
  let number = 0;
  while (Date.now() - begun < run.seconds * 1000) {
    const time = Date.now();
    const messages = Array.from({ length: atOnce }, () => {
      const id = idAt(time, ++number);
      const text = number % DRIFT === 0 ? ingressEvent(id, number % GROUPS) : readEvent(id);
      const record = { ...(JSON.parse(text) as object), eventTime: new Date(time).toISOString() };
      return { value: JSON.stringify(record) };
    });
    await producer.send({ topic: topics.audit, messages });
    await wait(Math.max(0, begun + (number / run.eventsASecond) * 1000 - Date.now()));
  }
  const sent = number;
  await deployment.caughtUp(120_000);
  await wait(6_000);
  searching.abort();
  await searched;
  await producer.disconnect();
  await consumer.disconnect();
  await deployment.end();
  return {
    eventsASecond: run.eventsASecond,
    seconds: run.seconds,
    sent,
    actToCandidateMs: quantiles(toCandidate),
    actToSearchableMs: quantiles(toSearch),
    searchedEveryMs: SEARCH_MS,
  };
};
