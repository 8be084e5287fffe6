import type { DesiredResource } from '../../core/model/desired-resource.ts';
import type { DesiredStateTopic } from '../../pipeline/ports.ts';

/**
 * Connects to Kafka and reads the topic of desired resources to its end.
 * @param keep what to hold of a resource, undefined for nothing; default all of it
 */
export type OpenTopic = (
  signal: AbortSignal,
  keep?: (resource: DesiredResource) => DesiredResource | undefined,
) => Promise<DesiredStateTopic>;

/** What the topic holds of the resources that `keep` chooses, by key. */
export const readHeld = async (
  openTopic: OpenTopic,
  signal: AbortSignal,
  keep: (resource: DesiredResource) => DesiredResource | undefined,
): Promise<readonly DesiredResource[]> => {
  const topic = await openTopic(signal, keep);
  try {
    return [...topic.held.values()]
      .filter((resource) => resource !== undefined)
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  } finally {
    await topic.close();
  }
};

/**
 * Keeps what publishing states into an environment compares with: of the states' own scopes all, of the others what
 * tells whether a resource is theirs.
 */
export const keptForPublish = (
  environment: string,
  states: readonly { readonly state: { readonly scope: string } }[],
): ((resource: DesiredResource) => DesiredResource | undefined) => {
  const scopes = new Set(states.map(({ state }) => state.scope));
  return (resource) => {
    if (resource.environment !== environment) return undefined;
    return scopes.has(resource.scope) ? resource : withoutAttributes(resource);
  };
};

/** Without its attributes, which are most of a resource and are decoded only when asked for. */
export const withoutAttributes = (resource: DesiredResource): DesiredResource => {
  const names = Object.keys(resource) as (keyof DesiredResource)[];
  const head = names.flatMap((name) => (name === 'attributes' ? [] : [[name, resource[name]]]));
  return { ...(Object.fromEntries(head) as DesiredResource), attributes: {} };
};
