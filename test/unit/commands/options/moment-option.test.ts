import { Writable } from 'node:stream';
import { Command, InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { registerConsumption } from '../../../../src/commands/consumption.ts';
import { registerDeadLetters } from '../../../../src/commands/dead-letters.ts';
import { momentOf } from '../../../../src/commands/options/moment-option.ts';

const NOW = Date.UTC(2026, 10, 21, 20);
const HOUR_MS = 3_600_000;
const clock = (): number => NOW;
const moment = momentOf(clock);

describe('an option that is a time', () => {
  it.each([
    ['now', NOW],
    ['24h', NOW - 24 * HOUR_MS],
    ['2026-11-21', Date.UTC(2026, 10, 21)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2026-11-21T08:00:00Z', Date.UTC(2026, 10, 21, 8)],
    ['2026-11-21t08:00z', Date.UTC(2026, 10, 21, 8)],
    ['2026-11-21 01:00:00.5+02:00', Date.UTC(2026, 10, 20, 23, 0, 0, 500)],
  ])('reads %s', (text, time) => {
    expect(moment(text)).toBe(time);
  });

  it.each([
    ['', 'nothing'],
    ['5', 'a bare number'],
    ['11-20', 'a day without its year'],
    ['2026-11-21T08:00:00', 'a time without its zone'],
    ['2026-02-30', 'a day that does not exist'],
    ['2026-02-29T08:00:00Z', 'a day that does not exist in this year'],
    ['2026-13-01', 'a month that does not exist'],
    ['2026-11-21T25:00:00Z', 'an hour that does not exist'],
  ])('refuses "%s": %s', (text) => {
    expect(() => moment(text)).toThrow(InvalidArgumentError);
  });
});

const silent = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/** Runs a command that reaches nothing; whether it was refused for its options. */
const isRefused = async (...args: readonly string[]): Promise<boolean> => {
  const REACHED = new Error('reached its work');
  const reach = async (): Promise<never> => {
    throw REACHED;
  };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  const base = { stdout: silent(), stderr: silent(), setExitCode: () => undefined, clock };
  registerDeadLetters(program, {
    ...base,
    signal: new AbortController().signal,
    withDeadLetters: reach,
  });
  registerConsumption(program, { ...base, withConsumption: reach });
  try {
    await program.parseAsync(['node', 'driftline', ...args]);
  } catch (error) {
    if (error === REACHED) return false;
    if (error instanceof Error && 'code' in error && error.code === 'commander.invalidArgument')
      return true;
    throw error;
  }
  throw new Error('It neither reached its work nor was refused');
};

describe('commands that take a time', () => {
  it.each([
    [['dead-letters', 'list', '--since']],
    [['dead-letters', 'list', '--until']],
    [['dead-letters', 'replay', '--since']],
    [['dead-letters', 'discard', '--until']],
    [['consumption', 'seek', '--to-time']],
  ])('%j takes "24h" and refuses "11-20"', async (args) => {
    expect(await isRefused(...args, '24h')).toBe(false);
    expect(await isRefused(...args, '11-20')).toBe(true);
  });
});
