import { ACTIVITY, type ActivityId } from '../model/audit-event.ts';
import { groupName, type ObjectReference } from '../model/object-reference.ts';

/**
 * The verbs of the API server. `proxy` and `connect` are how GKE and old releases write what opens a connection, the
 * others the methods of calls on no resource.
 */
const ACTIVITIES: ReadonlyMap<string, ActivityId> = new Map([
  ['get', ACTIVITY.read],
  ['list', ACTIVITY.read],
  ['watch', ACTIVITY.read],
  ['head', ACTIVITY.read],
  ['options', ACTIVITY.read],
  ['propfind', ACTIVITY.read],
  ['create', ACTIVITY.create],
  ['update', ACTIVITY.update],
  ['patch', ACTIVITY.update],
  ['delete', ACTIVITY.delete],
  ['deletecollection', ACTIVITY.delete],
]);

const CREATED = 201;

/** What a call does by its verb; an apply or an update that made the object is a creation. */
export const verbActivity = (verb: string, code: number | undefined): ActivityId => {
  const activity = ACTIVITIES.get(verb) ?? ACTIVITY.other;
  return activity === ACTIVITY.update && code === CREATED ? ACTIVITY.create : activity;
};

/** Undefined for a verb that no list has. */
export const isReadVerb = (verb: string): boolean | undefined => {
  const activity = ACTIVITIES.get(verb);
  return activity === undefined ? undefined : activity === ACTIVITY.read;
};

/** The service of a call that is about no resource, such as `/healthz`. */
const NO_RESOURCE = 'nonresource';

/** The group, `core` for the core group. */
export const serviceOf = (reference: ObjectReference | undefined): string =>
  reference === undefined ? NO_RESOURCE : groupName(reference.group);

/** As GKE writes it: `deployments.patch`, `pods.exec.create`; the verb alone where a call is about no resource. */
export const operationOf = (reference: ObjectReference | undefined, verb: string): string =>
  reference === undefined
    ? verb
    : [reference.resource, reference.subresource, verb]
        .filter((part) => part !== undefined)
        .join('.');
