import { Client } from '@opensearch-project/opensearch';
import avsc from 'avsc';
import kafkajs from 'kafkajs';
import { loadSchemas } from '../../../../src/codec/load-schemas.ts';
import { serviceFetch } from '../../rig/bare-consumer.ts';
import { TRUSTED_PRINCIPAL } from '../work/actors.ts';
import { estateStates } from '../work/estate.ts';
import type { RoleRun } from './role-run.ts';

// What a competent developer writes in an afternoon. It shares nothing with Driftline but its fetch sizes, the index
// templates, and the fields that these have: no state of detection, no checks, no transactions.

type Fields = Readonly<Record<string, unknown>>;

/** One event, whatever the format. */
interface PlainEvent {
  readonly id: string;
  readonly time: number;
  readonly operation: string;
  readonly service: string;
  readonly account: string;
  readonly region: string;
  readonly readOnly: boolean;
  readonly failed: boolean;
  readonly principal: string;
  readonly userName: string;
  readonly issuer: string;
  readonly address: string;
  readonly userAgent: string;
  readonly request: Fields | null;
  readonly raw: unknown;
}

interface Owner {
  readonly address: string;
  readonly type: string;
  readonly attributes: Fields;
}

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((found, key) => (found as Fields | null | undefined)?.[key], value);

const fromOcsf = (event: Fields, request: unknown): PlainEvent => ({
  id: at(event, 'metadata', 'uid') as string,
  time: event['time'] as number,
  operation: at(event, 'api', 'operation') as string,
  service: at(event, 'api', 'service', 'name') as string,
  account: at(event, 'cloud', 'account', 'uid') as string,
  region: at(event, 'cloud', 'region') as string,
  readOnly: at(event, 'unmapped', 'readOnly') === true,
  failed: event['status_id'] === 2,
  principal: at(event, 'actor', 'user', 'uid') as string,
  userName: at(event, 'actor', 'user', 'name') as string,
  issuer: (at(event, 'actor', 'session', 'issuer') ?? '') as string,
  address: (at(event, 'src_endpoint', 'ip') ?? '') as string,
  userAgent: at(event, 'http_request', 'user_agent') as string,
  request: (request ?? null) as Fields | null,
  raw: event,
});

const fromCloudTrail = (record: Fields): PlainEvent => ({
  id: record['eventID'] as string,
  time: Date.parse(record['eventTime'] as string),
  operation: record['eventName'] as string,
  service: record['eventSource'] as string,
  account: record['recipientAccountId'] as string,
  region: record['awsRegion'] as string,
  readOnly: record['readOnly'] === true,
  failed: record['errorCode'] !== undefined,
  principal: at(record, 'userIdentity', 'arn') as string,
  userName: (at(record, 'userIdentity', 'userName') ?? '') as string,
  issuer: (at(record, 'userIdentity', 'sessionContext', 'sessionIssuer', 'arn') ?? '') as string,
  address: record['sourceIPAddress'] as string,
  userAgent: record['userAgent'] as string,
  request: record['requestParameters'] as Fields | null,
  raw: record,
});

const reader = (format: RoleRun['format']): ((value: Buffer) => PlainEvent) => {
  switch (format) {
    case 'ocsf':
      return (value) => {
        const event = JSON.parse(value.toString()) as Fields;
        return fromOcsf(event, at(event, 'api', 'request', 'data'));
      };
    case 'cloudtrail':
      return (value) => fromCloudTrail(JSON.parse(value.toString()) as Fields);
    case 'avro': {
      const schemas = loadSchemas()['audit-event'];
      const type = avsc.Type.forSchema(JSON.parse(schemas.at(-1) ?? schemas[0]) as avsc.Schema, {
        wrapUnions: 'auto',
      });
      return (value) => {
        const event = type.fromBuffer(value.subarray(10)) as Fields;
        const request = event['request_data'];
        return fromOcsf(event, typeof request === 'string' ? JSON.parse(request) : null);
      };
    }
  }
};

const NAMES = [
  'groupId',
  'instanceId',
  'bucketName',
  'roleName',
  'functionName',
  'dBInstanceIdentifier',
  'keyId',
  'queueUrl',
  'logGroupName',
  'tableName',
  'autoScalingGroupName',
  'alarmName',
] as const;

