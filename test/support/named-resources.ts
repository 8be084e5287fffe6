import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../../src/core/model/json.ts';
import { valueAt } from './source-records.ts';

/** A resource that a state could hold, made of identifiers that an event names. */
export interface NamedResource {
  readonly type: string;
  readonly attributes: JsonObject;
}

/** AWS ids tell their type by prefix. */
const BY_PREFIX: Readonly<Record<string, string>> = {
  i: 'aws_instance',
  sg: 'aws_security_group',
  vpc: 'aws_vpc',
  subnet: 'aws_subnet',
  vol: 'aws_ebs_volume',
  snap: 'aws_ebs_snapshot',
  ami: 'aws_ami',
  rtb: 'aws_route_table',
  igw: 'aws_internet_gateway',
  eni: 'aws_network_interface',
  eipalloc: 'aws_eip',
  acl: 'aws_network_acl',
};

/** Members of AWS requests that name a thing. */
const BY_MEMBER: Readonly<Record<string, readonly [type: string, attribute: string]>> = {
  bucketName: ['aws_s3_bucket', 'bucket'],
  roleName: ['aws_iam_role', 'name'],
  userName: ['aws_iam_user', 'name'],
  groupName: ['aws_iam_group', 'name'],
  logGroupName: ['aws_cloudwatch_log_group', 'name'],
  trailName: ['aws_cloudtrail', 'name'],
  dBInstanceIdentifier: ['aws_db_instance', 'identifier'],
  dBClusterIdentifier: ['aws_rds_cluster', 'cluster_identifier'],
};

/** `service:type/` or `service:type:` of an ARN, and how the provider's id follows from its last part. */
const BY_ARN: readonly (readonly [pattern: RegExp, type: string])[] = [
  [/^arn:[^:]+:iam::\d+:role\/(?:.*\/)?([^/]+)$/, 'aws_iam_role'],
  [/^arn:[^:]+:iam::\d+:user\/(?:.*\/)?([^/]+)$/, 'aws_iam_user'],
  [/^arn:[^:]+:lambda:[^:]+:\d+:function:([^:]+)$/, 'aws_lambda_function'],
  [/^arn:[^:]+:kms:[^:]+:\d+:key\/(.+)$/, 'aws_kms_key'],
  [/^arn:[^:]+:s3:::([^/]+)$/, 'aws_s3_bucket'],
  [/^(arn:[^:]+:sns:[^:]+:\d+:[^:]+)$/, 'aws_sns_topic'],
  [/^(arn:[^:]+:secretsmanager:[^:]+:\d+:secret:.+)$/, 'aws_secretsmanager_secret'],
  [/^arn:[^:]+:dynamodb:[^:]+:\d+:table\/([^/]+)$/, 'aws_dynamodb_table'],
];

/** The last type segment of an ARM id, and of a Google resource name, to what Terraform calls it. */
const BY_ARM_TYPE: Readonly<Record<string, string>> = {
  'microsoft.compute/virtualmachines': 'azurerm_linux_virtual_machine',
  'microsoft.storage/storageaccounts': 'azurerm_storage_account',
  'microsoft.network/networksecuritygroups': 'azurerm_network_security_group',
  'microsoft.network/networksecuritygroups/securityrules': 'azurerm_network_security_rule',
  'microsoft.network/virtualnetworks': 'azurerm_virtual_network',
  'microsoft.keyvault/vaults': 'azurerm_key_vault',
  'microsoft.authorization/roleassignments': 'azurerm_role_assignment',
  'microsoft.sql/servers': 'azurerm_mssql_server',
  'microsoft.containerservice/managedclusters': 'azurerm_kubernetes_cluster',
};

const BY_GOOGLE_COLLECTION: Readonly<Record<string, string>> = {
  buckets: 'google_storage_bucket',
  serviceAccounts: 'google_service_account',
  firewalls: 'google_compute_firewall',
  instances: 'google_compute_instance',
  networks: 'google_compute_network',
  topics: 'google_pubsub_topic',
  functions: 'google_cloudfunctions_function',
  roles: 'google_project_iam_custom_role',
  sinks: 'google_logging_project_sink',
};

