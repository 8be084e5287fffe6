import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { serviceFolder, stackOptions } from '../../../deploy/local/options.ts';
import { readLiveProcess } from '../../../deploy/local/process-file.ts';
import { startStack, stopStack } from '../../../deploy/local/stack.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { createTopics } from '../../support/kafka-reader.ts';
import { firstToLastCommit } from '../rig/first-to-last-commit.ts';
import { startRole, startService, type Member } from '../rig/member.ts';
import { processorSeconds } from '../rig/process-usage.ts';
import type { Contender, Pass } from './results.ts';
import type { RoleRun, Settings } from './roles/role-run.ts';
import type { Task } from './roles/run-role.ts';
import type { ThroughputRun } from './throughput-run.ts';
import { TRUSTED_PRINCIPAL } from './work/actors.ts';
import { estateStates } from './work/estate.ts';
import type { Format } from './work/work.ts';

/** The stack, with the work in it, and what it takes to have one contender read it. */
export interface Rig {
  readonly partitions: number;
  readonly averageBytes: Readonly<Partial<Record<Format, number>>>;
  readonly averageBodyBytes: Readonly<Partial<Record<Format, number>>>;
  pass(format: Format, contender: Contender): Promise<Omit<Pass, 'round'>>;
  end(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const DATA = fileURLToPath(new URL('../../../.stack/bench-throughput', import.meta.url));
const PARTITIONS = 12;
const DAY_MS = 86_400_000;
/** As image and systemd unit set it. */
const AS_DEPLOYED = ['--max-semi-space-size=16'];
const PASS_LIMIT_MS = 600_000;
/** For what a pass before has left behind: merges, page cache, a group that ends. */
const BETWEEN_MS = 1_000;

const stack = () =>
  stackOptions(
    {
      DRIFTLINE_STACK_KAFKA_PORT: '25092',
      DRIFTLINE_STACK_CONTROLLER_PORT: '25093',
      DRIFTLINE_STACK_OPENSEARCH_PORT: '25200',
      DRIFTLINE_STACK_OPENSEARCH_HEAP_MB: '1024',
      DRIFTLINE_STACK_DATA_DIR: DATA,
      ...process.env,
    },
    { services: ['kafka', 'opensearch'] },
  );

/** What a test's deployment shortens is as the service comes. */
const asItComes = (): Settings => {
  const { kafka, log } = loadConfig({ env: {} });
  return {
    'kafka.sessionTimeoutMs': String(kafka.sessionTimeoutMs),
    'kafka.heartbeatIntervalMs': String(kafka.heartbeatIntervalMs),
    'kafka.transactionTimeoutMs': String(kafka.transactionTimeoutMs),
    'log.level': log.level,
    'detection.trustedPrincipals': TRUSTED_PRINCIPAL,
  };
};

const flags = (settings: Settings): readonly string[] =>
  Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

/** `--set` options as a key and its text. */
const settingsOf = ({ settings }: Deployment): Settings =>
  Object.fromEntries(
    settings
      .filter((text) => text !== '--set')
      .map((text) => {
        const mark = text.indexOf('=');
        return [text.slice(0, mark), text.slice(mark + 1)];
      }),
  );

interface TaskAnswer {
  readonly [figure: string]: number;
}

const runTask = async (
  task: Task,
  run: RoleRun,
  node: readonly string[] = [],
): Promise<TaskAnswer> => {
  const member = startRole(task, run, MAIN, node);
  const told = await member.firstLine;
  const code = await member.ended;
  if (code !== 0 || told === undefined) throw new Error(`${task} ended with ${code}`);
  return JSON.parse(told) as TaskAnswer;
};

const figure = (answer: TaskAnswer, name: string): number => answer[name] ?? Number.NaN;

/** Deletes the dated indices, so that nobody meets the documents of another. */
const emptyIndexes = async (base: string, aliases: readonly string[]): Promise<void> => {
  for (const alias of aliases) {
    const found = await fetch(`${base}/_cat/indices/${alias}-*?h=index`);
    const names = (await found.text()).split('\n').filter((name) => name !== '');
    for (const name of names) await fetch(`${base}/${name}`, { method: 'DELETE' });
  }
};

/** Starts the stack, publishes the desired resources, and writes the work. */
export const createRig = async (run: ThroughputRun): Promise<Rig> => {
  const { report, events, resources } = run;
  const options = stack();
  const addresses = await startStack(options, { report, fresh: true });
  const members: Member[] = [];
  const end = async (): Promise<void> => {
    for (const member of members) await member.end();
    await stopStack(options, { report, wipe: true });
    rmSync(join(DATA, 'work'), { recursive: true, force: true });
  };
  try {
    const deployment = await createDeployment(addresses, PARTITIONS, asItComes());
    const folder = join(DATA, 'work');
    mkdirSync(folder, { recursive: true });
    const opensearchPid = readLiveProcess(
      join(serviceFolder(options, 'opensearch'), 'process.json'),
    )?.pid;
    if (opensearchPid === undefined) throw new Error('The process of OpenSearch is not known.');
    const none = startRole('null-opensearch');
    members.push(none);
    const nullOpenSearch = `http://127.0.0.1:${await none.firstLine}`;
    report(`publishing ${resources} desired resources`);
    await deployment.publishState(...estateStates(resources));

    const from = Math.floor(Date.now() / DAY_MS) * DAY_MS - 2 * DAY_MS;
    const runOf = (format: Format): RoleRun => ({
      broker: addresses.kafka,
      opensearch: nullOpenSearch,
      format,
      events,
      resources,
      from,
      topics: { ...deployment.topics, audit: `${deployment.topics.audit}.${format}` },
      indexes: deployment.indexes,
      partitions: PARTITIONS,
      groupId: `bench-${randomUUID().slice(0, 8)}`,
      folder,
    });
    const averageBytes: Partial<Record<Format, number>> = {};
    const averageBodyBytes: Partial<Record<Format, number>> = {};
    const needsBodies = run.contenders.includes('prebuilt');
    for (const format of run.formats) {
      report(`writing ${events} events of ${format}`);
      const work = runOf(format);
      await createTopics(deployment.kafka, [{ topic: work.topics.audit, partitions: PARTITIONS }]);
      averageBytes[format] = figure(await runTask('produce', work), 'averageBytes');
      if (!needsBodies || format === 'cloudtrail') continue;
      report(`making the bulk bodies of ${format}`);
      averageBodyBytes[format] = figure(await runTask('make-bodies', work), 'averageBytes');
    }
    const warm = run.formats.find((format) => averageBodyBytes[format] !== undefined);
    if (warm !== undefined) {
      report('warming OpenSearch');
      await runTask('send-bodies', { ...runOf(warm), opensearch: addresses.opensearch });
    }

    const parse = async (format: Format): Promise<Omit<Pass, 'round'>> => {
      const work = runOf(format === 'avro' ? 'ocsf' : format);
      const told = await runTask('parse', work, ['--single-threaded']);
      return {
        format,
        contender: 'parse',
        eventsASecond: figure(told, 'eventsASecond'),
        cpuSecondsAMillion: figure(told, 'cpuSecondsAMillion'),
      };
    };

    const prebuilt = async (work: RoleRun): Promise<Omit<Pass, 'round'>> => {
      const before = processorSeconds(opensearchPid);
      const told = await runTask('send-bodies', work);
      const beside = processorSeconds(opensearchPid) - before;
      const seconds = figure(told, 'seconds');
      return {
        format: work.format,
        contender: 'prebuilt',
        seconds,
        eventsASecond: events / seconds,
        cpuSecondsAMillion: (figure(told, 'cpuSeconds') / events) * 1e6,
        opensearchCpuSecondsAMillion: (beside / events) * 1e6,
      };
    };

    const startConsumer = (contender: Contender, work: RoleRun): Member => {
      const settings: Settings = {
        ...settingsOf(deployment),
        'kafka.groupId': work.groupId,
        'kafka.topics.auditEvents': work.topics.audit,
        'opensearch.nodes': work.opensearch,
        'desired.storeFolder': join(folder, work.groupId),
      };
      switch (contender) {
        case 'kafkajs':
          return startRole('bare', { ...work, topic: work.topics.audit });
        case 'plain':
        case 'plain-real':
          return startRole('plain', work, MAIN);
        case 'at-least-once':
          return startRole('at-least-once', { settings }, MAIN, AS_DEPLOYED);
        default:
          return startService(flags(settings), [
            ...AS_DEPLOYED,
            ...(run.cpuProfile === undefined
              ? []
              : ['--cpu-prof', '--cpu-prof-dir', run.cpuProfile]),
          ]);
      }
    };

    const consume = async (
      format: Format,
      contender: Contender,
      isReal: boolean,
    ): Promise<Omit<Pass, 'round'>> => {
      const work = { ...runOf(format), ...(isReal ? { opensearch: addresses.opensearch } : {}) };
      const member = startConsumer(contender, work);
      members.push(member);
      try {
        const done = await firstToLastCommit({
          kafka: deployment.kafka,
          groupId: work.groupId,
          topic: work.topics.audit,
          records: events,
          members: [member],
          beside: [opensearchPid],
          limitMs: PASS_LIMIT_MS,
        });
        return {
          format,
          contender,
          seconds: done.seconds,
          eventsASecond: done.recordsASecond,
          cpuSecondsAMillion: (done.cpuSeconds / done.records) * 1e6,
          ...(isReal
            ? { opensearchCpuSecondsAMillion: (done.besideCpuSeconds / done.records) * 1e6 }
            : {}),
          peakRssMb: done.peak.rssMb,
          peakAnonMb: done.peak.anonMb,
          peakMappedMb: done.peak.mappedMb,
        };
      } finally {
        const isProfiled = run.cpuProfile !== undefined && contender.startsWith('driftline');
        await member.end(isProfiled ? 'SIGTERM' : 'SIGKILL');
        rmSync(join(folder, work.groupId), { recursive: true, force: true });
      }
    };

    return {
      partitions: PARTITIONS,
      averageBytes,
      averageBodyBytes,
      pass: async (format, contender) => {
        if (contender === 'parse') return parse(format);
        const isReal = contender === 'prebuilt' || contender.endsWith('-real');
        if (isReal) await emptyIndexes(addresses.opensearch, Object.values(deployment.indexes));
        await delay(BETWEEN_MS);
        return contender === 'prebuilt'
          ? prebuilt({ ...runOf(format), opensearch: addresses.opensearch })
          : consume(format, contender, isReal);
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
};
