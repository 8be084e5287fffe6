import { describe, expect, it } from 'vitest';
import { createHealth } from '../../../src/pipeline/health.ts';
import { runService, type ServiceParts } from '../../../src/pipeline/lifecycle.ts';
import type { TelemetryEvent } from '../../../src/telemetry/telemetry-event.ts';

const makeWorld = (overrides: Partial<ServiceParts> = {}) => {
  const steps: string[] = [];
  const told: TelemetryEvent[] = [];
  const stop = new AbortController();
  const fatal = new AbortController();
  const health = createHealth({ now: () => 0, graceMs: 15_000 });
  const step = (name: string) => async () => void steps.push(name);
  const parts: ServiceParts = {
    openHttp: step('http'),
    check: step('check'),
    loadDesiredState: step('load'),
    join: step('join'),
    leave: async (graceMs) => void steps.push(`leave ${graceMs}`),
    close: step('close'),
    ...overrides,
  };
  const done = runService({
    parts,
    health,
    telemetry: { emit: (event) => void told.push(event) },
    graceMs: 500,
    stop: stop.signal,
    fatal: fatal.signal,
    started: { version: '1', group: 'g', topics: ['t'] },
  });
  done.catch(() => undefined);
  return { steps, told, stop, fatal, health, done };
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('runService', () => {
  it('loads the desired state before it joins, and is ready only then', async () => {
    let load: () => void = () => undefined;
    const loading = new Promise<void>((resolve) => (load = resolve));
    const world = makeWorld({ loadDesiredState: () => loading });
    await settled();
    expect(world.health.ready()).toEqual({ ok: false, reasons: ['loading-desired-state'] });
    expect(world.health.live().ok).toBe(true);
    expect(world.steps).toEqual(['http', 'check']);
    load();
    await settled();
    expect(world.steps).toEqual(['http', 'check', 'join']);
    expect(world.health.ready().ok).toBe(true);
    world.stop.abort('SIGTERM');
    await world.done;
  });

  it('drains with its grace when asked to stop, then closes', async () => {
    const world = makeWorld();
    await settled();
    world.stop.abort('SIGTERM');
    await world.done;
    expect(world.steps).toEqual(['http', 'check', 'load', 'join', 'leave 500', 'close']);
    expect(world.told.at(-1)).toEqual({ type: 'service.stopped', reason: 'SIGTERM' });
  });

  it('throws what it cannot go on from, without a grace, and is no longer live', async () => {
    const world = makeWorld();
    await settled();
    world.fatal.abort(new Error('the consumer ended'));
    await expect(world.done).rejects.toThrow('the consumer ended');
    expect(world.steps.slice(-2)).toEqual(['leave 0', 'close']);
    expect(world.health.live()).toEqual({ ok: false, reasons: ['failed: the consumer ended'] });
  });

  it('closes what was opened when the start fails, and leaves no group that it has not joined', async () => {
    const world = makeWorld({ check: () => Promise.reject(new Error('a topic is missing')) });
    await expect(world.done).rejects.toThrow('a topic is missing');
    expect(world.health.live()).toEqual({ ok: false, reasons: ['failed: a topic is missing'] });
    expect(world.steps).toEqual(['http', 'close']);
  });

  it('stops while the desired state is still loading', async () => {
    const world = makeWorld({
      loadDesiredState: (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error('aborted'))),
        ),
    });
    await settled();
    world.stop.abort('SIGINT');
    await world.done;
    expect(world.steps).toEqual(['http', 'check', 'close']);
  });

  it('tells a failure of closing', async () => {
    const world = makeWorld({ close: () => Promise.reject(new Error('the socket is stuck')) });
    await settled();
    world.stop.abort('SIGTERM');
    await expect(world.done).rejects.toThrow('the socket is stuck');
  });
});
