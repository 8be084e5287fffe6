import { exists } from './clause.ts';
import type { GroupQuestion } from './question.ts';

/** In milliseconds: `delivery` until the record was in Kafka, `detection` from there to the candidate. */
export const timeToCandidate: GroupQuestion = {
  name: 'time-to-candidate',
  asks: 'How long is it from an act to its candidate?',
  index: 'driftCandidates',
  answer: 'groups',
  where: [exists('delay.total_ms')],
  by: [{ name: 'provider', field: 'resource.provider' }],
  measures: [
    { name: 'median_ms', of: 'median', field: 'delay.total_ms' },
    { name: 'p95_ms', of: 'p95', field: 'delay.total_ms' },
    { name: 'most_ms', of: 'most', field: 'delay.total_ms' },
    { name: 'delivery_p95_ms', of: 'p95', field: 'delay.delivery_ms' },
    { name: 'detection_p95_ms', of: 'p95', field: 'delay.detection_ms' },
  ],
};
