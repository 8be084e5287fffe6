import { describe, expect, it } from 'vitest';
import { createTelemetry } from '../../../src/telemetry/create-telemetry.ts';
import { createLogger, type LogLevel } from '../../../src/telemetry/logger.ts';
import { createMetrics, exposition } from '../../../src/telemetry/metrics.ts';
import type { Telemetry, TelemetryEvent } from '../../../src/telemetry/telemetry-event.ts';

interface Rig {
  readonly telemetry: Telemetry;
  readonly lines: string[];
  readonly metrics: () => Promise<readonly string[]>;
}

const rig = (level: LogLevel = 'info'): Rig => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ level, service: 'driftline', version: '1.2.3', destination });
  const metrics = createMetrics('1.2.3', () => 1_700_000_000_500, 'run', false);
  return {
    lines,
    telemetry: createTelemetry({ logger, metrics, clock: () => 1_700_000_000_500 }),
    metrics: async () =>
      (await exposition(metrics)).text.split('\n').filter((line) => !line.startsWith('#')),
  };
};

const topic = { topic: 'audit.events', partition: 3 };

describe('metrics', () => {
  const cases: readonly (readonly [TelemetryEvent, string])[] = [
    [
      { type: 'records.received', ...topic, count: 5, lag: 7 },
      'driftline_records_consumed_total{topic="audit.events",partition="3"} 5',
    ],
    [
      { type: 'records.received', ...topic, count: 5, lag: 7 },
      'driftline_consumer_lag_records{topic="audit.events",partition="3"} 7',
    ],
    [
      { type: 'partition.waiting', ...topic, records: 9 },
      'driftline_consumer_lag_records{topic="audit.events",partition="3"} 9',
    ],
    [
      { type: 'partition.paused', ...topic },
      'driftline_partition_paused{topic="audit.events",partition="3"} 1',
    ],
    [
      { type: 'partition.resumed', ...topic },
      'driftline_partition_paused{topic="audit.events",partition="3"} 0',
    ],
    [
      {
        type: 'events.processed',
        counts: [{ provider: 'aws', outcome: 'read', count: 9, unmapped: 2 }],
      },
      'driftline_events_total{provider="aws",outcome="read"} 9',
    ],
    [
      {
        type: 'events.processed',
        counts: [{ provider: 'aws', outcome: 'read', count: 9, unmapped: 2 }],
      },
      'driftline_unmapped_operations_total{provider="aws"} 2',
    ],
    [
      { type: 'candidate.found', kind: 'changed', severity: 'high', actTime: 0 },
      'driftline_candidates_total{kind="changed",severity="high"} 1',
    ],
    [
      { type: 'record.dead-lettered', reason: 'not_json' },
      'driftline_dead_letters_total{reason="not_json"} 1',
    ],
    [
      { type: 'bulk.finished', seconds: 0.2, items: { written: 4 } },
      'driftline_bulk_items_total{outcome="written"} 4',
    ],
    [
      { type: 'bulk.finished', seconds: 0.2, items: {} },
      'driftline_bulk_request_duration_seconds_bucket{le="0.25"} 1',
    ],
    [
      { type: 'bulk.retrying', attempt: 1, items: 1, delaySeconds: 1, cause: 'timeout' },
      'driftline_bulk_retries_total{cause="timeout"} 1',
    ],
    [
      { type: 'bulk.blocked', items: 1, delaySeconds: 1, cause: '403_x' },
      'driftline_bulk_blocked_total{cause="403_x"} 1',
    ],
    [
      { type: 'connection-file.refused', peer: 'kafka', message: 'expired' },
      'driftline_connection_files_refused_total{peer="kafka"} 1',
    ],
    [
      { type: 'schema-registry.retrying', attempt: 1, delaySeconds: 1, message: 'away' },
      'driftline_schema_registry_retries_total 1',
    ],
    [
      { type: 'transaction.finished', outcome: 'aborted', seconds: 1 },
      'driftline_transactions_total{outcome="aborted"} 1',
    ],
    [
      { type: 'unit.finished', ...topic, nextOffset: '1', records: 1, lag: 0, seconds: 1 },
      'driftline_last_commit_timestamp_seconds 1700000000.5',
    ],
    [
      { type: 'desired-state.loaded', topic: 't', resources: 12, seconds: 1 },
      'driftline_desired_caught_up 1',
    ],
    [{ type: 'desired-state.changed', resources: 13 }, 'driftline_desired_resources 13'],
    [
      { type: 'need.changed', need: 'opensearch', up: true, reason: '' },
      'driftline_need_up{need="opensearch"} 1',
    ],
    [{ type: 'group.rebalancing', group: 'g' }, 'driftline_rebalances_total 1'],
    [
      { type: 'consumer.offset-reset', ...topic, lost: '5' },
      'driftline_offset_resets_total{topic="audit.events",partition="3"} 1',
    ],
  ];

  it.each(cases)('%j counts %s', async (event, line) => {
    const { telemetry, metrics } = rig();
    telemetry.emit(event);
    expect(await metrics()).toContain(line);
  });

  it('count records that are received and not committed as lag, until their unit is finished', async () => {
    const { telemetry, metrics } = rig();
    const lag = async () => (await metrics()).filter((line) => line.includes('lag_records'));
    telemetry.emit({ type: 'records.received', ...topic, count: 5, lag: 5 });
    const line = 'driftline_consumer_lag_records{topic="audit.events",partition="3"}';
    expect(await lag()).toEqual([`${line} 5`]);
    const unit = { nextOffset: '5', records: 5, lag: 0, seconds: 1 };
    telemetry.emit({ type: 'unit.finished', ...topic, ...unit });
    expect(await lag()).toEqual([`${line} 0`]);
  });

  it('forget the lag of partitions that went to other members', async () => {
    const { telemetry, metrics } = rig();
    telemetry.emit({ type: 'records.received', ...topic, count: 5, lag: 7 });
    telemetry.emit({ type: 'partition.paused', ...topic });
    telemetry.emit({ type: 'group.joined', group: 'g', partitions: { 'audit.events': [4] } });
    expect((await metrics()).filter((line) => /lag|paused/.test(line))).toEqual([
      'driftline_partition_paused{topic="audit.events",partition="4"} 0',
    ]);
  });

  it('tell the age of the oldest record that is not committed, which grows by itself', async () => {
    const { telemetry, metrics } = rig();
    const age = async () => (await metrics()).filter((line) => line.includes('lag_seconds'));
    const line = 'driftline_consumer_lag_seconds{topic="audit.events",partition="3"}';
    telemetry.emit({ type: 'unit.started', ...topic, oldestTime: 1_700_000_000_500 - 42_000 });
    expect(await age()).toEqual([`${line} 42`]);
    const unit = { nextOffset: '5', records: 5, seconds: 1 };
    telemetry.emit({ type: 'unit.finished', ...topic, ...unit, lag: 3 });
    expect(await age()).toEqual([`${line} 42`]);
    telemetry.emit({ type: 'unit.finished', ...topic, ...unit, lag: 0 });
    expect(await age()).toEqual([`${line} 0`]);
  });

  it('tell the time from the act to its document and to its candidate, in cumulative buckets', async () => {
    const { telemetry, metrics } = rig();
    const now = 1_700_000_000_500;
    telemetry.emit({
      type: 'unit.indexed',
      actTimes: [now - 200, now - 100, now - 90_000_000, now + 5_000],
      recordTimes: [now - 700],
    });
    telemetry.emit({
      type: 'candidate.found',
      kind: 'changed',
      severity: 'high',
      actTime: now - 20_000,
    });
    const lines = await metrics();
    expect(lines).toEqual(
      expect.arrayContaining([
        'driftline_act_to_indexed_seconds_bucket{le="0.1"} 2',
        'driftline_act_to_indexed_seconds_bucket{le="0.25"} 3',
        'driftline_act_to_indexed_seconds_bucket{le="86400"} 3',
        'driftline_act_to_indexed_seconds_bucket{le="+Inf"} 4',
        'driftline_act_to_indexed_seconds_sum 90000.3',
        'driftline_act_to_indexed_seconds_count 4',
        'driftline_act_to_candidate_seconds_bucket{le="10"} 0',
        'driftline_act_to_candidate_seconds_bucket{le="30"} 1',
        'driftline_end_to_end_latency_seconds_bucket{le="0.5"} 0',
        'driftline_end_to_end_latency_seconds_bucket{le="1"} 1',
      ]),
    );
  });

  it('tell size, serial and age of the largest scopes, and of all others as one', async () => {
    const { telemetry, metrics } = rig();
    const scopes = Array.from({ length: 203 }, (_, number) => ({
      scope: `prod/${number}`,
      resources: 1_000 - number,
      serial: number === 0 ? undefined : number,
      publishedTime: 2_000_000 - number * 1_000,
    }));
    telemetry.emit({ type: 'desired-state.counted', scopes });
    const lines = await metrics();
    expect(lines).toEqual(
      expect.arrayContaining([
        'driftline_desired_scope_resources{scope="prod/0"} 1000',
        'driftline_desired_scope_serial{scope="prod/1"} 1',
        'driftline_desired_scope_published_timestamp_seconds{scope="prod/0"} 2000',
        `driftline_desired_scope_resources{scope="(others)"} ${800 + 799 + 798}`,
        'driftline_desired_scope_published_timestamp_seconds{scope="(others)"} 1798',
      ]),
    );
    expect(lines.filter((line) => line.includes('scope_resources'))).toHaveLength(201);
    expect(lines.some((line) => line.includes('scope_serial{scope="prod/0"}'))).toBe(false);
    telemetry.emit({ type: 'desired-state.counted', scopes: [] });
    expect((await metrics()).filter((line) => line.includes('scope='))).toEqual([]);
  });

  it('tell the version, and which service it is', async () => {
    expect(await rig().metrics()).toContain(
      'driftline_build_info{version="1.2.3",service="run"} 1',
    );
  });
});

