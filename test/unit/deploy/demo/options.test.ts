import { describe, expect, it } from 'vitest';
import { demoOptions } from '../../../../deploy/demo/options.ts';

const now = Date.parse('2026-03-11T09:00:00Z');

describe('the options of the demo', () => {
  it("keep clear of a developer's stack, and tell of yesterday", () => {
    const { action, day, httpPort, keep, stack } = demoOptions([], now);
    expect({ action, httpPort, keep, date: day.date }).toEqual({
      action: 'run',
      httpPort: 29_464,
      keep: false,
      date: '2026-03-10',
    });
    expect([stack.kafkaPort, stack.controllerPort, stack.opensearchPort]).toEqual([
      29_092, 29_093, 29_200,
    ]);
    expect(stack.dataDir).toMatch(/\/\.stack\/demo$/);
  });

  it('can be told otherwise', () => {
    const given = ['--kafka-port', '1', '--http-port', '2', '--data-dir', '/tmp/x', '--keep'];
    const { stack, httpPort, keep, day } = demoOptions([...given, '--day', '2026-01-31'], now);
    expect([stack.kafkaPort, httpPort, stack.dataDir, keep, day.date]).toEqual([
      1,
      2,
      '/tmp/x',
      true,
      '2026-01-31',
    ]);
  });

  it.each([
    [['--day', '2026-02-30'], /--day must be a date/],
    [['--http-port', 'x'], /--http-port must be a whole number/],
    [['--http-port', '29092'], /is the port of another service/],
    [['--keep', '--stop'], /Only one of/],
    [['--what'], /--what/],
  ])('refuse %j with a reason', (argv, message) => {
    expect(() => demoOptions(argv, now)).toThrow(message);
  });
});
