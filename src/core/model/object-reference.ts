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

const OBJECT = 'kubernetes:';
const COLLECTION = 'kubernetes-collection:';
const NAMESPACE = 'kubernetes-namespace:';

/** The identity that all objects of a resource in a namespace have, or in the cluster where it knows no namespaces. */
export const collectionIdentity = ({ group, resource, namespace }: ObjectReference): string =>
  `${COLLECTION}${groupName(group)}/${resource}/${namespace ?? ''}`;

/** The identity that all objects in a namespace have. */
export const namespaceIdentity = (namespace: string): string => `${NAMESPACE}${namespace}`;

/**
 * The identities of where objects with these identities are. They denote no object by themselves: a call may be about
 * all of them, and they tell what code covers.
 */
export const collectionsOf = (identities: readonly string[]): readonly string[] =>
  identities.flatMap((identity) => {
    if (!identity.startsWith(OBJECT)) return [];
    const [group, resource, namespace] = identity.slice(OBJECT.length).split('/', 3);
    if (group === undefined || resource === undefined || namespace === undefined) return [];
    const collection = collectionIdentity({ group, resource, namespace });
    return namespace === '' ? [collection] : [collection, namespaceIdentity(namespace)];
  });

export const isCollectionIdentity = (identity: string): boolean =>
  identity.startsWith(COLLECTION) || identity.startsWith(NAMESPACE);
