import { describe, expect, it } from 'vitest';
import type { IgnoreRule } from '../../../src/core/model/ignore-rule.ts';
import { watchIgnoreRules } from '../../../src/pipeline/watch-ignore-rules.ts';
import { recordedTelemetry } from '../../support/recorded-telemetry.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 2, 9);

const ruleOf = (id: string, expires?: string): IgnoreRule => ({
  id,
  reason: 'known',
  owner: 'team-web',
  type: '*',
  ...(expires === undefined ? {} : { expires }),
});

/** One look an hour, `looks` times; what the file holds at each look comes from `at`. */
const watchFor = async (
  looks: number,
  at: (look: number) => {
    readonly version: string;
    readonly rules?: readonly IgnoreRule[];
    readonly fault?: string;
  },
) => {
  const telemetry = recordedTelemetry();
  const taken: (readonly IgnoreRule[])[] = [];
  const stop = new AbortController();
  let look = 0;
  await watchIgnoreRules(
    {
      file: '.driftignore',
      rules: at(0).rules ?? [],
      read: () => {
        const { rules = [], fault } = at(look);
        if (fault !== undefined) throw new Error(fault);
        return rules;
      },
      version: async () => {
        const { version } = at(look);
        if (version === '') throw new Error('ENOENT');
        return version;
      },
      onRules: (rules) => taken.push(rules),
      telemetry,
      clock: () => START + look * HOUR,
      sleep: async () => {
        look += 1;
        if (look === looks) stop.abort();
      },
      intervalMs: HOUR,
    },
    stop.signal,
  );
  return { telemetry, taken };
};

describe('the watch of ignore rules', () => {
  it('reads the file again where it has changed, and only then', async () => {
    const [one, two] = [[ruleOf('a')], [ruleOf('b')]];
    const { taken } = await watchFor(6, (look) =>
      look < 3 ? { version: '1', rules: one } : { version: '2', rules: two },
    );
    expect(taken).toEqual([one, two]);
  });

  it('keeps the rules where the changed file has faults, tells it once, and takes it once mended', async () => {
    const before = [ruleOf('a')];
    const mended = [ruleOf('b')];
    const { taken, telemetry } = await watchFor(9, (look) => {
      if (look < 2) return { version: '1', rules: before };
      return look < 5 ? { version: '2', fault: 'line 1' } : { version: '3', rules: mended };
    });
    expect(taken).toEqual([before, mended]);
    expect(telemetry.of('ignore-rules.refused')).toEqual([
      { type: 'ignore-rules.refused', file: '.driftignore', message: 'line 1' },
    ]);
  });

  it('outlives a file that is away for a while', async () => {
    const { taken, telemetry } = await watchFor(6, (look) =>
      look === 2 || look === 3 ? { version: '' } : { version: '1', rules: [ruleOf('a')] },
    );
    expect(taken).toEqual([[ruleOf('a')]]);
    expect(telemetry.of('ignore-rules.refused')).toHaveLength(1);
  });

  it('tells of rules that have ended at the start, and once a day', async () => {
    const rules = [ruleOf('old', '2026-03-01'), ruleOf('today', '2026-03-02'), ruleOf('open')];
    const { telemetry } = await watchFor(30, () => ({ version: '1', rules }));
    expect(telemetry.of('ignore-rules.loaded')).toEqual([
      { type: 'ignore-rules.loaded', file: '.driftignore', rules: 3, ended: 1 },
      { type: 'ignore-rules.loaded', file: '.driftignore', rules: 3, ended: 2 },
    ]);
    expect(telemetry.of('ignore-rule.ended').map(({ id }) => id)).toEqual(['old', 'old', 'today']);
    expect(telemetry.of('ignore-rule.ended')[0]).toEqual({
      type: 'ignore-rule.ended',
      id: 'old',
      owner: 'team-web',
      expires: '2026-03-01',
    });
  });
});
