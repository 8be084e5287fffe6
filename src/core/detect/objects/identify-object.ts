import { ACTIVITY, type AuditEvent } from '../../model/audit-event.ts';
import type { DesiredIndex, DesiredResource } from '../../model/desired-resource.ts';
import type { Identification, IdentifiedResource } from '../../model/detection.ts';
import { inScope } from '../../model/identity.ts';
import { ownString, ownValue, type JsonValue } from '../../model/json.ts';
import { kindOfResource, kubernetesType, servedKind } from '../../model/kubernetes-kinds.ts';
import { compileLabelSelector } from '../../model/label-selector.ts';
import {
  collectionIdentity,
  namespaceIdentity,
  objectIdentity,
  type ObjectReference,
} from '../../model/object-reference.ts';
import type { ObjectTable } from '../../model/object-table.ts';
import type { Effect } from '../../model/provider-tables.ts';
import { desiredLabels } from './desired-object.ts';
import { reachesNode } from './node-access.ts';

/** The most resources that one act is followed to. */
const MAX_RESOURCES = 1_000;
/** Owners that an object's own metadata is followed to. */
const MAX_OWNERS = 20;

interface Search {
  readonly event: AuditEvent;
  readonly table: ObjectTable;
  readonly index: DesiredIndex;
}

/** Owners under an identity, in the event's cluster where both sides tell it. Objects know no region. */
const ownersOf = ({ event, index }: Search, identity: string): readonly DesiredResource[] =>
  index
    .lookup(identity)
    .filter(
      (owner) =>
        owner.provider === event.provider &&
        inScope({ account: owner.account }, { account: event.account }),
    );

/** The reference of the call, in the group that serves the object now. */
const referenceOf = ({ event, table }: Search): ObjectReference | undefined => {
  const reference = ownValue(event.request, 'objectRef');
  const resource = ownString(reference, 'resource');
  if (resource === undefined) return undefined;
  const stated = ownString(reference, 'apiGroup') ?? '';
  return {
    group: kindOfResource(stated, resource, table.kinds)?.group ?? stated,
    resource,
    subresource: ownString(reference, 'subresource'),
    namespace: ownString(reference, 'namespace'),
    name: ownString(reference, 'name'),
  };
};

/** The resource type that code would have for the object. */
const typeOf = ({ event, table }: Search, reference: ObjectReference): string => {
  const { group, resource } = reference;
  const known = kindOfResource(group, resource, table.kinds);
  if (known !== undefined) return kubernetesType(known);
  const body = ownValue(event.request, 'requestObject');
  const kind = reference.subresource === undefined ? ownString(body, 'kind') : undefined;
  if (kind === undefined) return `${resource}.${group}`;
  return kubernetesType({ ...servedKind(`${group}/v1`, kind, table.kinds), plural: resource });
};

/** The controllers of Kubernetes itself are known by their own accounts. */
const isOwnGroup = (group: string): boolean => !group.includes('.') || group.endsWith('.k8s.io');

/** What objects of these groups grant or let through is told, whoever is said to control them. */
const NEVER_CHILDREN: ReadonlySet<string> = new Set([
  'rbac.authorization.k8s.io',
  'admissionregistration.k8s.io',
]);

/**
 * Whether a controller made the object for one that code owns. Anybody may write an owner's reference: it counts where a
 * service account names as the controller what code owns, and not where that is of a group of Kubernetes itself (`apps`,
 * `networking.k8s.io`), nor for objects that give rights or pods that reach their node.
 */
const isChildOfDesired = (search: Search, { group: own, namespace }: ObjectReference): boolean => {
  const { event, table } = search;
  if (event.actor.userType !== 'ServiceAccount' || NEVER_CHILDREN.has(own)) return false;
  const object = ownValue(event.request, 'requestObject');
  const owners = ownValue(ownValue(object, 'metadata'), 'ownerReferences');
  if (!Array.isArray(owners)) return false;
  const isChild = (owners as readonly JsonValue[]).slice(0, MAX_OWNERS).some((owner) => {
    const [apiVersion, kind, name] = ['apiVersion', 'kind', 'name'].map((key) =>
      ownString(owner, key),
    );
    if (ownValue(owner, 'controller') !== true || name === undefined) return false;
    if (apiVersion === undefined || kind === undefined) return false;
    const { group, plural } = servedKind(apiVersion, kind, table.kinds);
    if (isOwnGroup(group)) return false;
    return [namespace, undefined].some(
      (where) =>
        ownersOf(search, objectIdentity({ group, resource: plural, namespace: where }, name))
          .length > 0,
    );
  });
  return isChild && !reachesNode(object);
};

/**
 * Whether code covers where an object was made: its namespace, by any object in it or the namespace itself; of the
 * cluster, where code owns anything in it. What a controller makes for an object of code's is no resource by itself.
 */
