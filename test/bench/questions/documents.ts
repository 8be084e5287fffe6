import { createHash } from 'node:crypto';
import type { AuditEvent } from '../../../src/core/model/audit-event.ts';

/** A bulk body made in advance, and how many documents it holds. */
export interface BulkBody {
  readonly body: string;
  readonly documents: number;
}

/** An estate: what documents are spread over. */
const ESTATE = {
  accounts: 40,
  principals: 2_000,
  sessions: 60_000,
  addresses: 20_000,
  resources: 100_000,
  days: 30,
} as const;

const DAY_MS = 86_400_000;
const PROVIDERS = [
  'aws',
  'aws',
  'aws',
  'azure',
  'gcp',
  'kubernetes',
] satisfies AuditEvent['provider'][];
const SERVICES = [
  'ec2',
  'iam',
  's3',
  'rds',
  'lambda',
  'kms',
  'sns',
  'sqs',
  'eks',
  'route53',
] as const;
const ENVIRONMENTS = ['prod', 'staging', 'test', 'dev'] as const;
const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
const KINDS = ['changed', 'changed', 'changed', 'deleted', 'unmanaged', 'restored'] as const;
const CLASSES = ['console', 'cli_sdk', 'unknown', 'iac_pipeline'] as const;

const pick = <T>(values: readonly T[], number: number): T => {
  const value = values[number % values.length];
  if (value === undefined) throw new Error('Nothing to pick from.');
  return value;
};

