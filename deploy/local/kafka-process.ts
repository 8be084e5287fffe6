import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { probeKafka } from './kafka-probe.ts';
import {
  KAFKA_CLUSTER_ID,
  kafkaDataFolder,
  kafkaSettings,
  renderProperties,
} from './kafka-settings.ts';
import { scramArguments, writeKafkaSecurityFiles } from './kafka-security.ts';
import { jvmFlags, PORT_FLAGS, serviceFolder } from './options.ts';
import type { StackOptions } from './options.ts';
import { lastLines, runProgram } from './run-program.ts';
import type { JavaClassPath, Launch, Service } from './service.ts';
import { StackError } from './stack-error.ts';
import { KAFKA_ARTIFACTS } from './versions.ts';

const FORMAT_TIMEOUT_MS = 60_000;
const LOG_SETTINGS = fileURLToPath(new URL('log4j2.properties', import.meta.url));

export const KAFKA: Service = {
  name: 'kafka',
  artifacts: () => [KAFKA_ARTIFACTS],
  ports: (options) => [
    { port: options.kafkaPort, flag: PORT_FLAGS.kafkaPort },
    { port: options.controllerPort, flag: PORT_FLAGS.controllerPort },
    ...(options.kafkaSecurity === undefined
      ? []
      : [
          { port: options.kafkaSecurity.saslPort, flag: '(the listener with passwords)' },
          { port: options.kafkaSecurity.mutualTlsPort, flag: '(the listener with certificates)' },
        ]),
    ...(options.kafkaBehindProxy === undefined
      ? []
      : [{ port: options.kafkaBehindProxy.port, flag: '(the listener behind a proxy)' }]),
  ],
  address: (port) => `127.0.0.1:${port}`,
  prepare,
  probe: probeKafka,
};

async function prepare(
  options: StackOptions,
  java: JavaClassPath,
  signal: AbortSignal,
): Promise<Launch> {
  const folder = serviceFolder(options, 'kafka');
  mkdirSync(folder, { recursive: true });
  const settings = join(folder, 'server.properties');
  writeFileSync(settings, renderProperties(kafkaSettings(options)));
  const { kafkaSecurity } = options;
  if (kafkaSecurity !== undefined) writeKafkaSecurityFiles(kafkaSecurity, folder);
  const users = kafkaSecurity === undefined ? [] : scramArguments(kafkaSecurity);
  const program = join(java.javaHome, 'bin/java');
  const base = [`-Dlog4j2.configurationFile=${LOG_SETTINGS}`, '-cp', java.jars.join(delimiter)];
  const isFormatted = ['meta.properties', 'bootstrap.checkpoint'].every((file) =>
    existsSync(join(kafkaDataFolder(options), file)),
  );
  if (!isFormatted) await format(program, base, settings, users, signal);
  return {
    program,
    args: [...jvmFlags(options.kafkaHeapMb, options.quickJvm), ...base, 'kafka.Kafka', settings],
  };
}

async function format(
  program: string,
  base: readonly string[],
  settings: string,
  users: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const quick = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  const task = [
    'kafka.tools.StorageTool',
    'format',
    '--ignore-formatted',
    '-t',
    KAFKA_CLUSTER_ID,
    '-c',
    settings,
    ...users,
  ];
  const result = await runProgram(program, [...quick, ...base, ...task], {
    timeoutMs: FORMAT_TIMEOUT_MS,
    signal,
  });
  if (signal.aborted)
    throw new StackError('aborted', 'Formatting the storage of kafka was aborted.');
  if (result.exitCode !== 0) {
    throw new StackError(
      'start-failed',
      `Kafka's StorageTool could not format the storage:\n${lastLines(result.output, 12)}`,
    );
  }
}
