import type { DriftCandidate } from '../../src/core/model/drift-candidate.ts';
import type { JsonObject, JsonValue } from '../../src/core/model/json.ts';
import { at, list, words } from './search.ts';

const LOOKS_LIKE_JSON = /^[[{"]|^(true|false|null|-?\d+(\.\d+)?)$/;

/** Values of changes stand in OpenSearch as text; what was JSON becomes JSON again. */
const value = (text: JsonValue | undefined): JsonValue | undefined => {
  if (typeof text !== 'string' || !LOOKS_LIKE_JSON.test(text)) return text;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // A text that only looks like JSON is shown as it is.
    return text;
  }
};

/** The candidate of a document of `drift-candidates`, for the table that `driftline scan` prints, too. */
export const candidateOf = (document: JsonObject): DriftCandidate => {
  const changes = list(at(document, 'changes')).map((change) => {
    const observed = value(at(change, 'observed'));
    const desired = value(at(change, 'desired'));
    return {
      path: words(at(change, 'path')),
      action: at(change, 'action'),
      verdict: at(change, 'verdict'),
      ...(observed === undefined ? {} : { observed }),
      ...(desired === undefined ? {} : { desired }),
    };
  });
  // The mapping is strict, and the documents are the service's own.
  return {
    ...document,
    changes,
    ambiguous: list(at(document, 'ambiguous')),
  } as unknown as DriftCandidate;
};
