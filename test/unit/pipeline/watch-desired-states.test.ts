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
import type { StateContext } from '../../../src/core/desired/desired-state.ts';
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
  let clock: () => number;

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

  /** A folder that has at each look these files; an error is a listing that fails. */
  const folderOf = (
    looks: readonly (Readonly<Record<string, string>> | 'fails' | 'empty')[],
  ): WatchableStateSource => {
    return {
      name: 'folder',
      async *poll(known) {
        // A second poll within a look, for files that are read together, sees the same.
        const at = Math.round(clock() / INTERVAL_MS);
        const files = looks[Math.min(at, looks.length - 1)] ?? 'empty';
        if (typeof files === 'string') {
          const reason = files === 'fails' ? 'unavailable' : 'no_match';
          yield { ok: false, reason, source: 'folder', message: 'Nothing.' };
          return;
        }
        for (const [source, content] of Object.entries(files)) {
          yield known.get(source) === content
            ? { ok: true, source, unchanged: true }
            : { ok: true, source, version: content, content: Buffer.from(content) };
        }
      },
    };
  };

  /** Runs until `until` is reached on a clock that jumps. */
  const watchFor = async (
    until: number,
    sources: readonly WatchableStateSource[],
    removeAfterMs?: number,
    change: Partial<StateContext> = {},
  ): Promise<void> => {
    const time = fakeTime();
    clock = time.clock;
    const stop = new AbortController();
    void time.sleep(until, new AbortController().signal).then(() => stop.abort());
    await watchDesiredStates(
      {
        sources,
        intervalMs: INTERVAL_MS,
        removeAfterMs,
        readFiles: (files) =>
          readDesiredStates(
            {
              async *files() {
                yield* files;
              },
            },
            { ...context(), ...change },
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

  const three = { a: stateOf(1, 'l-a'), b: stateOf(1, 'l-b'), c: stateOf(1, 'l-c') };
  const { c: _gone, ...two } = three;

  it('removes the resources of a state that is absent long enough, where that is asked for', async () => {
    await watchFor(9.5 * INTERVAL_MS, [folderOf([three, two])], 5 * INTERVAL_MS);
    expect(telemetry.of('desired-state.absent')).toMatchObject([{ source: 'c' }]);
    expect(telemetry.of('desired-state.withdrawn')).toMatchObject([
      { source: 'c', scope: 'prod/l-c', removed: 1 },
    ]);
    expect(ids()).toEqual(['vpc-l-a-1', 'vpc-l-b-1']);
  });

  it.each([
    ['is not asked for', [three, two], undefined],
    ['the listing fails', [three, 'fails'], INTERVAL_MS],
    ['the listing is empty', [three, 'empty'], INTERVAL_MS],
    ['most are absent at once', [three, { a: three.a }], INTERVAL_MS],
    ['it comes back', [three, two, three, two, three], 2 * INTERVAL_MS],
    ['it is refused instead', [three, { ...three, c: '{"version": 4,' }], INTERVAL_MS],
    [
      'another file holds it now',
      [three, { ...two, d: stateOf(2, 'l-c', 'vpc-l-c-1') }],
      INTERVAL_MS,
    ],
  ] as const)('keeps them where %s', async (_why, looks, removeAfterMs) => {
    await watchFor(20.5 * INTERVAL_MS, [folderOf(looks)], removeAfterMs);
    expect(telemetry.of('desired-state.withdrawn')).toEqual([]);
    expect(ids().toSorted()).toEqual(['vpc-l-a-1', 'vpc-l-b-1', 'vpc-l-c-1']);
  });

  it('refuses the same state from a second file, and tells which has it', async () => {
    await watchFor(2.5 * INTERVAL_MS, [folderOf([{ a: three.a, copy: stateOf(2, 'l-a') }])]);
    expect(telemetry.of('desired-state.refused')).toMatchObject([
      { source: 'copy', reason: 'same_state_twice' },
    ]);
    expect(ids()).toEqual(['vpc-l-a-1']);
  });

  const configMap = (name: string, value = 1): string =>
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } });
  const names = () => [...held.values()].map(({ address }) => address).toSorted();

  it('reads manifests of a folder together, again where one of them changes', async () => {
    const before = { a: three.a, m1: configMap('m1'), m2: configMap('m2') };
    const after = { ...before, m2: configMap('m2', 2) };
    await watchFor(5.5 * INTERVAL_MS, [folderOf([before, before, after])], undefined, {
      unit: 'shop',
    });
    expect(names()).toEqual(['aws_vpc.main', 'configmaps/default/m1', 'configmaps/default/m2']);
    expect(
      telemetry.of('desired-state.published').map(({ added, changed }) => [added, changed]),
    ).toEqual([
      [1, 0],
      [2, 0],
      [0, 1],
    ]);
  });

  it('takes the objects of a manifest that was deleted away only when it is taken for deleted', async () => {
    const before = { m1: configMap('m1'), m2: configMap('m2'), m3: configMap('m3') };
    const { m3: _m3, ...after } = before;
    const changed = { ...after, m2: configMap('m2', 2) };
    const folder = () => folderOf([before, after, changed]);
    await watchFor(9.5 * INTERVAL_MS, [folder()], undefined, { unit: 'shop' });
    expect(names()).toHaveLength(3);
    held.clear();
    await watchFor(9.5 * INTERVAL_MS, [folder()], 3 * INTERVAL_MS, { unit: 'shop' });
    expect(names()).toEqual(['configmaps/default/m1', 'configmaps/default/m2']);
  });

  it('tells once that secrets are dropped for want of a hash key', async () => {
    const secret = (serial: number): string =>
      stateText([managed({ instances: [{ attributes: { id: 'x', password: `p${serial}` } }] })], {
        serial,
      });
    const { secretHash: _none, ...keyless } = context();
    const { source } = sourceOf('a', [secret(1), secret(2), secret(3)]);
    await watchFor(4.5 * INTERVAL_MS, [source], undefined, {
      ...keyless,
      secretHash: undefined,
    } as never);
    expect(telemetry.of('desired-state.secrets-dropped')).toEqual([
      { type: 'desired-state.secrets-dropped', source: 'a' },
    ]);
  });

  it('ends with an error of the program itself', async () => {
    const broken = sourceOf('a', [new TypeError('a defect')]);
    const well = sourceOf('b', [stateOf(1)]);
    await expect(watchFor(10 * INTERVAL_MS, [broken.source, well.source])).rejects.toThrow(
      'a defect',
    );
  });
});
