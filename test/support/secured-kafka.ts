import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs, { type Kafka } from 'kafkajs';
import { stackOptions } from '../../deploy/local/options.ts';
import { startStack, stopStack } from '../../deploy/local/stack.ts';
import type { AclRow } from '../../src/adapters/kafka/acls.ts';
import { testAuthority, type TestAuthority } from './certificates.ts';
import { testKafka, withAdmin } from './kafka-reader.ts';

export interface SecuredKafka {
  /** Bootstrap address of the administrator, who may do everything and does not sign in. */
  readonly plain: string;
  /** For SASL over TLS. */
  readonly sasl: string;
  /** For client certificates. */
  readonly mutualTls: string;
  readonly admin: Kafka;
  readonly authority: TestAuthority;
  /** For files of a test's own. */
  readonly folder: string;
  /** Makes these rows all that a user may do. */
  allowOnly(user: string, rows: readonly AclRow[]): Promise<void>;
  stop(): Promise<void>;
}

const RESOURCES = {
  Topic: kafkajs.AclResourceTypes.TOPIC,
  Group: kafkajs.AclResourceTypes.GROUP,
  TransactionalId: kafkajs.AclResourceTypes.TRANSACTIONAL_ID,
  Cluster: kafkajs.AclResourceTypes.CLUSTER,
} as const;
const OPERATIONS = {
  Read: kafkajs.AclOperationTypes.READ,
  Write: kafkajs.AclOperationTypes.WRITE,
  Create: kafkajs.AclOperationTypes.CREATE,
  Describe: kafkajs.AclOperationTypes.DESCRIBE,
  DescribeConfigs: kafkajs.AclOperationTypes.DESCRIBE_CONFIGS,
} as const;
const PATTERNS = {
  Literal: kafkajs.ResourcePatternTypes.LITERAL,
  Prefixed: kafkajs.ResourcePatternTypes.PREFIXED,
} as const;

/** A broker of a test's own, with TLS, SASL, client certificates and ACLs. Takes five ports from `port` on. */
export const startSecuredKafka = async (
  port: number,
  users: Readonly<Record<string, string>>,
): Promise<SecuredKafka> => {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-secured-kafka-'));
  const authority = testAuthority(folder);
  const { caFile } = authority;
  const options = stackOptions(process.env, {
    dataDir: join(folder, 'stack'),
    kafkaPort: port,
    controllerPort: port + 1,
    services: ['kafka'],
    kafkaHeapMb: 256,
    quickJvm: true,
    startTimeoutMs: 240_000,
    kafkaSecurity: {
      saslPort: port + 2,
      mutualTlsPort: port + 3,
      caFile,
      ...authority.issue('broker'),
      users,
    },
  });
  const stop = async (): Promise<void> => {
    await stopStack(options, { wipe: true });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await startStack(options);
  } catch (error) {
    await stop();
    throw error;
  }
  const plain = `127.0.0.1:${port}`;
  const admin = testKafka(plain);
  return {
    plain,
    sasl: `localhost:${port + 2}`,
    mutualTls: `localhost:${port + 3}`,
    admin,
    authority,
    folder,
    allowOnly: (user, rows) =>
      withAdmin(admin, async (client) => {
        await client.deleteAcls({
          filters: [
            {
              resourceType: kafkajs.AclResourceTypes.ANY,
              resourcePatternType: kafkajs.ResourcePatternTypes.ANY,
              principal: `User:${user}`,
              operation: kafkajs.AclOperationTypes.ANY,
              permissionType: kafkajs.AclPermissionTypes.ANY,
            },
          ],
        });
        if (rows.length === 0) return;
        await client.createAcls({
          acl: rows.map(({ resource, pattern, name, operation }) => ({
            resourceType: RESOURCES[resource],
            resourceName: name,
            resourcePatternType: PATTERNS[pattern],
            principal: `User:${user}`,
            host: '*',
            operation: OPERATIONS[operation],
            permissionType: kafkajs.AclPermissionTypes.ALLOW,
          })),
        });
      }),
    stop,
  };
};
