import { beforeEach, describe, expect, it } from 'vitest';
import type { HeldResource } from '../../../src/core/desired/publish-plan.ts';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type {
  DesiredStateTopic,
  StatePoll,
  WatchableStateSource,
} from '../../../src/pipeline/ports.ts';
import { keptForPublish } from '../../../src/pipeline/prepare-states.ts';
import { readDesiredStates } from '../../../src/pipeline/read-desired-states.ts';
import { watchDesiredStates } from '../../../src/pipeline/watch-desired-states.ts';
import { fakeTime } from '../../support/fake-time.ts';
import { recordedTelemetry, type RecordedTelemetry } from '../../support/recorded-telemetry.ts';
import { context, managed, stateText } from '../core/desired/state-fixture.ts';

const INTERVAL_MS = 60_000;

class BrokerError extends Error {
  readonly code = 'transaction_failed';
  readonly retriable = true;
}

const stateOf = (serial: number, lineage = 'l-1', id = `vpc-${lineage}-${serial}`): string =>
  stateText([managed({ instances: [{ attributes: { id } }] })], { serial, lineage });

describe('a watch of states', () => {
  let telemetry: RecordedTelemetry;
  let held: Map<string, DesiredResource>;
  let opened: number;
  let failWrites: number;

  beforeEach(() => {
    telemetry = recordedTelemetry();
    held = new Map();
    opened = 0;
    failWrites = 0;
  });

  const openTopic = async (): Promise<DesiredStateTopic<HeldResource>> => {
    opened += 1;
    const keep = keptForPublish('prod');
    return {
      get held() {
        return new Map([...held].map(([key, resource]) => [key, keep(resource)]));
      },
      catchUp: async () => undefined,
      begin: async () => ({
        write: async ({ upserts, tombstones }) => {
          if (failWrites > 0) {
            failWrites -= 1;
            throw new BrokerError('no broker');
          }
          for (const resource of upserts) held.set(resource.key, resource);
          for (const key of tombstones) held.delete(key);
        },
        close: async () => undefined,
      }),
      close: async () => undefined,
    };
  };

  /** A source that gives at each look what stands there, `absent` a failure; a version is the content. */
  const sourceOf = (name: string, looks: readonly (string | Error)[]) => {
    let at = 0;
    const source: WatchableStateSource = {
      name,
      async *poll(known) {
        const content = looks[Math.min(at, looks.length - 1)] ?? 'absent';
        at += 1;
        if (content instanceof Error) throw content;
        const polled: StatePoll =
          content === 'absent'
            ? { ok: false, reason: 'unavailable', source: name, message: 'It is away.' }
            : known.get(name) === content
              ? { ok: true, source: name, unchanged: true }
              : { ok: true, source: name, version: content, content: Buffer.from(content) };
        yield polled;
      },
    };
    return { source, looks: () => at };
  };

  /** Runs until `until` is reached on a clock that jumps. */
  const watchFor = async (
    until: number,
    sources: readonly WatchableStateSource[],
  ): Promise<void> => {
    const time = fakeTime();
    const stop = new AbortController();
    void time.sleep(until, new AbortController().signal).then(() => stop.abort());
    await watchDesiredStates(
      {
        sources,
        intervalMs: INTERVAL_MS,
        readFile: (file) =>
          readDesiredStates(
            {
              async *files() {
                yield file;
              },
            },
            context(),
            stop.signal,
          ),
        openTopic,
        telemetry,
        now: time.clock,
        sleep: time.sleep,
        random: () => 0.99,
      },
      stop.signal,
    );
  };

  const ids = () => [...held.values()].map(({ attributes }) => attributes['id']);

  it('publishes at the start, and again only what has changed', async () => {
    const { source, looks } = sourceOf('a', [stateOf(1), stateOf(1), stateOf(2)]);
    await watchFor(4.5 * INTERVAL_MS, [source]);
    expect(looks()).toBe(5);
    expect(telemetry.of('desired-state.published').map(({ serial }) => serial)).toEqual([1, 2]);
    expect(ids()).toEqual(['vpc-l-1-2']);
    expect(opened).toBe(1);
  });

  it('goes on with the other sources while one is away, and tries that sooner than the interval', async () => {
    const away = sourceOf('away', ['absent', 'absent', 'absent', stateOf(1, 'l-2')]);
    const well = sourceOf('well', [stateOf(1)]);
    await watchFor(0.5 * INTERVAL_MS, [away.source, well.source]);
    expect(telemetry.of('state-source.failed').map(({ delaySeconds }) => delaySeconds)).toEqual([
      1, 2, 4,
    ]);
    expect(ids().toSorted()).toEqual(['vpc-l-1-1', 'vpc-l-2-1']);
  });

  it('never waits longer than the interval for a source that stays away', async () => {
    const { source } = sourceOf('away', ['absent']);
    await watchFor(10 * INTERVAL_MS, [source]);
    const delays = telemetry.of('state-source.failed').map(({ delaySeconds }) => delaySeconds);
    expect(delays.length).toBeGreaterThan(10);
    expect(Math.max(...delays)).toBe(INTERVAL_MS / 1_000);
  });

  it('keeps what was published when a state is no longer found or can no longer be read', async () => {
    const { source } = sourceOf('a', [stateOf(1), 'absent', '{"version":4,']);
    await watchFor(3.5 * INTERVAL_MS, [source]);
    expect(ids()).toEqual(['vpc-l-1-1']);
    expect(telemetry.of('desired-state.refused')).toMatchObject([
      { source: 'a', reason: 'truncated' },
    ]);
  });

  it('tells a refusal once, and publishes when its cause is gone', async () => {
    const { source } = sourceOf('a', [stateOf(5), stateOf(4), stateOf(4), stateOf(6)]);
    await watchFor(4.5 * INTERVAL_MS, [source]);
    expect(telemetry.of('desired-state.refused')).toMatchObject([{ reason: 'serial_went_back' }]);
    expect(ids()).toEqual(['vpc-l-1-6']);
  });

  it('publishes over a new connection after the broker failed', async () => {
    failWrites = 2;
    const { source } = sourceOf('a', [stateOf(1)]);
    await watchFor(0.5 * INTERVAL_MS, [source]);
    expect(telemetry.of('state-source.failed')).toMatchObject([
      { message: 'Cannot publish: no broker' },
      { message: 'Cannot publish: no broker' },
    ]);
    expect(opened).toBe(3);
    expect(ids()).toEqual(['vpc-l-1-1']);
  });

  it('ends with an error of the program itself', async () => {
    const broken = sourceOf('a', [new TypeError('a defect')]);
    const well = sourceOf('b', [stateOf(1)]);
    await expect(watchFor(10 * INTERVAL_MS, [broken.source, well.source])).rejects.toThrow(
      'a defect',
    );
  });
});
