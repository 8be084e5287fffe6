import { createDiskStore } from '../../src/adapters/desired-store/disk-store.ts';
import { createKafka } from '../../src/adapters/kafka/client.ts';
import { createDesiredStateFollower } from '../../src/adapters/kafka/desired-state-follower.ts';
import { loadSchemas } from '../../src/codec/load-schemas.ts';

/** Loads a topic into a store on disk, as `driftline run` does, and says how far it is: for tests that kill it. */
const [broker = '', topic = '', folder = ''] = process.argv.slice(2);
const say = (what: object): void => void process.stdout.write(`${JSON.stringify(what)}\n`);
const silent = { emit: () => undefined };

const store = createDiskStore({
  folder,
  name: 'test',
  schemas: loadSchemas()['desired-resource'],
  clock: Date.now,
  onRejected: (rejected) => say({ rejected }),
});
const reader = createDesiredStateFollower({
  kafka: createKafka({ brokers: [broker], clientId: 'desired-store-test' }, 'consume', silent),
  topic,
  sink: store,
  telemetry: { emit: (event) => say({ event }) },
  now: () => performance.now(),
  clock: Date.now,
  onFatal: (error) => {
    throw error;
  },
  onProgress: ({ resources, offsetsLeft }) => say({ resources, left: String(offsetsLeft) }),
});
await reader.start(AbortSignal.timeout(60_000));
say({ loaded: store.index.size });
await reader.stop();
await store.close();
