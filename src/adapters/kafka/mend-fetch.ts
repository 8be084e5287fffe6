import { hideAborted, type FetchedPartition } from './aborted-records.ts';
import { markFetchStart } from './fetch-start.ts';
import { mendOnce } from './mend-once.ts';

interface FetchRequest {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[];
  }[];
}

interface FetchAnswer {
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly (FetchedPartition & { readonly partition: number })[];
  }[];
}

type Fetch = (this: unknown, request: FetchRequest) => Promise<FetchAnswer>;

/** Mends what kafkajs 2.2.4 makes of a fetch, for the whole process: see `hideAborted` and `markFetchStart`. */
export const mendFetch = mendOnce((require) => {
  const { prototype } = require('kafkajs/src/broker/index.js') as {
    readonly prototype: { fetch: Fetch };
  };
  const original = prototype.fetch;
  prototype.fetch = async function (request) {
    const answer = await original.call(this, request);
    for (const { topicName, partitions } of answer.responses) {
      const asked = request.topics.find(({ topic }) => topic === topicName)?.partitions;
      for (const fetched of partitions) {
        hideAborted(fetched);
        const offset = asked?.find(({ partition }) => partition === fetched.partition)?.fetchOffset;
        if (offset !== undefined) markFetchStart(fetched, offset);
      }
    }
    return answer;
  };
});
