import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs, { type Kafka } from 'kafkajs';
import type { StackAddresses } from '../../deploy/local/options.ts';
import { startDriftline, runDriftlineCommand, type DriftlineProcess } from './driftline-process.ts';
import { committedOffsets, testKafka, withAdmin } from './kafka-reader.ts';

export interface StoredDocument {
  readonly _id: string;
  readonly _index: string;
  readonly _source: Readonly<Record<string, unknown>>;
}

/** Topics, a group and indices of a test's own on the shared stack, made by `driftline setup`, and the processes that work on them. */
export interface Deployment {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: {
    readonly audit: string;
    readonly desired: string;
    readonly candidates: string;
    readonly dead: string;
  };
  /** Aliases of the audit events and of the candidates. */
  readonly indexes: { readonly auditEvents: string; readonly driftCandidates: string };
  /** Options for any command that reads the configuration. */
  readonly settings: readonly string[];
  start(extra?: readonly string[]): DriftlineProcess;
  /** Publishes Terraform states, each under a lineage of its own. */
  publishState(...states: readonly string[]): Promise<void>;
  produce(
    values: readonly (string | Buffer | null)[],
    options?: { readonly partition?: number; readonly codec?: number },
  ): Promise<void>;
  auditDocuments(): Promise<readonly StoredDocument[]>;
  candidateDocuments(): Promise<readonly StoredDocument[]>;
  /** Waits until the group has committed the end of every partition. */
  caughtUp(limitMs?: number): Promise<void>;
  /** Ends every process that `start` has started. */
  end(): Promise<void>;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const scroll = async (base: string, index: string): Promise<readonly StoredDocument[]> => {
  await fetch(`${base}/${index}/_refresh?ignore_unavailable=true`, { method: 'POST' });
  const found: StoredDocument[] = [];
  let after: readonly unknown[] | undefined;
  for (;;) {
    const answer = await fetch(`${base}/${index}/_search?ignore_unavailable=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        size: 5_000,
        sort: [{ _id: 'asc' }],
        ...(after === undefined ? {} : { search_after: after }),
      }),
    });
    const { hits } = (await answer.json()) as {
      readonly hits?: {
        readonly hits: readonly (StoredDocument & { readonly sort: readonly unknown[] })[];
      };
    };
    if (!answer.ok || hits === undefined)
      throw new Error(`the search of ${index} failed: ${answer.status}`);
    found.push(...hits.hits);
    const last = hits.hits.at(-1);
    if (last === undefined || hits.hits.length < 5_000) return found;
    after = last.sort;
  }
};

export const createDeployment = async (
  stack: StackAddresses,
  partitions = 1,
  more: Readonly<Record<string, string>> = {},
): Promise<Deployment> => {
  const run = `t${randomUUID().slice(0, 8)}`;
  const kafka = testKafka(stack.kafka);
  const groupId = `${run}-group`;
  const topics = {
    audit: `${run}.events`,
    desired: `${run}.desired`,
    candidates: `${run}.candidates`,
    dead: `${run}.dead-letters`,
  };
  const indexes = {
    auditEvents: `${run}-audit-events`,
    driftCandidates: `${run}-drift-candidates`,
  };
  const settings = Object.entries({
    'kafka.brokers': stack.kafka,
    'kafka.groupId': groupId,
    'kafka.topics.auditEvents': topics.audit,
    'kafka.topics.desiredState': topics.desired,
    'kafka.topics.driftCandidates': topics.candidates,
    'kafka.topics.deadLetters': topics.dead,
    'kafka.sessionTimeoutMs': '6000',
    'kafka.heartbeatIntervalMs': '500',
    'kafka.transactionTimeoutMs': '10000',
    'kafka.setup.partitions': String(partitions),
    'kafka.setup.replicationFactor': '1',
    'opensearch.nodes': stack.opensearch,
    'opensearch.indexes.auditEvents': indexes.auditEvents,
    'opensearch.indexes.driftCandidates': indexes.driftCandidates,
    'opensearch.indexes.desiredState': `${run}-desired-state`,
    'http.port': '0',
    'log.level': 'debug',
    ...more,
  }).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const setup = await runDriftlineCommand(['setup', ...settings]);
  if (setup.code !== 0) throw new Error(`setup ended with ${setup.code}: ${setup.stderr}`);
  const processes: DriftlineProcess[] = [];
  return {
    kafka,
    groupId,
    topics,
    indexes,
    settings,
    start: (extra = []) => {
      const started = startDriftline(['run', ...settings, ...extra]);
      processes.push(started);
      return started;
    },
    publishState: async (...states) => {
      const folder = mkdtempSync(join(tmpdir(), 'driftline-state-'));
      const files = states.map((_state, number) =>
        join(folder, number === 0 ? 'test.tfstate' : `test-${number}.tfstate`),
      );
      for (const [number, file] of files.entries()) writeFileSync(file, states[number] ?? '');
      try {
        const { code, stderr } = await runDriftlineCommand([
          'desired',
          'publish',
          ...files,
          '--env',
          'test',
          ...settings,
        ]);
        if (code !== 0) throw new Error(`desired publish ended with ${code}: ${stderr}`);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    produce: async (values, { partition, codec = kafkajs.CompressionTypes.None } = {}) => {
      const producer = kafka.producer({
        idempotent: true,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      });
      await producer.connect();
      for (let at = 0; at < values.length; at += 500) {
        await producer.send({
          topic: topics.audit,
          compression: codec,
          messages: values
            .slice(at, at + 500)
            .map((value) => ({ value, ...(partition === undefined ? {} : { partition }) })),
        });
      }
      await producer.disconnect();
    },
    auditDocuments: () => scroll(stack.opensearch, `${indexes.auditEvents}*`),
    candidateDocuments: () => scroll(stack.opensearch, `${indexes.driftCandidates}*`),
    caughtUp: async (limitMs = 60_000) => {
      const until = Date.now() + limitMs;
      const lag = async (): Promise<string | undefined> => {
        const ends = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topics.audit));
        const committed = await committedOffsets(kafka, groupId, topics.audit);
        const isDone = ends.every(
          ({ partition, high, low }) => high === low || committed.get(partition) === high,
        );
        return isDone ? undefined : `${JSON.stringify([...committed])} of ${JSON.stringify(ends)}`;
      };
      for (;;) {
        // A broker that has just come back refuses for a moment.
        const left = await lag().catch((error: unknown) => String(error));
        if (left === undefined) return;
        if (Date.now() > until) {
          const [only] = processes;
          throw new Error(
            `not caught up: ${left}; ${only?.stderr() ?? ''}\n` +
              `${(only?.lines ?? [])
                .slice(-8)
                .map((line) => JSON.stringify(line))
                .join('\n')}`,
          );
        }
        await wait(200);
      }
    },
    end: async () => {
      for (const each of processes) each.kill('SIGKILL');
      await Promise.all(processes.map((each) => each.exited));
    },
  };
};