const MAX_DEPTH = 8;

const visit = (
  value: JsonValue | undefined,
  seen: (text: string, member: string) => void,
  member = '',
  depth = 0,
): void => {
  if (typeof value === 'string') seen(value, member);
  else if (depth >= MAX_DEPTH || value === undefined) return;
  else if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) visit(item, seen, member, depth + 1);
  } else if (isJsonObject(value)) {
    for (const [key, inner] of Object.entries(value)) visit(inner, seen, key, depth + 1);
  }
};

const awsResource = (text: string, member: string): NamedResource | undefined => {
  const byMember = BY_MEMBER[member];
  if (byMember !== undefined && !/[\s:]|^\.+$/.test(text)) {
    const [type, attribute] = byMember;
    return { type, attributes: { id: text, [attribute]: text } };
  }
  for (const [pattern, type] of BY_ARN) {
    const id = pattern.exec(text)?.[1];
    if (id !== undefined) return { type, attributes: { id, arn: text } };
  }
  const type = BY_PREFIX[/^([a-z]+)-[0-9a-zA-Z]{4,}$/.exec(text)?.[1] ?? ''];
  return type === undefined ? undefined : { type, attributes: { id: text } };
};

const azureResource = (id: string): NamedResource | undefined => {
  const rest = /^\/subscriptions\/.*\/providers\/([^/]+)\/(.+)$/i.exec(id);
  if (rest === null) return undefined;
  const types = (rest[2] ?? '').split('/').filter((_segment, index) => index % 2 === 0);
  const type = BY_ARM_TYPE[[rest[1] ?? '', ...types].join('/').toLowerCase()];
  return type === undefined ? undefined : { type, attributes: { id } };
};

const googleResource = (name: string): NamedResource | undefined => {
  const segments = name.split('/');
  const type = BY_GOOGLE_COLLECTION[segments.at(-2) ?? ''];
  const last = segments.at(-1);
  return type === undefined || last === undefined || segments[0] !== 'projects'
    ? undefined
    : { type, attributes: { id: name, name: last } };
};

const KINDS: Readonly<Record<string, string>> = {
  pods: 'Pod',
  deployments: 'Deployment',
  daemonsets: 'DaemonSet',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  services: 'Service',
  serviceaccounts: 'ServiceAccount',
  roles: 'Role',
  rolebindings: 'RoleBinding',
  clusterroles: 'ClusterRole',
  clusterrolebindings: 'ClusterRoleBinding',
  namespaces: 'Namespace',
  ingresses: 'Ingress',
  cronjobs: 'CronJob',
};

/** The object that a Kubernetes event is about, as a manifest. */
export const namedManifest = (act: JsonValue): JsonObject | undefined => {
  const ref = valueAt(act, 'objectRef');
  const kind = KINDS[ownString(ref, 'resource') ?? ''];
  const name = ownString(ref, 'name');
  if (kind === undefined || name === undefined) return undefined;
  const group = ownString(ref, 'apiGroup');
  const version = ownString(ref, 'apiVersion') ?? 'v1';
  const namespace = ownString(ref, 'namespace');
  return {
    apiVersion: group === undefined ? version : `${group}/${version}`,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  };
};

/** Resources whose identifiers stand anywhere in an event, whether it touches them or only refers to them. */
export const namedResources = (act: JsonValue): readonly NamedResource[] => {
  const found: NamedResource[] = [];
  const take = (resource: NamedResource | undefined): void => {
    if (resource !== undefined) found.push(resource);
  };
  if (ownValue(act, 'eventSource') !== undefined) {
    for (const part of ['requestParameters', 'responseElements', 'resources']) {
      visit(ownValue(act, part), (text, member) => take(awsResource(text, member)));
    }
    return found;
  }
  take(azureResource(ownString(act, 'resourceId') ?? ''));
  take(googleResource(ownString(valueAt(act, 'protoPayload'), 'resourceName') ?? ''));
  return found;
};
