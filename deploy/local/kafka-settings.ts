import { join } from 'node:path';
import { kafkaSecuritySettings, SECURE_PROTOCOLS, secureListeners } from './kafka-security.ts';
import { serviceFolder } from './options.ts';
import type { StackOptions } from './options.ts';

const NODE_ID = 1;

/** Any text will do for one broker that nobody joins. */
export const KAFKA_CLUSTER_ID = 'driftline-local-000000';

export function kafkaDataFolder(options: Pick<StackOptions, 'dataDir'>): string {
  return join(serviceFolder(options, 'kafka'), 'data');
}

const endpoint = (name: string, port: number): string => `${name}://127.0.0.1:${port}`;

/** One broker that is its own controller, on loopback, with internal topics small enough for a fast start. */
export function kafkaSettings(
  options: Pick<
    StackOptions,
    | 'dataDir'
    | 'kafkaPort'
    | 'controllerPort'
    | 'kafkaBehindProxy'
    | 'kafkaAuthorizer'
    | 'kafkaSecurity'
  >,
): Readonly<Record<string, string | number | boolean>> {
  const proxied = options.kafkaBehindProxy;
  const security = options.kafkaSecurity;
  const secure = security === undefined ? [] : secureListeners(security);
  const listeners = [
    ...secure,
    endpoint('PLAINTEXT', options.kafkaPort),
    ...(proxied === undefined ? [] : [endpoint('PROXIED', proxied.port)]),
    endpoint('CONTROLLER', options.controllerPort),
  ];
  const advertised = [
    ...secure,
    endpoint('PLAINTEXT', options.kafkaPort),
    ...(proxied === undefined ? [] : [endpoint('PROXIED', proxied.advertisedPort)]),
  ];
  return {
    'process.roles': 'broker,controller',
    'node.id': NODE_ID,
    'controller.quorum.voters': `${NODE_ID}@127.0.0.1:${options.controllerPort}`,
    listeners: listeners.join(),
    'advertised.listeners': advertised.join(),
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT,${SECURE_PROTOCOLS}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    ...(options.kafkaAuthorizer === true
      ? {
          'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
          'allow.everyone.if.no.acl.found': true,
        }
      : {}),
    ...(security === undefined
      ? {}
      : kafkaSecuritySettings(security, serviceFolder(options, 'kafka'))),
    'log.dirs': kafkaDataFolder(options),
    'auto.create.topics.enable': false,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    // A broker that was killed may register again only when its session has ended (default 9 s).
    'broker.session.timeout.ms': 5000,
    'broker.heartbeat.interval.ms': 1000,
    'group.initial.rebalance.delay.ms': 0,
    'log.segment.bytes': 64 * 1024 * 1024,
    'log.index.size.max.bytes': 1024 * 1024,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  };
}

/** Java properties text; backslashes in values are escaped. */
export function renderProperties(
  settings: Readonly<Record<string, string | number | boolean>>,
): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${String(value).replaceAll('\\', '\\\\')}\n`)
    .join('');
}
