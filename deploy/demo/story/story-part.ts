import type { JsonObject } from '../../../src/core/model/json.ts';
import type { EventOutcome } from '../../../src/core/model/outcome.ts';

/** One thread of the day, with the outcome that each of its events is meant to have, counted by hand. */
export interface StoryPart {
  readonly name: string;
  /** One line for the reader of the demo. */
  readonly what: string;
  /** CloudTrail records as AWS delivers them. */
  readonly records: readonly JsonObject[];
  readonly expected: Readonly<Partial<Record<EventOutcome, number>>>;
}
