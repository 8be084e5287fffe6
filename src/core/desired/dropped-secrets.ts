import type { DesiredResource } from '../model/desired-resource.ts';
import { redactedValue } from '../model/redacted-value.ts';

const DROPPED = JSON.stringify(redactedValue(null, undefined));

/** Whether any of the resources holds the marker of a secret that was dropped, also within a JSON text. */
export const hasDroppedSecrets = (resources: Iterable<DesiredResource>): boolean => {
  for (const { attributes } of resources) {
    if (JSON.stringify(attributes).replaceAll('\\', '').includes(DROPPED)) return true;
  }
  return false;
};
