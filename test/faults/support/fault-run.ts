import { randomUUID } from 'node:crypto';
import type { StackOptions } from '../../../deploy/local/options.ts';
import { addressesOf } from '../../../deploy/local/options.ts';
import { ingressEvent, readEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import type { DriftlineProcess } from '../../support/driftline-process.ts';
import { gatherEvidence, type Evidence } from './evidence.ts';
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts';
import { breakable, proxyPort, type BreakableService } from './fault-stack.ts';
import { keepLog } from './member-log.ts';
import { judge, type Extent, type Findings } from './invariants.ts';
import { startMemoryGauge } from './memory-gauge.ts';
import { startOffsetGauge } from './offset-gauge.ts';
import { startLoad, type Load } from './load.ts';
import { httpFraming, kafkaFraming } from './request-framing.ts';
import { superviseMember, type SupervisedMember } from './supervised-member.ts';

export interface FaultRunOptions {
  /** Of the input topic. Default 2. */
  readonly partitions?: number;
  /** Security groups that code owns. Default 50. */
  readonly owned?: number;
  /** More settings of the deployment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Keeps the log and the end of each process of the service in a file of this folder. Default: nowhere. */
  readonly logFolder?: string;
}

/** A deployment whose ways to Kafka and OpenSearch can be broken, and which is judged at the end. */
export interface FaultRun {
  /** The harness's own way: past the proxies. */
  readonly deployment: Deployment;
  readonly kafkaProxy: FaultProxy;
  readonly opensearchProxy: FaultProxy;
  readonly broker: BreakableService;
  readonly opensearch: BreakableService;
  /** Starts a process of the service. */
  member(extra?: readonly string[]): DriftlineProcess;
  /** Writes numbered events; every tenth changes a security group that code owns. Returns once they are acknowledged. */
  feed(count: number, partition?: number): Promise<void>;
  /** Starts a process of the service that is started again whenever it ends with an error. */
  supervise(extra?: readonly string[]): SupervisedMember;
  /** Feeds so many records at a time (default 50), to the partitions in turn, until stopped. */
  load(everyMs: number, records?: number): Load;
  /** How many records were fed so far; those whose answer was lost are twice in the log. */
  fed(): number;
  /** Ends a member with SIGTERM; resolves with its exit code. */
  retire(member: DriftlineProcess): Promise<number | null>;
  /** Ends every member that still runs with SIGTERM; resolves with what did not end with 0. */
  retireAll(): Promise<readonly string[]>;
  /** Takes all documents of the audit events out of OpenSearch. */
  deleteDocuments(): Promise<void>;
  evidence(): Promise<Evidence>;
  judge(extent: Extent): Promise<{ readonly evidence: Evidence; readonly findings: Findings }>;
  /** Each time that a committed offset went back, so far. */
  readonly stepsBack: readonly string[];
  rssPeakMb(): number;
  close(): Promise<void>;
}

const loadRecords = 50;

const groupNumber = (groupId: string): number => Number(groupId.replace(/^sg-0*(?=\d)/, ''));

/** The owned groups, and a database with a password that must never be seen again. */
const stateWith = (owned: number, canary: string): string => {
  const state = JSON.parse(securityGroupState(owned)) as { readonly resources: unknown[] };
  state.resources.push({
    mode: 'managed',
    type: 'aws_db_instance',
    name: 'secretive',
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances: [
      {
        schema_version: 1,
        attributes: {
          id: 'secretive',
          arn: 'arn:aws:rds:eu-west-1:123456789012:db:secretive',
          password: canary,
        },
        sensitive_attributes: [[{ type: 'get_attr', value: 'password' }]],
      },
    ],
  });
  return JSON.stringify(state);
};

export const openFaultRun = async (
  stack: StackOptions,
  options: FaultRunOptions = {},
): Promise<FaultRun> => {
  const { partitions = 2, owned = 50, settings = {}, logFolder } = options;
  const direct = addressesOf(stack);
  const canary = `canary-${randomUUID()}`;
  const kafkaProxy = await startFaultProxy({
    port: proxyPort(stack),
    target: stack.kafkaBehindProxy?.port ?? stack.kafkaPort,
    framing: kafkaFraming,
  });
  const opensearchProxy = await startFaultProxy({
    port: 0,
    target: stack.opensearchPort,
    framing: httpFraming,
  });
  const memory = startMemoryGauge();
  const members: DriftlineProcess[] = [];
  const closers: (() => Promise<void>)[] = [
    () => kafkaProxy.close(),
    () => opensearchProxy.close(),
  ];
  const close = async (): Promise<void> => {
    memory.stop();
    for (const each of closers.splice(0).reverse()) await each();
  };
  try {
    const deployment = await createDeployment(direct, partitions, {
      'kafka.brokers': `127.0.0.1:${kafkaProxy.port}`,
      'opensearch.nodes': `http://127.0.0.1:${opensearchProxy.port}`,
      'opensearch.retry.maxDelayMs': '2000',
      ...settings,
    });
    closers.push(() => deployment.end());
    await deployment.publishState(stateWith(owned, canary));
    const offsets = startOffsetGauge(deployment.kafka, deployment.groupId, deployment.topics.audit);
    closers.push(() => offsets.stop());
    const supervisors: SupervisedMember[] = [];
    const living = new Map<number, DriftlineProcess>();
    let fed = 0;
    const evidence = (): Promise<Evidence> =>
      gatherEvidence({
        kafka: deployment.kafka,
        opensearch: direct.opensearch,
        groupId: deployment.groupId,
        topics: deployment.topics,
        indexes: deployment.indexes,
        logs: members.flatMap(({ lines }) => lines),
        output: members.map((member) => member.stderr()),
        canary,
      });
    const member = (extra: readonly string[] = []): DriftlineProcess => {
      const started = deployment.start(extra);
      members.push(started);
      if (logFolder !== undefined) keepLog(started, logFolder, members.length);
      memory.add(started.pid);
      living.set(started.pid, started);
      void started.exited.then(() => living.delete(started.pid));
      return started;
    };
    closers.push(async () => {
      for (const supervised of supervisors) void supervised.retire();
      for (const each of living.values()) each.kill('SIGKILL');
    });
    const values = (from: number, count: number): readonly string[] =>
      Array.from({ length: count }, (_, at) => {
        const number = from + at;
        return number % 10 === 0
          ? ingressEvent(`event-${number}`, (number / 10) % owned)
          : readEvent(`event-${number}`);
      });
    const numbered = (count: number): readonly string[] => {
      fed += count;
      return values(fed - count, count);
    };
    return {
      deployment,
      kafkaProxy,
      opensearchProxy,
      broker: breakable(stack, 'kafka'),
      opensearch: breakable(stack, 'opensearch'),
      member,
      supervise: (extra) => {
        const supervised = superviseMember(() => member(extra));
        supervisors.push(supervised);
        return supervised;
      },
      fed: () => fed,
      load: (everyMs, records = loadRecords) => {
        let waiting: readonly string[] = [];
        let turn = -1;
        return startLoad(everyMs, async (now) => {
          if (now !== turn) waiting = numbered(records);
          turn = now;
          await deployment.produce(waiting, { partition: now % partitions });
        });
      },
      feed: (count, partition) =>
        deployment.produce(numbered(count), partition === undefined ? {} : { partition }),
      retire: (member) => {
        member.kill('SIGTERM');
        return member.exited;
      },
      retireAll: async () => {
        for (const supervised of supervisors) void supervised.retire();
        const ends = [...living.values()].map(async (each) => {
          each.kill('SIGTERM');
          const code = await each.exited;
          return code === 0 ? [] : [`exit ${code}: ${each.stderr()}`];
        });
        return (await Promise.all(ends)).flat();
      },
      deleteDocuments: async () => {
        const answer = await fetch(`${direct.opensearch}/${deployment.indexes.auditEvents}-*`, {
          method: 'DELETE',
        });
        if (!answer.ok) throw new Error(`OpenSearch answered ${answer.status}`);
      },
      evidence,
      judge: async (extent) => {
        const found = await evidence();
        const owns = (groupId: string): boolean => groupNumber(groupId) < owned;
        return { evidence: found, findings: judge(found, owns, extent) };
      },
      stepsBack: offsets.steps,
      rssPeakMb: () => memory.peakMb(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
