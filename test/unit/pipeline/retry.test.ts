import { describe, expect, it } from 'vitest';
import { withPatience } from '../../../src/pipeline/retry.ts';
import { fakePatience } from '../../support/fake-patience.ts';

const away = (): Error => Object.assign(new Error('away'), { retriable: true });
const never = new AbortController().signal;

describe('withPatience', () => {
  it('waits longer after each failure, up to the longest delay, a random part of it', async () => {
    const { patience, delays } = fakePatience();
    let tries = 0;
    const work = (): Promise<string> =>
      (tries += 1) < 6 ? Promise.reject(away()) : Promise.resolve('there');
    await expect(withPatience(Promise.reject(away()), work, never, patience)).resolves.toBe(
      'there',
    );
    expect(delays).toEqual([50, 100, 200, 400, 500, 500]);
  });

  it('gives up with the last error once its limit is reached', async () => {
    const { patience, delays } = fakePatience({ limitMs: 10_000 });
    let tries = 0;
    let last: Error | undefined;
    const work = (): Promise<never> => {
      tries += 1;
      last = away();
      return Promise.reject(last);
    };
    const given = withPatience(Promise.reject(away()), work, never, patience);
    await expect(given.catch((error: unknown) => error === last)).resolves.toBe(true);
    const waited = delays.reduce((sum, each) => sum + each, 0);
    expect(waited).toBeGreaterThan(9_000);
    expect(waited).toBeLessThanOrEqual(10_000);
    expect(tries).toBe(delays.length);
  });

  it.each([
    ['any other error', new Error('a defect')],
    ['a failure that a retry does not mend', Object.assign(new Error(), { retriable: false })],
  ])('throws %s at once', async (_name, error) => {
    const { patience, delays } = fakePatience();
    const work = (): never => {
      throw new Error('tried again');
    };
    await expect(withPatience(Promise.reject(error), work, never, patience)).rejects.toBe(error);
    expect(delays).toEqual([]);
  });

  it('ends with the reason of the signal while it waits, and while the work does not end', async () => {
    const stop = new AbortController();
    const { patience } = fakePatience({
      sleep: async () => stop.abort(new Error('stop')),
    });
    await expect(
      withPatience(Promise.reject(away()), () => 'late', stop.signal, patience),
    ).rejects.toThrow('stop');
    await expect(
      withPatience(new Promise(() => undefined), () => 'late', stop.signal, patience),
    ).rejects.toThrow('stop');
    await expect(
      withPatience(Promise.reject(away()), () => 'late', stop.signal, patience),
    ).rejects.toThrow('stop');
  });
});