/** Desired resources by ARN, id and name. */
const ownersOf = (resources: number): ReadonlyMap<string, Owner> => {
  const owners = new Map<string, Owner>();
  for (const text of estateStates(resources)) {
    const state = JSON.parse(text) as {
      readonly resources: readonly {
        readonly module: string;
        readonly type: string;
        readonly name: string;
        readonly instances: readonly [{ readonly attributes: Fields }];
      }[];
    };
    for (const { module, type, name, instances } of state.resources) {
      const { attributes } = instances[0];
      const owner = { address: `${module}.${type}.${name}`, type, attributes };
      for (const key of ['id', 'arn', 'name', 'function_name', 'identifier', 'alarm_name']) {
        const value = attributes[key];
        if (typeof value === 'string') owners.set(value, owner);
      }
    }
  }
  return owners;
};

const ownerOf = (request: Fields | null, owners: ReadonlyMap<string, Owner>): Owner | undefined => {
  for (const name of NAMES) {
    const value = request?.[name];
    if (typeof value === 'string') return owners.get(value);
  }
  const listed = at(request, 'instancesSet', 'items', '0', 'instanceId');
  const tagged = at(request, 'resourcesSet', 'items', '0', 'resourceId');
  return owners.get((listed ?? tagged) as string);
};

const TRUSTED_ROLE = TRUSTED_PRINCIPAL.slice(TRUSTED_PRINCIPAL.lastIndexOf('/'));

const outcomeOf = (event: PlainEvent, owner: Owner | undefined): string => {
  if (event.failed) return 'failed';
  if (event.readOnly) return 'read';
  if (event.userAgent.includes('Terraform') && event.issuer.endsWith(TRUSTED_ROLE)) return 'iac';
  if (event.issuer.includes('/aws-service-role/')) return 'service';
  return owner === undefined ? 'unresolved' : 'candidate';
};

const documentOf = (event: PlainEvent, outcome: string, owner: Owner | undefined): object => ({
  time: event.time,
  metadata: { uid: event.id },
  api: { operation: event.operation, service: { name: event.service } },
  cloud: { provider: 'aws', account: { uid: event.account }, region: event.region },
  actor: {
    user: { uid: event.principal, name: event.userName },
    session: { issuer: event.issuer },
  },
  src_endpoint: { name: event.address },
  http_request: { user_agent: event.userAgent },
  driftline: {
    outcome,
    ...(owner === undefined ? {} : { owners: [{ address: owner.address, type: owner.type }] }),
  },
  raw: event.raw,
});

const candidateOf = (event: PlainEvent, owner: Owner): object => ({
  event: event.id,
  time: event.time,
  operation: event.operation,
  principal: event.principal,
  address: owner.address,
  type: owner.type,
  observed: event.request,
  desired: owner.attributes,
});

interface PlainDocument {
  readonly index: string;
  readonly id: string;
  readonly body: object;
}

export const runPlainNode = async (run: RoleRun): Promise<void> => {
  const owners = ownersOf(run.resources);
  const read = reader(run.format);
  const kafka = new kafkajs.Kafka({ brokers: [run.broker], logLevel: kafkajs.logLevel.ERROR });
  const { partitionsConsumedConcurrently, ...fetch } = serviceFetch();
  const consumer = kafka.consumer({ ...fetch, groupId: run.groupId });
  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  const client = new Client({ node: run.opensearch });
  await producer.connect();
  await consumer.connect();
  await consumer.subscribe({ topics: [run.topics.audit], fromBeginning: true });
  await consumer.run({
    partitionsConsumedConcurrently,
    eachBatch: async ({ batch }) => {
      const documents: PlainDocument[] = [];
      const messages: { readonly key: string; readonly value: string }[] = [];
      for (const { value } of batch.messages) {
        if (value === null) continue;
        const event = read(value);
        const owner = event.readOnly ? undefined : ownerOf(event.request, owners);
        const outcome = outcomeOf(event, owner);
        const day = new Date(event.time).toISOString().slice(0, 10).replaceAll('-', '.');
        documents.push({
          index: `${run.indexes.auditEvents}-${day}`,
          id: event.id,
          body: documentOf(event, outcome, owner),
        });
        if (outcome === 'candidate' && owner !== undefined) {
          messages.push({ key: owner.address, value: JSON.stringify(candidateOf(event, owner)) });
        }
      }
      await client.helpers.bulk<PlainDocument>({
        datasource: documents,
        concurrency: 4,
        flushBytes: 4 * 1024 * 1024,
        onDocument: ({ index, id, body }) => [{ create: { _index: index, _id: id } }, body],
        onDrop: ({ error }) => {
          throw new Error(`a document was refused: ${JSON.stringify(error)}`);
        },
      });
      if (messages.length > 0) {
        await producer.send({ topic: run.topics.candidates, messages });
      }
    },
  });
};
