import type { RecordFailure } from '../model/outcome.ts';

/** A record that is JSON but no audit event. `message` names the field and what is wrong, never the value. */
export const invalidEvent = (message: string): RecordFailure => ({
  stage: 'normalize',
  reason: 'invalid_event',
  message,
});
