import { boundedScopes } from './bounded-scopes.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { TelemetryEvent } from './telemetry-event.ts';

/** Milliseconds since the epoch. */
export type Clock = () => number;

export interface Renderer {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** Most of a text that came from outside and goes into a log line, in characters. */
const MAX_TEXT = 1_000;

const bounded = (text: string): string =>
  text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;

/** One event as log line, metric, or both. Nothing that happens once a record is logged above debug. */
export const renderEvent = ({ logger, metrics, clock }: Renderer, event: TelemetryEvent): void => {
  const { type, ...rest } = event;
  const fields = { event: type, ...rest };
  switch (event.type) {
    case 'service.started':
      // The version is on every line.
      return logger.info(
        { event: type, group: event.group, topics: event.topics },
        'service started',
      );
    case 'service.stopped':
      return logger.info(fields, 'service stopped');
    case 'desired-state.loading':
      metrics.desiredCaughtUp.set(0);
      return logger.info(fields, 'loading desired state');
    case 'desired-state.rebuilding':
      return logger.warn(fields, 'the store of desired resources is built anew');
    case 'desired-state.loaded':
      metrics.desiredResources.set(event.resources);
      metrics.desiredCaughtUp.set(1);
      return logger.info(fields, 'desired state loaded');
    case 'desired-state.changed':
      metrics.desiredResources.set(event.resources);
      return logger.debug(fields, 'desired state changed');
    case 'desired-state.counted':
      metrics.scopeResources.reset();
      metrics.scopeSerial.reset();
      metrics.scopePublished.reset();
      for (const { scope, resources, serial, publishedTime } of boundedScopes(event.scopes)) {
        metrics.scopeResources.set({ scope }, resources);
        metrics.scopePublished.set({ scope }, publishedTime / 1000);
        if (serial !== undefined) metrics.scopeSerial.set({ scope }, serial);
      }
      return;
    case 'desired-state.undecodable':
      metrics.desiredUndecodable.inc();
      return logger.error(
        { ...fields, message: bounded(event.message) },
        'desired resource cannot be decoded',
      );
    case 'desired-state.unindexed':
      metrics.desiredUnindexed.inc();
      return logger.error(
        { ...fields, message: bounded(event.message) },
        'desired resource is not in the search index',
      );
    case 'desired-index.swept':
      return logger.info(fields, 'search index has no resource that the topic does not hold');
    case 'desired-watch.started':
      return logger.info(fields, 'watching states');
    case 'state-source.polled':
      metrics.sourcePolls.inc({ outcome: 'ok' });
      return logger.debug(fields, 'looked at states');
    case 'state-source.failed':
      metrics.sourcePolls.inc({ outcome: event.reason });
      return logger.warn(
        { ...fields, message: bounded(event.message) },
        'states cannot be had, trying again',
      );
    case 'desired-state.published':
      metrics.statesPublished.inc({ outcome: 'published' });
      metrics.lastPublish.set(clock() / 1000);
      return logger.info(fields, 'state published');
    case 'desired-state.absent':
      return logger.warn(fields, 'state is no longer found');
    case 'desired-state.withdrawn':
      metrics.statesPublished.inc({ outcome: 'withdrawn' });
      metrics.lastPublish.set(clock() / 1000);
      return logger.warn(fields, 'state was deleted, its resources are removed');
    case 'desired-state.secrets-dropped':
      return logger.warn(fields, 'secrets were dropped, set desired.hashKey here and for run');
    case 'desired-state.refused':
      metrics.statesPublished.inc({ outcome: event.reason });
      return logger.error(
        { ...fields, message: bounded(event.message) },
        'state is not published until somebody acts',
      );
    case 'group.joined':
      // The lag of partitions that went to other members is theirs to tell.
      metrics.consumerLag.reset();
      metrics.lagSeconds.reset();
      metrics.partitionPaused.reset();
      // An alert sees the first reset of a partition only where its series was there before.
      for (const [topic, partitions] of Object.entries(event.partitions)) {
        for (const partition of partitions) {
          metrics.offsetResets.inc({ topic, partition }, 0);
          metrics.partitionPaused.set({ topic, partition }, 0);
        }
      }
      return logger.info(fields, 'joined the consumer group');
    case 'group.rebalancing':
      metrics.rebalances.inc();
      return logger.info(fields, 'consumer group is rebalancing');
    case 'consumer.crashed':
      metrics.consumerCrashes.inc({ restart: String(event.restart) });
      return logger.error({ ...fields, message: bounded(event.message) }, 'consumer crashed');
    case 'consumer.stalled':
      return logger.fatal(fields, 'consumer shows no sign of life');
    case 'consumer.offset-reset':
      metrics.offsetResets.inc({ topic: event.topic, partition: event.partition });
      return logger.error(fields, 'records were gone before they were read');
    case 'partition.paused':
      metrics.partitionPaused.set({ topic: event.topic, partition: event.partition }, 1);
      return logger.warn(fields, 'partition is paused by order');
    case 'partition.waiting':
      metrics.consumerLag.set({ topic: event.topic, partition: event.partition }, event.records);
      return logger.debug(fields, 'records wait in a paused partition');
    case 'partition.resumed':
      metrics.partitionPaused.set({ topic: event.topic, partition: event.partition }, 0);
      // Of a unit that the pause broke off: its records may have been passed over since.
      metrics.lagSeconds.set(event.topic, event.partition, undefined);
      return logger.info(fields, 'partition is consumed again');
    case 'partition.moved':
      // What waits behind the new place is told by the next fetch, if there is anything.
      metrics.consumerLag.set({ topic: event.topic, partition: event.partition }, 0);
      metrics.lagSeconds.set(event.topic, event.partition, undefined);
      return logger.warn(fields, 'partition goes on elsewhere by order');
    case 'records.received': {
      const labels = { topic: event.topic, partition: event.partition };
      metrics.recordsConsumed.inc(labels, event.count);
      metrics.consumerLag.set(labels, event.lag);
      return;
    }
    case 'unit.started':
      return metrics.lagSeconds.set(event.topic, event.partition, event.oldestTime);
    case 'unit.indexed': {
      const now = clock();
      metrics.actToIndexed.observe(event.actTimes, now);
      metrics.endToEnd.observe(event.recordTimes, now);
      return;
    }
    case 'events.processed':
      for (const { provider, outcome, count, unmapped } of event.counts) {
        metrics.events.inc({ provider, outcome }, count);
        if (unmapped > 0) metrics.unmappedOperations.inc({ provider }, unmapped);
      }
      return;
    case 'candidate.found':
      metrics.candidates.inc({ kind: event.kind, severity: event.severity });
      metrics.actToCandidate.observe([event.actTime], clock());
      return;
    case 'record.dead-lettered':
      metrics.deadLetters.inc({ reason: event.reason });
      return logger.debug(fields, 'record is a dead letter');
    case 'bulk.finished':
      metrics.bulkSeconds.observe(event.seconds);
      for (const [outcome, count] of Object.entries(event.items)) {
        metrics.bulkItems.inc({ outcome }, count);
      }
      return logger.debug(fields, 'bulk request finished');
    case 'bulk.concurrency':
      metrics.bulkConcurrency.set(event.limit);
      return logger.debug(fields, 'other number of bulk requests at a time');
    case 'bulk.retrying':
      metrics.bulkRetries.inc({ cause: event.cause });
      return logger.warn(fields, 'OpenSearch did not take documents, trying again');
    case 'bulk.blocked':
      metrics.bulkBlocked.inc({ cause: event.cause });
      return logger.error(fields, 'OpenSearch refuses documents until somebody acts, waiting');
    case 'connection-file.refused':
      metrics.connectionFilesRefused.inc({ peer: event.peer });
      return logger.error(fields, 'a certificate or secret cannot be used, the one before stays');
    case 'schema-registry.retrying':
      metrics.registryRetries.inc();
      return logger.warn(
        { ...fields, message: bounded(event.message) },
        'the schema registry cannot be asked, trying again',
      );
    case 'desired-index.retrying':
      return logger.warn(
        { ...fields, message: bounded(event.message) },
        'OpenSearch does not show the index of desired resources, trying again',
      );
    case 'need.changed':
      metrics.needs.set({ need: event.need }, event.up ? 1 : 0);
      return event.up
        ? logger.info({ event: type, need: event.need }, 'what the service needs answers')
        : logger.warn(fields, 'what the service needs does not answer');
    case 'client.logged': {
      const { severity, client, namespace } = event;
      return logger[severity](
        {
          event: type,
          client,
          namespace,
          message: bounded(event.message),
          ...(event.detail === undefined ? {} : { detail: bounded(event.detail) }),
        },
        'client message',
      );
    }
    case 'config.reloaded':
      return event.needRestart.length === 0
        ? logger.info(fields, 'changed configuration taken')
        : logger.warn(fields, 'changed configuration taken in part, the rest after a restart');
    case 'config.refused':
      return logger.error(
        { ...fields, message: bounded(event.message) },
        'changed configuration cannot be used, what was before stays',
      );
    case 'ignore-rules.loaded':
      metrics.ignoreRules.set({ state: 'active' }, event.rules - event.ended);
      metrics.ignoreRules.set({ state: 'ended' }, event.ended);
      return logger.info(fields, 'ignore rules loaded');
    case 'ignore-rule.ended':
      return logger.warn(fields, 'an ignore rule has had its last day and takes no later act');
    case 'ignore-rules.refused':
      metrics.ignoreRulesRefused.inc();
      return logger.error(
        { ...fields, message: bounded(event.message) },
        'changed ignore rules cannot be used, those before stay',
      );
    case 'setup.template':
      return logger.info(fields, 'index template applied');
    case 'transaction.finished':
      metrics.transactions.inc({ outcome: event.outcome });
      metrics.transactionSeconds.observe(event.seconds);
      return event.outcome === 'committed'
        ? logger.debug(fields, 'transaction committed')
        : logger.warn(fields, 'transaction not committed');
    case 'unit.finished':
      metrics.unitSeconds.observe(event.seconds);
      metrics.lastCommit.set(clock() / 1000);
      metrics.consumerLag.set({ topic: event.topic, partition: event.partition }, event.lag);
      // Where more is there, its age is known once it is received: the next unit tells it.
      if (event.lag === 0) metrics.lagSeconds.set(event.topic, event.partition, undefined);
      return logger.debug(fields, 'unit finished');
  }
};
