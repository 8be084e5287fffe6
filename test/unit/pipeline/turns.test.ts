import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../src/pipeline/turns.ts';

const { signal } = new AbortController();
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('go from one to the next in the order in which they ask', async () => {
    const turns = createTurns(async () => undefined);
    const [first, second, third] = [turns.open(), turns.open(), turns.open()];
    const begun: string[] = [];
    await first.begin(signal);
    void second.begin(signal).then(() => begun.push('second'));
    void third.begin(signal).then(() => begun.push('third'));
    await settled();
    expect(begun).toEqual([]);
    first.end();
    await settled();
    expect(begun).toEqual(['second']);
    second.end();
    await settled();
    expect(begun).toEqual(['second', 'third']);
  });

  it('are kept until they are given back, and given back once', async () => {
    const turns = createTurns(async () => undefined);
    const [one, other, late] = [turns.open(), turns.open(), turns.open()];
    await one.begin(signal);
    await one.begin(signal);
    one.end();
    await other.begin(signal);
    one.end();
    let begun = false;
    void late.begin(signal).then(() => (begun = true));
    await settled();
    expect(begun).toBe(false);
    other.end();
    await settled();
    expect(begun).toBe(true);
  });

  it('pass over one that has stopped waiting', async () => {
    const turns = createTurns(async () => undefined);
    const [one, stopped, next] = [turns.open(), turns.open(), turns.open()];
    await one.begin(signal);
    const stop = new AbortController();
    const waiting = stopped.begin(stop.signal);
    const after = next.begin(signal);
    stop.abort(new Error('lost'));
    await expect(waiting).rejects.toThrow('lost');
    stopped.end();
    one.end();
    await after;
  });

  it('let what waits for the thread go first', async () => {
    const order: string[] = [];
    const turns = createTurns(async () => void order.push('pause'));
    await turns.open().begin(signal);
    order.push('turn');
    expect(order).toEqual(['pause', 'turn']);
  });
});
