import type { Finding } from '../../pipeline/ports/finding.ts';
import { aclText, type AclRow } from './acls.ts';
import type { AuthorizedOperations } from './authorized-operations.ts';

export interface RightsInspection {
  /** What the user may do. */
  readonly read: () => Promise<AuthorizedOperations>;
  /** All that the service needs. Rows on transactional ids are passed over: brokers tell of no right on them. */
  readonly acls: readonly AclRow[];
  /** Addresses, as the tools of Kafka take them. */
  readonly brokers: string;
}

const SUBJECT = 'rights of this user';

const grant = (brokers: string, { operation, resource, name }: AclRow): string =>
  `kafka-acls.sh --bootstrap-server ${brokers} --add --allow-principal User:<user> --operation ${operation} --${resource === 'Group' ? 'group' : 'topic'} ${name}`;

/**
 * Compares what the user may do with what the service needs; what the user may not even see is no finding of this one.
 * Rejects as kafkajs does.
 */
export const inspectRights = async ({
  read,
  acls,
  brokers,
}: RightsInspection): Promise<readonly Finding[]> => {
  const held = await read();
  const told = acls.flatMap((row) => {
    const { resource, name, operation } = row;
    const names = resource === 'Topic' ? held.topics : held.groups;
    const operations = resource === 'Topic' || resource === 'Group' ? names.get(name) : undefined;
    return operations === undefined ? [] : [{ row, isHeld: operations.has(operation) }];
  });
  if (told.length === 0) {
    return [{ state: 'skipped', subject: SUBJECT, what: 'the brokers do not tell them' }];
  }
  const missing = told.filter(({ isHeld }) => !isHeld).map(({ row }) => row);
  if (missing.length === 0) {
    const what = 'are those that the service needs of its topics and its group';
    return [{ state: 'ok', subject: SUBJECT, what }];
  }
  if (missing.length === told.length) {
    const what = `none of those that the service needs, such as ${missing.slice(0, 1).map(aclText).join()}: this is not the service's user`;
    const mend = 'run it as the user of the service; deploy/security.md lists its ACLs';
    return [{ state: 'warning', subject: SUBJECT, what, mend }];
  }
  return missing.map((row) => ({
    state: 'fault',
    subject: SUBJECT,
    what: `lack ${aclText(row)}: ${row.purpose}`,
    mend: grant(brokers, row),
  }));
};
