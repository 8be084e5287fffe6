import { mendOnce } from './mend-once.ts';

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  throttleCheckTimeoutId: unknown;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const recheckMs = 10;

/**
 * Stops the idle timer of kafkajs 2.2.4: each connection re-arms a timer with a negative delay for ever, which wakes
 * the process a thousand times a second and makes Node 24 print TimeoutNegativeWarning (kafkajs #1751, #1755, #1768).
 * The timer is needed only while requests wait, so it is armed only then.
 */
export const calmRequestQueueTimer = mendOnce((require) => {
  const queue = require('kafkajs/src/network/requestQueue/index.js') as {
    readonly prototype?: Partial<RequestQueue>;
  };
  if (typeof queue.prototype?.scheduleCheckPendingRequests !== 'function') return;
  queue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      Math.max(this.throttledUntil - Date.now(), recheckMs),
    );
  };
});
