import type { DesiredResource } from '../../core/model/desired-resource.ts';
import type { DesiredStateTopic } from '../../pipeline/ports.ts';

/**
 * Connects to Kafka and reads the topic of desired resources to its end.
 * @param keep what to hold of a resource, undefined for nothing
 */
export type OpenTopic = <Held>(
  signal: AbortSignal,
  keep: (resource: DesiredResource) => Held | undefined,
) => Promise<DesiredStateTopic<Held>>;

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

/** Without its attributes, which are most of a resource and are decoded only when asked for. */
export const withoutAttributes = (resource: DesiredResource): DesiredResource => {
  const names = Object.keys(resource) as (keyof DesiredResource)[];
  const head = names.flatMap((name) => (name === 'attributes' ? [] : [[name, resource[name]]]));
  return { ...(Object.fromEntries(head) as DesiredResource), attributes: {} };
};
