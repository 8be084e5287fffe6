import { Command, CommanderError } from 'commander';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { registerDeadLetters } from '../../../../src/commands/dead-letters.ts';

/** Runs `driftline dead-letters` on a topic that holds nothing: whether it was read, and what was refused. */
const ask = async (...args: readonly string[]) => {
  let hasRead = false;
  let refusal = '';
  const program = new Command('driftline')
    .exitOverride()
    .configureOutput({ writeErr: (text) => (refusal += text) });
  registerDeadLetters(program, {
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    setExitCode: () => undefined,
    clock: () => Date.UTC(2026, 10, 21, 20),
    signal: new AbortController().signal,
    withDeadLetters: async (work) =>
      work({
        name: 'dead-letters',
        origins: [],
        read: async () => void (hasRead = true),
        begin: () => Promise.reject(new Error('nothing is to be written')),
      }),
  });
  try {
    await program.parseAsync(['dead-letters', ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return { hasRead, refusal };
};

it.each([
  [['list', '--since', '24h', '--until', '48h']],
  [['list', '--since', '2026-11-21', '--until', '2026-11-21']],
  [['replay', '--since', '1h', '--until', '2h', '--dry-run']],
  [['discard', '--since', 'now', '--until', 'now']],
])('refuses %j, in which no time lies, before it reads the topic', async (args) => {
  expect(await ask(...args)).toEqual({
    hasRead: false,
    refusal: expect.stringMatching(
      /^error: no time lies between --since \(.+\) and --until \(.+\): --since must be the earlier one\n$/,
    ) as string,
  });
});

it.each([
  [['list', '--since', '48h', '--until', '24h']],
  [['list', '--until', '2026-11-21']],
  [['replay', '--since', '2h', '--dry-run']],
])('takes %j', async (args) => {
  expect(await ask(...args)).toEqual({ hasRead: true, refusal: '' });
});
