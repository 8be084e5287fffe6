import { withoutTrailingSlashes } from '../model/trailing-slashes.ts';
import { ownString, ownValue, type JsonValue } from '../model/json.ts';

const HOST = /^(?:https?:)?\/\/[^/]+\//;
/** What stands between the host and the resource in a self link: `compute/v1/`, `storage/v1/b/`, `sql/v1beta4/`. */
const API_PATH = /^(?:[a-z]+\/)?(?:v\d+(?:(?:alpha|beta|p)\d*)*|alpha|beta)\//;
const NUMBERED = /^projects\/(\d+)\/(.+)$/;
const ROOT =
  /^(?:projects|organizations|folders|billingAccounts|locations|accessPolicies|apps)\/[^/]+(?:\/|$)/;

/** A resource name without scheme, host and API version: `projects/p/global/firewalls/f`. */
const withoutHost = (name: string): string =>
  HOST.test(name) ? name.replace(HOST, '').replace(API_PATH, '') : name.replace(/^\/+/, '');

/**
 * The number of the entry's own project, where paths of the entry tell it: one path is written with the number and
 * with the id.
 * @param names of resources as the entry writes them
 */
export const toldProjectNumber = (
  names: readonly string[],
  project: string,
): string | undefined => {
  const paths = new Set(names.map(withoutHost));
  for (const path of paths) {
    const [, number, rest] = NUMBERED.exec(path) ?? [];
    if (number !== undefined && paths.has(`projects/${project}/${rest}`)) return number;
  }
  return undefined;
};

/**
 * Names by type of the entry's `resource`, of types whose labels tell a resource that the API names by the same parts.
 * Source: Google Cloud, monitored resource types.
 */
const LABELLED: Readonly<Record<string, readonly [path: string, label: string]>> = {
  deployment: ['global/deployments', 'name'],
  dns_managed_zone: ['managedZones', 'zone_name'],
  logging_sink: ['sinks', 'name'],
  pubsub_subscription: ['subscriptions', 'subscription_id'],
  pubsub_topic: ['topics', 'topic_id'],
  service_account: ['serviceAccounts', 'email_id'],
};

/** The name of the resource that the labels of an entry's `resource` tell; undefined where they tell none. */
export const labelledName = (
  monitored: JsonValue | undefined,
  project: string | undefined,
): string | undefined => {
  const type = ownString(monitored, 'type') ?? '';
  const [path, label] = (Object.hasOwn(LABELLED, type) ? LABELLED[type] : undefined) ?? [];
  if (path === undefined || label === undefined || project === undefined) return undefined;
  const name = ownString(ownValue(monitored, 'labels'), label);
  return name === undefined ? undefined : `projects/${project}/${path}/${name}`;
};

/**
 * The path of the resource that a log entry is about, so that it can be looked up. Google's services write it in many
 * ways: with a host or without the project (`managedZones/z`), with the project's number, with a service account's
 * number (`projects/-/serviceAccounts/123`), as `namespaces/p/services/s`. The labels of the entry's `resource` tell
 * what is left out. A number stays where the entry does not tell whose it is: a call may be on another project's
 * resource.
 * @param project id of the project of the entry
 * @param labels of the entry's `resource`
 * @param ownNumbers numbers that the entry tells to be of its own project
 */
export const gcpResourceName = (
  name: string,
  project: string | undefined,
  labels: JsonValue | undefined,
  ownNumbers: readonly string[] = [],
): string => {
  // Service Usage writes the last segment in brackets: `services/[compute.googleapis.com]`.
  const path = withoutTrailingSlashes(withoutHost(name)).replace(/\[([^[\]/]+)\]$/, '$1');
  if (project === undefined) return path;
  const segments = path.split('/');
  const [first, second] = segments;
  if (first === 'namespaces' && segments.length > 2) {
    const location = ownString(labels, 'location');
    const rest = segments.slice(2).join('/');
    return location === undefined ? path : `projects/${project}/locations/${location}/${rest}`;
  }
  if (first === 'projects' && second !== undefined) {
    const account = ownString(labels, 'email_id');
    if (segments[2] === 'serviceAccounts' && account !== undefined) {
      const rest = segments.slice(4).map((segment) => `/${segment}`);
      return `projects/${project}/serviceAccounts/${account}${rest.join('')}`;
    }
    const isOwn = second === '-' || ownNumbers.includes(second);
    return isOwn ? ['projects', project, ...segments.slice(2)].join('/') : path;
  }
  return ROOT.test(path) || segments.length < 2 ? path : `projects/${project}/${path}`;
};
