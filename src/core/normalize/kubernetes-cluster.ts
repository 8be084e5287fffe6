import { ownString, ownValue, type JsonValue } from '../model/json.ts';

/** Names under which shippers add the cluster to a record or to what they wrap around it. */
const MEMBERS = ['cluster', 'cluster_name', 'clusterName', 'cluster_id'];
/** Members below which some of them stand. */
const PARENTS = ['annotations', 'labels', 'kubernetes', 'resource'];

/** EKS writes to the log group `/aws/eks/<cluster>/cluster`; a subscription and an export name it. */
const EKS_LOG_GROUP = /^\/aws\/eks\/([^/]+)\/cluster$/;
/** AKS names the cluster by its ARM id, often in capitals; its names know no case. */
const AKS_CLUSTER = /\/managedclusters\/([^/]+)$/i;

const memberOf = (value: JsonValue | undefined): string | undefined => {
  for (const name of MEMBERS) {
    const text = ownString(value, name);
    if (text !== undefined) return text;
  }
  return undefined;
};

const namedIn = (value: JsonValue): string | undefined => {
  const stated = memberOf(value);
  if (stated !== undefined) return stated;
  for (const parent of PARENTS) {
    const below = ownValue(value, parent);
    const text = memberOf(below) ?? memberOf(ownValue(below, 'labels'));
    if (text !== undefined) return text;
  }
  const group = ownString(value, 'logGroup') ?? ownString(value, 'log_group');
  const eks = group === undefined ? undefined : EKS_LOG_GROUP.exec(group)?.[1];
  return eks ?? AKS_CLUSTER.exec(ownString(value, 'resourceId') ?? '')?.[1]?.toLowerCase();
};

/**
 * The name of the cluster that an act happened in. A Kubernetes audit event does not say it, so it is looked for in
 * what is around it, innermost first: a member that the shipper added (`cluster`, `cluster_name`, `clusterName`,
 * `cluster_id`, also below `annotations`, `labels`, `kubernetes` or `resource.labels`, as GKE has it), the log group of
 * EKS, the ARM id of AKS (in lower case). Undefined where nothing tells.
 */
export const clusterOf = (records: readonly JsonValue[]): string | undefined => {
  for (const each of records) {
    const name = namedIn(each);
    if (name !== undefined) return name;
  }
  return undefined;
};