describe('log lines', () => {
  it('are one JSON object with a constant message, the event, service and version', () => {
    const { telemetry, lines } = rig();
    telemetry.emit({ type: 'bulk.blocked', cause: '403_x', items: 3, delaySeconds: 10 });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        level: 'error',
        time: expect.any(String),
        service: 'driftline',
        version: '1.2.3',
        event: 'bulk.blocked',
        cause: '403_x',
        items: 3,
        delaySeconds: 10,
        msg: 'OpenSearch refuses documents until somebody acts, waiting',
      },
    ]);
  });

  it('stay one line, and bounded, whatever a message holds', () => {
    const { telemetry, lines } = rig();
    const message = `a\n{"level":"fatal"}\u001b[2J${'x'.repeat(100_000)}`;
    telemetry.emit({ type: 'consumer.crashed', message, restart: false });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toMatch(/[\n\u001b]/);
    expect(lines[0]?.length).toBeLessThan(1_500);
  });

  const samples: { readonly [T in TelemetryEvent['type']]: TelemetryEvent & { type: T } } = {
    'service.started': { type: 'service.started', version: '1', group: 'g', topics: ['t'] },
    'service.stopped': { type: 'service.stopped', reason: 'r' },
    'desired-state.loading': { type: 'desired-state.loading', topic: 't' },
    'desired-state.rebuilding': { type: 'desired-state.rebuilding', topic: 't', reason: 'r' },
    'desired-state.loaded': { type: 'desired-state.loaded', topic: 't', resources: 1, seconds: 1 },
    'desired-state.counted': { type: 'desired-state.counted', scopes: [] },
    'desired-state.changed': { type: 'desired-state.changed', resources: 1 },
    'desired-state.undecodable': {
      type: 'desired-state.undecodable',
      ...topic,
      offset: '1',
      message: 'm',
    },
    'desired-state.unindexed': {
      type: 'desired-state.unindexed',
      ...topic,
      offset: '1',
      message: 'm',
    },
    'desired-index.swept': { type: 'desired-index.swept', documents: 2, removed: 1 },
    'desired-watch.started': { type: 'desired-watch.started', sources: ['s'], intervalSeconds: 1 },
    'state-source.polled': {
      type: 'state-source.polled',
      source: 's',
      files: 1,
      changed: 1,
      seconds: 1,
    },
    'state-source.failed': {
      type: 'state-source.failed',
      source: 's',
      reason: 'r',
      message: 'm',
      attempt: 1,
      delaySeconds: 1,
    },
    'desired-state.published': {
      type: 'desired-state.published',
      source: 's',
      scope: 'p/1',
      serial: 1,
      added: 1,
      changed: 1,
      removed: 1,
      unchanged: 1,
    },
    'desired-state.refused': {
      type: 'desired-state.refused',
      source: 's',
      reason: 'r',
      message: 'm',
    },
    'desired-state.absent': {
      type: 'desired-state.absent',
      source: 's',
      removeAfterSeconds: 60,
    },
    'desired-state.withdrawn': {
      type: 'desired-state.withdrawn',
      source: 's',
      scope: 'prod/l',
      removed: 1,
    },
    'desired-state.secrets-dropped': { type: 'desired-state.secrets-dropped', source: 's' },
    'group.joined': { type: 'group.joined', group: 'g', partitions: { t: [0] } },
    'group.rebalancing': { type: 'group.rebalancing', group: 'g' },
    'consumer.crashed': { type: 'consumer.crashed', message: 'm', restart: true },
    'consumer.stalled': { type: 'consumer.stalled', seconds: 1 },
    'consumer.offset-reset': { type: 'consumer.offset-reset', ...topic, lost: '1' },
    'partition.paused': { type: 'partition.paused', ...topic },
    'partition.waiting': { type: 'partition.waiting', ...topic, records: 1 },
    'partition.resumed': { type: 'partition.resumed', ...topic },
    'partition.moved': { type: 'partition.moved', ...topic, offset: '1' },
    'records.received': { type: 'records.received', ...topic, count: 1, lag: 1 },
    'events.processed': { type: 'events.processed', counts: [] },
    'candidate.found': { type: 'candidate.found', kind: 'changed', severity: 'low', actTime: 0 },
    'unit.started': { type: 'unit.started', ...topic, oldestTime: 1 },
    'unit.indexed': { type: 'unit.indexed', actTimes: [1], recordTimes: [1] },
    'config.reloaded': { type: 'config.reloaded', file: 'f', taken: ['k'], needRestart: [] },
    'config.refused': { type: 'config.refused', file: 'f', message: 'm' },
    'need.changed': { type: 'need.changed', need: 'Kafka', up: false, reason: 'r' },
    'record.dead-lettered': { type: 'record.dead-lettered', reason: 'empty' },
    'bulk.finished': { type: 'bulk.finished', seconds: 1, items: { created: 1 } },
    'bulk.concurrency': { type: 'bulk.concurrency', limit: 2 },
    'bulk.blocked': { type: 'bulk.blocked', cause: 'c', items: 1, delaySeconds: 1 },
    'bulk.retrying': { type: 'bulk.retrying', attempt: 1, items: 1, delaySeconds: 1, cause: 'c' },
    'connection-file.refused': { type: 'connection-file.refused', peer: 'kafka', message: 'm' },
    'schema-registry.retrying': {
      type: 'schema-registry.retrying',
      attempt: 1,
      delaySeconds: 1,
      message: 'm',
    },
    'desired-index.retrying': {
      type: 'desired-index.retrying',
      attempt: 1,
      delaySeconds: 1,
      message: 'm',
    },
    'client.logged': {
      type: 'client.logged',
      severity: 'warn',
      client: 'kafkajs',
      namespace: 'n',
      message: 'm',
      detail: 'd',
    },
    'ignore-rules.loaded': { type: 'ignore-rules.loaded', file: 'f', rules: 3, ended: 1 },
    'ignore-rule.ended': { type: 'ignore-rule.ended', id: 'a', expires: '2026-03-01' },
    'ignore-rules.refused': { type: 'ignore-rules.refused', file: 'f', message: 'm' },
    'setup.template': { type: 'setup.template', name: 'n', action: 'created' },
    'transaction.finished': { type: 'transaction.finished', outcome: 'aborted', seconds: 1 },
    'unit.finished': {
      type: 'unit.finished',
      ...topic,
      nextOffset: '1',
      records: 1,
      lag: 0,
      seconds: 1,
    },
  };

  it.each(Object.values(samples))('hold no key twice: $type', (event) => {
    const { telemetry, lines } = rig('trace');
    telemetry.emit(event);
    // A key that stands twice is lost in what is parsed.
    for (const line of lines) expect(JSON.stringify(JSON.parse(line))).toBe(line.trimEnd());
  });

  it('say nothing above debug of what happens once a record or once a unit', () => {
    const often: readonly TelemetryEvent[] = [
      { type: 'records.received', ...topic, count: 1, lag: 0 },
      { type: 'events.processed', counts: [] },
      { type: 'candidate.found', kind: 'changed', severity: 'low', actTime: 0 },
      { type: 'record.dead-lettered', reason: 'empty' },
      { type: 'bulk.finished', seconds: 1, items: {} },
      { type: 'transaction.finished', outcome: 'committed', seconds: 1 },
      { type: 'unit.started', ...topic, oldestTime: 0 },
      { type: 'unit.indexed', actTimes: [0], recordTimes: [0] },
      { type: 'unit.finished', ...topic, nextOffset: '1', records: 1, lag: 0, seconds: 1 },
      { type: 'desired-state.changed', resources: 1 },
    ];
    const { telemetry, lines } = rig('info');
    for (const event of often) telemetry.emit(event);
    expect(lines).toEqual([]);
  });
});
