import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  aclText,
  consumptionOrderAcls,
  consumptionStatusAcls,
  deadLettersHandlingAcls,
  deadLettersReadAcls,
  desiredPublishAcls,
  doctorAcls,
  lagAcls,
  runAcls,
  type AclNames,
  type AclRow,
} from '../../../src/adapters/kafka/acls.ts';
import { composeDoctor } from '../../../src/compose-doctor.ts';
import { composeOperations } from '../../../src/compose-operations.ts';
import { composeDesired } from '../../../src/compose-states.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import type { Config } from '../../../src/config/schema.ts';
import type { Diagnosis } from '../../../src/pipeline/diagnose.ts';
import { seekPlan } from '../../../src/pipeline/control-consumption.ts';
import { handleDeadLetters, listDeadLetters } from '../../../src/pipeline/handle-dead-letters.ts';
import { keptForPublish } from '../../../src/pipeline/prepare-states.ts';
import { readEvent } from '../../support/cloudtrail-fixture.ts';
import type { Deployment } from '../../support/deployment.ts';

/** A deployment whose topic of dead letters holds some, and whose group has no member. */
export interface CommandRig {
  readonly deployment: Deployment;
  readonly names: AclNames;
  /** Options under which the user signs in. */
  readonly signIn: Readonly<Record<string, string>>;
  /** Makes these rows all that the user may do. */
  readonly allowOnly: (rows: readonly AclRow[]) => Promise<void>;
}

type Work = (config: Config, signal: AbortSignal) => Promise<void>;

const publish: Work = async (config, signal) => {
  const { openTopic } = composeDesired(() => config, Readable.from([]), signal);
  const topic = await openTopic(signal, keptForPublish('test'));
  try {
    const publication = await topic.begin('of-this-test', 1);
    try {
      await publication.write({ upserts: [], tombstones: ['of-this-test'] }, signal);
    } finally {
      await publication.close();
    }
  } finally {
    await topic.close();
  }
};

const list: Work = (config, signal) =>
  composeOperations(() => config).withDeadLetters(async (topic) => {
    const all = { limit: 10, withHandled: true };
    const { letters } = await listDeadLetters(topic, () => true, all, signal);
    expect(letters).not.toEqual([]);
  });

const replay: Work = (config, signal) =>
  composeOperations(() => config).withDeadLetters(async (topic) => {
    const request = { handling: 'replayed', note: '', dryRun: false } as const;
    const { handled } = await handleDeadLetters(topic, () => true, request, signal);
    expect(handled).toBeGreaterThan(0);
  });

const status: Work = (config) =>
  composeOperations(() => config).withConsumption(async (consumption) => {
    expect(await consumption.status()).toHaveLength(1);
    expect(await consumption.members()).toBe(0);
  });

const seek: Work = (config) =>
  composeOperations(() => config).withConsumption(async (consumption) => {
    const refused = await consumption.order(0, (at) => seekPlan(at.high, '', consumption)(at));
    expect(refused).toBeUndefined();
  });

const lag: Work = async (config) => {
  const { partitions } = await composeOperations(() => config).lag();
  expect(partitions[0]?.seconds).toBeDefined();
};

const diagnosed = async (config: Config, signal: AbortSignal): Promise<Diagnosis['findings']> => {
  const { findings } = await composeDoctor(() => config)(
    { limitMs: 30_000, maxDesiredAgeMs: 86_400_000, driftline: (command) => command },
    signal,
  );
  return findings.filter(({ area }) => area === 'kafka');
};

/** As the other commands: what it cannot look at is its error. */
const doctor: Work = async (config, signal) => {
  const findings = await diagnosed(config, signal);
  const unseen = findings.filter(({ state }) => state === 'fault' || state === 'skipped');
  if (unseen.length > 0)
    throw new Error(unseen.map(({ what, mend }) => `${what}: ${mend}`).join('\n'));
};

/** How `kafka-acls.sh` is told of a row. */
const acl = ({ operation, resource, name }: AclRow): string =>
  ({
    Topic: `--operation ${operation} --topic ${name}`,
    Group: `--group ${name}`,
    TransactionalId: `--transactional-id ${name} --resource-pattern-type prefixed`,
    Cluster: '--cluster',
  })[resource];

const COMMANDS: readonly {
  readonly name: string;
  readonly rows: (names: AclNames) => readonly AclRow[];
  readonly work: Work;
  /** What names a row. */
  readonly told?: (row: AclRow) => string;
}[] = [
  { name: 'desired publish and watch', rows: desiredPublishAcls, work: publish },
  { name: 'dead-letters list and show', rows: deadLettersReadAcls, work: list },
  { name: 'dead-letters replay and discard', rows: deadLettersHandlingAcls, work: replay },
  { name: 'consumption status', rows: consumptionStatusAcls, work: status },
  { name: 'lag', rows: lagAcls, work: lag },
  { name: 'consumption pause, resume, seek and skip', rows: consumptionOrderAcls, work: seek },
  { name: 'doctor', rows: doctorAcls, work: doctor, told: acl },
];

/** The commands beside `run`, `desired index` and `setup`: in this process, so that forty of them take seconds. */
export const describeCommandAcls = (rig: () => CommandRig): void => {
  describe('a command with ACLs', () => {
    beforeAll(async () => {
      // What is not committed, for those that look for it.
      await rig().deployment.produce([readEvent('not-committed')]);
    });

    const configOf = ({ deployment, signIn }: CommandRig): Config => {
      const settings = deployment.settings.filter((each) => each !== '--set');
      const flags = Object.fromEntries(
        settings.map((each) => [
          each.slice(0, each.indexOf('=')),
          each.slice(each.indexOf('=') + 1),
        ]),
      );
      return loadConfig({ env: {}, flags: { ...flags, ...signIn, 'log.level': 'error' } });
    };

    it('doctor: names each right that the service lacks on topics and group', async () => {
      const { names, allowOnly } = rig();
      const config = configOf(rig());
      const rights = async (rows: readonly AclRow[]): Promise<Diagnosis['findings']> => {
        await allowOnly(rows);
        const findings = await diagnosed(config, new AbortController().signal);
        return findings.filter(({ subject }) => subject === 'rights of this user');
      };
      const looks = doctorAcls(names);
      const needed = runAcls(names);
      expect(await rights([...looks, ...needed])).toMatchObject([{ state: 'ok' }]);
      expect(await rights(looks)).toMatchObject([{ state: 'warning' }]);
      for (const missing of needed.filter(({ resource }) => resource !== 'TransactionalId')) {
        const found = await rights([...looks, ...needed.filter((row) => row !== missing)]);
        expect(found).toMatchObject([
          {
            state: 'fault',
            what: expect.stringContaining(`lack ${aclText(missing)}`) as unknown,
            mend: expect.stringContaining(acl(missing)) as unknown,
          },
        ]);
      }
    });

    it.each(COMMANDS)(
      '$name: works with exactly those listed, and names the one that is missing',
      async ({ rows, work, told = aclText }) => {
        const { names, allowOnly } = rig();
        const config = configOf(rig());
        const attempt = async (): Promise<string> => {
          const end = new AbortController();
          try {
            await work(config, end.signal);
            return 'works';
          } catch (error) {
            return error instanceof Error ? error.message : String(error);
          } finally {
            end.abort();
          }
        };
        const all = rows(names);
        for (const missing of all) {
          await allowOnly(all.filter((row) => row !== missing));
          expect(await attempt(), `without ${aclText(missing)}`).toContain(told(missing));
        }
        // Last: it deals with what the others have looked at.
        await allowOnly(all);
        expect(await attempt()).toBe('works');
      },
    );
  });
};
