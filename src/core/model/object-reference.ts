/**
 * Which object of a cluster a call is about, as `objectRef` of a Kubernetes audit event has it: without version, since
 * an object is the same one in each.
 */
export interface ObjectReference {
  /** Empty for the core group. */
  readonly group: string;
  /** The plural, such as `deployments`. */
  readonly resource: string;
  /** Such as `scale`. */
  readonly subresource?: string | undefined;
  /** Absent for what belongs to the cluster. */
  readonly namespace?: string | undefined;
  /** Absent where the call is about a collection, or the server makes the name. */
  readonly name?: string | undefined;
}

/** The group as identities and services name it: `core` for the core group. */
export const groupName = (group: string): string => (group === '' ? 'core' : group);

/**
 * The identity of an object: `kubernetes:<group>/<resource>/<namespace>/<name>`, the group without version and `core`
 * for the core group, the namespace empty for what belongs to the cluster. The cluster is the resource's account.
 */
export const objectIdentity = (
  { group, resource, namespace }: ObjectReference,
  name: string,
): string => `kubernetes:${groupName(group)}/${resource}/${namespace ?? ''}/${name}`;
