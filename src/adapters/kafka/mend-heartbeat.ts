import { mendOnce } from './mend-once.ts';

interface ConsumerGroup {
  readonly memberId: string | null;
}

type Heartbeat = (this: ConsumerGroup, options: { readonly interval: number }) => Promise<void>;

const UNKNOWN_MEMBER_ID = 25;

/**
 * kafkajs 2.2.4 forgets its member id when the coordinator does not know it, and then joins anew. Where that fails, as
 * with a coordinator that is still loading, it goes back to fetching what it was assigned before, and its heartbeats are
 * not sent and succeed: it never joins again. Mended for the whole process: such a heartbeat fails as the coordinator's
 * answer did, which brings about the next try to join.
 */
export const mendHeartbeat = mendOnce((require) => {
  const { prototype } = require('kafkajs/src/consumer/consumerGroup.js') as {
    readonly prototype: { heartbeat: Heartbeat };
  };
  const { createErrorFromCode } = require('kafkajs/src/protocol/error.js') as {
    readonly createErrorFromCode: (code: number) => Error;
  };
  const original = prototype.heartbeat;
  prototype.heartbeat = async function (options) {
    if (!this.memberId) throw createErrorFromCode(UNKNOWN_MEMBER_ID);
    await original.call(this, options);
  };
});