const isCovered = (search: Search, reference: ObjectReference): boolean => {
  const { event, index } = search;
  if (isChildOfDesired(search, reference)) return false;
  const { namespace } = reference;
  if (namespace === undefined) {
    return (
      (event.account !== undefined && index.covers(event.provider, event.account)) ||
      ownersOf(search, collectionIdentity(reference)).length > 0
    );
  }
  const own = objectIdentity({ group: '', resource: 'namespaces' }, namespace);
  return (
    ownersOf(search, namespaceIdentity(namespace)).length > 0 || ownersOf(search, own).length > 0
  );
};

const effectOf = ({ event }: Search): Effect => {
  switch (event.activityId) {
    case ACTIVITY.delete:
      return 'delete';
    case ACTIVITY.create:
      return 'create';
    default:
      return 'update';
  }
};

const oneObject = (
  search: Search,
  reference: ObjectReference,
  name: string,
): IdentifiedResource => {
  const identity = objectIdentity(reference, name);
  const owners = ownersOf(search, identity);
  const isPart = reference.subresource !== undefined;
  const effect = isPart ? 'update' : effectOf(search);
  return {
    identity,
    type: owners[0]?.type ?? typeOf(search, reference),
    owners,
    effect,
    matchedBy: 'stated',
    position: 0,
    ...(effect === 'create' ? { covered: isCovered(search, reference) } : {}),
  };
};

/** Desired resources that were deleted as part of a collection, each as itself. */
const deleted = (
  owners: readonly DesiredResource[],
  matchedBy: IdentifiedResource['matchedBy'],
): readonly IdentifiedResource[] =>
  owners.slice(0, MAX_RESOURCES).map((owner) => ({
    identity: owner.identities.find((each) => each.startsWith('kubernetes:')) ?? owner.key,
    type: owner.type,
    owners: [owner],
    effect: 'delete',
    matchedBy,
    position: 0,
  }));

/** The field selector that names one object; undefined for others, of which nothing can be told. */
const selectedName = (selector: string): string | undefined =>
  /^metadata\.name==?([^,=]+)$/.exec(selector)?.[1];

/**
 * What a deletion of many touched: what its answer lists; else the desired resources of the kind in the namespace that
 * the selectors of the URL select. Nothing where these are not known or cannot be told.
 */
const collection = (search: Search, reference: ObjectReference): readonly IdentifiedResource[] => {
  const items = ownValue(search.event.response, 'items');
  if (Array.isArray(items)) {
    return (items as readonly JsonValue[]).slice(0, MAX_RESOURCES).flatMap((item) => {
      const metadata = ownValue(item, 'metadata');
      const name = ownString(metadata, 'name');
      const namespace = ownString(metadata, 'namespace') ?? reference.namespace;
      return name === undefined ? [] : [oneObject(search, { ...reference, namespace }, name)];
    });
  }
  const parameters = ownValue(search.event.request, 'parameters');
  if (parameters === undefined) return [];
  const fields = ownString(parameters, 'fieldSelector');
  const name = fields === undefined ? undefined : selectedName(fields);
  if (fields !== undefined && name === undefined) return [];
  if (name !== undefined) return [oneObject(search, reference, name)];
  const isSelected = compileLabelSelector(ownString(parameters, 'labelSelector') ?? '');
  if (isSelected === undefined) return [];
  const owners = ownersOf(search, collectionIdentity(reference)).filter((owner) => {
    const labels = desiredLabels(owner);
    return labels !== undefined && isSelected(labels);
  });
  return deleted(owners, 'table');
};

/** A namespace goes with all that is in it. */
const namespaceContents = (
  search: Search,
  reference: ObjectReference,
  name: string,
): readonly IdentifiedResource[] =>
  reference.group === '' &&
  reference.resource === 'namespaces' &&
  reference.subresource === undefined &&
  search.event.activityId === ACTIVITY.delete
    ? deleted(ownersOf(search, namespaceIdentity(name)), 'table')
    : [];

/**
 * Which objects of a cluster an act touched, and which desired resources these are: the object that the call is about,
 * of a deletion of many each of them, and with a namespace what is in it. A pure function of its arguments.
 */
export const identifyObjects = (
  event: AuditEvent,
  table: ObjectTable,
  index: DesiredIndex,
): Identification => {
  const search: Search = { event, table, index };
  const reference = referenceOf(search);
  if (reference === undefined) return { mapped: true, resources: [] };
  const body = ownValue(ownValue(event.request, 'requestObject'), 'metadata');
  const made = ownString(ownValue(event.response, 'metadata'), 'name') ?? ownString(body, 'name');
  const name = reference.name ?? (event.activityId === ACTIVITY.create ? made : undefined);
  if (name === undefined) {
    const isDeletion = event.activityId === ACTIVITY.delete;
    return { mapped: true, resources: isDeletion ? collection(search, reference) : [] };
  }
  return {
    mapped: true,
    resources: [oneObject(search, reference, name), ...namespaceContents(search, reference, name)],
  };
};
