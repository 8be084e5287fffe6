import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { DEAD_LETTER_REASONS } from '../core/model/outcome.ts';
import { createLagSeconds, type LagSeconds } from './lag-seconds.ts';
import { createLatencyHistogram, type LatencyHistogram } from './latency-histogram.ts';
import { CONNECTION_PEERS } from './telemetry-event.ts';

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface Metrics {
  readonly registry: Registry;
  readonly recordsConsumed: Counter<'topic' | 'partition'>;
  readonly consumerLag: Gauge<'topic' | 'partition'>;
  readonly partitionPaused: Gauge<'topic' | 'partition'>;
  readonly lagSeconds: LagSeconds;
  readonly actToIndexed: LatencyHistogram;
  readonly actToCandidate: LatencyHistogram;
  readonly endToEnd: LatencyHistogram;
  readonly needs: Gauge<'need'>;
  readonly events: Counter<'provider' | 'outcome'>;
  readonly unmappedOperations: Counter<'provider'>;
  readonly candidates: Counter<'kind' | 'severity'>;
  readonly ignoreRules: Gauge<'state'>;
  readonly ignoreRulesRefused: Counter;
  readonly deadLetters: Counter<'reason'>;
  readonly bulkItems: Counter<'outcome'>;
  readonly bulkSeconds: Histogram;
  readonly bulkConcurrency: Gauge;
  readonly bulkRetries: Counter<'cause'>;
  readonly bulkBlocked: Counter<'cause'>;
  readonly registryRetries: Counter;
  readonly connectionFilesRefused: Counter<'peer'>;
  readonly transactions: Counter<'outcome'>;
  readonly transactionSeconds: Histogram;
  readonly unitSeconds: Histogram;
  readonly lastCommit: Gauge;
  readonly desiredResources: Gauge;
  readonly desiredCaughtUp: Gauge;
  readonly desiredUndecodable: Counter;
  readonly desiredUnindexed: Counter;
  readonly scopeResources: Gauge<'scope'>;
  readonly scopeSerial: Gauge<'scope'>;
  readonly scopePublished: Gauge<'scope'>;
  readonly sourcePolls: Counter<'outcome'>;
  readonly statesPublished: Counter<'outcome'>;
  readonly lastPublish: Gauge;
  readonly rebalances: Counter;
  readonly offsetResets: Counter<'topic' | 'partition'>;
  readonly consumerCrashes: Counter<'restart'>;
}

/** Which of Driftline's long-running commands: `run`, `desired watch` or `desired index`. */
export type ServiceName = 'run' | 'watch' | 'index';

/**
 * Every metric of the service. Names and labels are an interface: dashboards and alerts read them.
 * @param clock milliseconds since the epoch
 * @param service told beside the version: the alerts on a missing member look for `run` only
 * @param withProcess also those of the process (memory, CPU, event loop). Default: true.
 */