/** A number that looks like chance and is the same in every run: 32-bit mix of a counter. */
const mixed = (counter: number, salt: number): number => {
  let hash = Math.imul(counter ^ (salt * 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** Most acts are reads; one in 25 is a candidate, one in 12 code's own, one in 20 unresolved. */
const outcomeOf = (chance: number): string => {
  const percent = chance % 100;
  if (percent < 4) return 'candidate';
  if (percent < 12) return 'iac';
  if (percent < 17) return 'unresolved';
  if (percent < 22) return 'failed';
  return percent < 32 ? 'runtime' : 'read';
};

const idOf = (counter: number): string => createHash('md5').update(String(counter)).digest('hex');

interface Act {
  readonly id: string;
  readonly time: number;
  readonly provider: string;
  readonly account: string;
  readonly principal: string;
  readonly name: string;
  readonly session: string;
  readonly key: string;
  readonly address: string;
  readonly service: string;
  readonly operation: string;
  readonly outcome: string;
  readonly actorClass: string;
  readonly resource: number;
  readonly environment: string;
  readonly identity: string;
  readonly owner: string;
  readonly resourceKey: string;
}

const actOf = (counter: number, until: number): Act => {
  const session = mixed(counter, 1) % ESTATE.sessions;
  const person = session % ESTATE.principals;
  const resource = mixed(counter, 2) % ESTATE.resources;
  const outcome = outcomeOf(mixed(counter, 3));
  const account = String(100_000_000_000 + (resource % ESTATE.accounts));
  const environment = pick(ENVIRONMENTS, resource);
  const address = session % ESTATE.addresses;
  const owner = `module.m${resource % 500}.aws_instance.r${resource}`;
  return {
    id: idOf(counter),
    time: until - (mixed(counter, 4) % (ESTATE.days * DAY_MS)),
    provider: pick(PROVIDERS, resource),
    account,
    principal: `arn:aws:iam::${account}:role/person-${person}`,
    name: `person-${person}`,
    session: `AROA${session}:person-${person}`,
    key: `ASIA${idOf(session).slice(0, 16).toUpperCase()}`,
    address: `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`,
    service: `${pick(SERVICES, mixed(counter, 5))}.amazonaws.com`,
    operation: `${outcome === 'read' ? 'Describe' : 'Modify'}Thing${mixed(counter, 6) % 60}`,
    outcome,
    actorClass: outcome === 'iac' ? 'iac_pipeline' : pick(CLASSES, mixed(counter, 7)),
    resource,
    environment,
    identity: `aws_instance:i-${idOf(resource).slice(0, 17)}`,
    owner,
    resourceKey: `${environment}/states/${owner}`,
  };
};

const isOwned = ({ outcome }: Act): boolean => outcome === 'candidate' || outcome === 'iac';

const eventDocument = (act: Act): object => ({
  time: act.time,
  class_uid: 6003,
  category_uid: 6,
  activity_id: 3,
  severity_id: 1,
  status_id: act.outcome === 'failed' ? 2 : 1,
  status: act.outcome === 'failed' ? 'Failure' : 'Success',
  metadata: { uid: `aws:${act.account}:${act.id}`, event_code: 'AwsApiCall', version: '1.5.0' },
  api: { operation: act.operation, service: { name: act.service } },
  cloud: { provider: act.provider, account: { uid: act.account }, region: 'eu-central-1' },
  actor: {
    user: { type: 'AssumedRole', uid: act.principal, name: act.name, credential_uid: act.key },
    session: { uid: act.session, issuer: act.principal },
  },
  src_endpoint: { ip: act.address },
  http_request: { user_agent: 'aws-cli/2.15.0 Python/3.11.4' },
  entities: [
    ...[act.principal, act.name, act.key, act.session, act.account, act.address],
    ...(isOwned(act) ? [act.owner, act.identity] : []),
    ...(act.outcome === 'read' ? [] : [act.identity.slice('aws_instance:'.length)]),
  ],
  driftline: {
    outcome: act.outcome,
    reason: act.outcome === 'unresolved' ? 'no_desired_resource' : 'outside_code',
    ...(act.outcome === 'read' || act.outcome === 'failed'
      ? {}
      : {
          actor_class: act.actorClass,
          actor_trusted: act.outcome === 'iac',
          principal: act.principal,
          actor_name: act.name,
        }),
    ...(act.outcome === 'candidate' ? { candidate_ids: [`c${act.id}`] } : {}),
    ...(isOwned(act)
      ? {
          owners: [
            {
              key: act.resourceKey,
              address: act.owner,
              type: 'aws_instance',
              environment: act.environment,
            },
          ],
        }
      : {}),
    topic: 'audit.events',
  },
});

const candidateDocument = (act: Act): object => {
  const chance = mixed(Number.parseInt(act.id.slice(0, 8), 16), 8);
  const level = chance % LEVELS.length;
  return {
    time: act.time,
    candidate_id: `c${act.id}`,
    event_id: `aws:${act.account}:${act.id}`,
    kind: pick(KINDS, chance),
    service: act.service,
    operation: act.operation,
    resource: {
      key: act.resourceKey,
      type: 'aws_instance',
      identity: act.identity,
      provider: act.provider,
      account: act.account,
      region: 'eu-central-1',
      address: act.owner,
      environment: act.environment,
      owner: `team-${act.resource % 30}`,
    },
    changes: [
      {
        path: 'instance_type',
        action: 'set',
        observed: 'm5.large',
        desired: 'm5.small',
        verdict: 'differs',
      },
    ],
    actor: { class: act.actorClass, trusted: false, principal: act.principal, name: act.name },
    session_uid: act.session,
    source_ip: act.address,
    severity: {
      level: pick(LEVELS, level),
      id: level + 1,
      score: level * 20,
      reasons: ['changed (+20)'],
    },
    cause: 'outside_code',
    summary: `${act.name} changed instance_type of ${act.owner}`,
    change_set_id: idOf(Number.parseInt(act.id.slice(0, 6), 16) >> 2),
    delay: {
      delivery_ms: 60_000 + (chance % 600_000),
      detection_ms: chance % 5_000,
      total_ms: 60_000 + (chance % 600_000) + (chance % 5_000),
    },
  };
};

const dayOf = (time: number): string =>
  new Date(time).toISOString().slice(0, 10).replaceAll('-', '.');

/** Bulk bodies of so many events and of the candidates among them. Days are spread evenly up to `until`. */
export function* bulkBodies(
  events: number,
  until: number,
  aliases: { readonly auditEvents: string; readonly driftCandidates: string },
  perBody = 5_000,
): Generator<BulkBody> {
  for (let from = 0; from < events; from += perBody) {
    const lines: string[] = [];
    const end = Math.min(events, from + perBody);
    for (let counter = from; counter < end; counter += 1) {
      const act = actOf(counter, until);
      const index = `${aliases.auditEvents}-${dayOf(act.time)}`;
      lines.push(JSON.stringify({ create: { _index: index, _id: act.id } }));
      lines.push(JSON.stringify(eventDocument(act)));
      if (act.outcome !== 'candidate') continue;
      const month = `${aliases.driftCandidates}-${dayOf(act.time).slice(0, 7)}`;
      lines.push(JSON.stringify({ index: { _index: month, _id: `c${act.id}` } }));
      lines.push(JSON.stringify(candidateDocument(act)));
    }
    yield { body: `${lines.join('\n')}\n`, documents: lines.length / 2 };
  }
}

/** The first candidate of the estate, which the questions about one thing are asked of. */
export const sampleAct = (until: number): Act => {
  for (let counter = 0; ; counter += 1) {
    const act = actOf(counter, until);
    if (act.outcome === 'candidate') return act;
  }
};
