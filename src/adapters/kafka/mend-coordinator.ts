import { protocolErrorType } from './kafka-error.ts';
import { mendOnce } from './mend-once.ts';

interface CoordinatorRequest {
  readonly groupId: string;
  readonly coordinatorType?: number;
}

type Find = (this: unknown, request: CoordinatorRequest) => Promise<unknown>;

const REFUSALS: readonly (string | undefined)[] = [
  'GROUP_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
];

const keyOf = ({ groupId, coordinatorType }: CoordinatorRequest): string =>
  `${coordinatorType ?? 0} ${groupId}`;

/**
 * kafkajs 2.2.4 says "Failed to find group coordinator" where a broker answers that this user may not use the group or
 * the transactional id. Mended for the whole process: the broker's answer is thrown instead.
 */
export const mendCoordinator = mendOnce((require) => {
  const broker = (
    require('kafkajs/src/broker/index.js') as {
      readonly prototype: { findGroupCoordinator: Find };
    }
  ).prototype;
  const cluster = (
    require('kafkajs/src/cluster/index.js') as {
      readonly prototype: { findGroupCoordinatorMetadata: Find };
    }
  ).prototype;
  const refused = new Map<string, unknown>();
  const ask = broker.findGroupCoordinator;
  broker.findGroupCoordinator = async function (request) {
    try {
      return await ask.call(this, request);
    } catch (error) {
      if (REFUSALS.includes(protocolErrorType(error))) refused.set(keyOf(request), error);
      throw error;
    }
  };
  const find = cluster.findGroupCoordinatorMetadata;
  cluster.findGroupCoordinatorMetadata = async function (request) {
    try {
      return await find.call(this, request);
    } catch (error) {
      throw refused.get(keyOf(request)) ?? error;
    } finally {
      refused.delete(keyOf(request));
    }
  };
});
