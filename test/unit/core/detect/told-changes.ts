import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import { processEvent } from '../../../../src/core/process-event.ts';
import { contextOf } from '../sample-context.ts';
import { call } from './owned-resources.ts';

/** What is told of a call on one owned resource: kind of drift, and the verdict of each path that it set. */
export interface Told {
  readonly kind: string | undefined;
  /** Paths whose values code says otherwise, with the verdict. */
  readonly changed: Readonly<Record<string, string>>;
  /** Paths that were set to what code says. */
  readonly equal: readonly string[];
}

export const told = (
  owner: DesiredResource,
  key: string,
  request: JsonObject,
  response?: JsonObject,
): Told => {
  const { candidates } = processEvent(call(key, request, response), contextOf([owner]));
  const changes = candidates.flatMap((candidate) => candidate.changes);
  return {
    kind: candidates[0]?.kind,
    changed: Object.fromEntries(
      changes
        .filter(({ verdict }) => verdict !== 'equals_desired')
        .map(({ path, verdict }) => [path, verdict]),
    ),
    equal: changes.flatMap(({ path, verdict }) => (verdict === 'equals_desired' ? [path] : [])),
  };
};