export const createMetrics = (
  version: string,
  clock: () => number,
  service: ServiceName,
  withProcess = true,
): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  const prefix = 'driftline_';
  const counter = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
  ): Counter<L> => new Counter({ name: prefix + name, help, labelNames, registers });
  /**
   * `increase` sees no first count of a series that began with it: where the values of a label are a closed list, all
   * of them begin at 0.
   */
  const counterOf = <L extends string>(
    name: string,
    help: string,
    label: L,
    values: readonly string[],
  ): Counter<L> => {
    const made = counter(name, help, [label]);
    for (const value of values) made.labels(value).inc(0);
    return made;
  };
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
  ): Gauge<L> => new Gauge({ name: prefix + name, help, labelNames, registers });
  const histogram = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
  ): Histogram<L> =>
    new Histogram({ name: prefix + name, help, labelNames, buckets: REQUEST_SECONDS, registers });

  const buildInfo = gauge('build_info', 'Always 1; version and service are labels.', [
    'version',
    'service',
  ]);
  buildInfo.set({ version, service }, 1);
  if (withProcess) collectDefaultMetrics({ register: registry });

  return {
    registry,
    recordsConsumed: counter('records_consumed_total', 'Records received.', ['topic', 'partition']),
    consumerLag: gauge(
      'consumer_lag_records',
      'Records between the committed offset and the end of the partition, as of the last fetch; of a paused one as of the last look at it.',
      ['topic', 'partition'],
    ),
    partitionPaused: gauge(
      'partition_paused',
      'Whether an operator has paused the partition: see driftline consumption status.',
      ['topic', 'partition'],
    ),
    lagSeconds: createLagSeconds(
      registry,
      `${prefix}consumer_lag_seconds`,
      'Age of the oldest record that was received and is not committed; 0 where there is none.',
      clock,
    ),
    actToIndexed: createLatencyHistogram(
      registry,
      `${prefix}act_to_indexed_seconds`,
      'From the act to its committed document. A search finds it after the refresh of its index.',
    ),
    actToCandidate: createLatencyHistogram(
      registry,
      `${prefix}act_to_candidate_seconds`,
      'From the act to its committed drift candidate.',
    ),
    endToEnd: createLatencyHistogram(
      registry,
      `${prefix}end_to_end_latency_seconds`,
      'From the time of a record in Kafka to its commit: the part of the way that is ours.',
    ),
    needs: gauge('need_up', '1 where what the service needs answers, otherwise 0.', ['need']),
    events: counter('events_total', 'Audit events by what became of them.', [
      'provider',
      'outcome',
    ]),
    unmappedOperations: counter(
      'unmapped_operations_total',
      'Audit events whose operation no table maps.',
      ['provider'],
    ),
    candidates: counter('candidates_total', 'Drift candidates found.', ['kind', 'severity']),
    ignoreRules: gauge('ignore_rules', 'Ignore rules that are loaded: active or ended.', ['state']),
    ignoreRulesRefused: counter(
      'ignore_rules_refused_total',
      'Changed files of ignore rules that cannot be used: the rules before stay.',
    ),
    deadLetters: counterOf(
      'dead_letters_total',
      'Records that cannot be processed.',
      'reason',
      DEAD_LETTER_REASONS,
    ),
    bulkItems: counter('bulk_items_total', 'Documents of bulk requests by what became of them.', [
      'outcome',
    ]),
    bulkSeconds: histogram(
      'bulk_request_duration_seconds',
      'Time of one bulk request, with the comparison of documents that were there.',
    ),
    bulkConcurrency: gauge(
      'bulk_concurrency_limit',
      'Bulk requests that may be under way at the same time.',
    ),
    bulkRetries: counter(
      'bulk_retries_total',
      'Bulk requests that were sent again, in whole or in part.',
      ['cause'],
    ),
    bulkBlocked: counter('bulk_blocked_total', 'Waits for somebody to act on OpenSearch.', [
      'cause',
    ]),
    connectionFilesRefused: counterOf(
      'connection_files_refused_total',
      'Changed certificates and secrets that cannot be used: the ones before stay.',
      'peer',
      CONNECTION_PEERS,
    ),
    registryRetries: counter(
      'schema_registry_retries_total',
      'Questions to the schema registry that were asked again.',
    ),
    transactions: counter('transactions_total', 'Kafka transactions by how they ended.', [
      'outcome',
    ]),
    transactionSeconds: histogram('transaction_duration_seconds', 'Time of one Kafka transaction.'),
    unitSeconds: histogram(
      'unit_duration_seconds',
      'Time of one unit from its start to its commit.',
    ),
    lastCommit: gauge(
      'last_commit_timestamp_seconds',
      'When the last unit was committed, in seconds since the epoch.',
    ),
    desiredResources: gauge('desired_resources', 'Desired resources in the local store.'),
    desiredCaughtUp: gauge(
      'desired_caught_up',
      '1 once the local store has read the topic to its end, otherwise 0.',
    ),
    desiredUndecodable: counter(
      'desired_undecodable_total',
      'Records of the desired-state topic that could not be decoded.',
    ),
    desiredUnindexed: counter(
      'desired_unindexed_total',
      'Records of the desired-state topic that did not come into the search index.',
    ),
    scopeResources: gauge(
      'desired_scope_resources',
      'Desired resources in the local store, of the largest scopes and of all others.',
      ['scope'],
    ),
    scopeSerial: gauge('desired_scope_serial', 'Newest serial of a scope.', ['scope']),
    scopePublished: gauge(
      'desired_scope_published_timestamp_seconds',
      'When a resource of the scope was written last, in seconds since the epoch.',
      ['scope'],
    ),
    sourcePolls: counter('state_source_polls_total', 'Looks at places of states, by outcome.', [
      'outcome',
    ]),
    statesPublished: counter('states_published_total', 'States that had changed, by outcome.', [
      'outcome',
    ]),
    lastPublish: gauge(
      'last_publish_timestamp_seconds',
      'When a state that had changed was published last.',
    ),
    rebalances: counter('rebalances_total', 'Rebalances of the consumer group seen.'),
    offsetResets: counter(
      'offset_resets_total',
      'Times that the offset to read was gone: records were lost before they were read.',
      ['topic', 'partition'],
    ),
    consumerCrashes: counterOf('consumer_crashes_total', 'Crashes of the consumer.', 'restart', [
      'true',
      'false',
    ]),
  };
};

/** The metrics in the text format of Prometheus. */
export const exposition = async ({
  registry,
}: Metrics): Promise<{ readonly contentType: string; readonly text: string }> => ({
  contentType: registry.contentType,
  text: await registry.metrics(),
});
