import { Command } from 'commander';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { registerQuery } from '../../../../src/commands/query.ts';

const program = new Command('driftline');
registerQuery(program, {
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  setExitCode: () => undefined,
  clock: () => 0,
  withSearch: async () => {
    throw new Error('not asked');
  },
});
const commands = program.commands.flatMap((query) => query.commands);

it.each(['candidates', 'events', 'applies', 'question'])(
  'the help of `query %s` says that --env takes no glob, other than `desired list --env`',
  (name) => {
    const command = commands.find((each) => each.name() === name);
    const option = command?.options.find(({ long }) => long === '--env');
    expect(option?.description).toMatch(/whole names by comma, no glob$/);
  },
);

it.each(['candidates', 'events', 'applies', 'question'])(
  '`query %s` refuses a provider that it would find nothing of, such as AWS in capitals',
  (name) => {
    const command = commands.find((each) => each.name() === name);
    const option = command?.options.find(({ long }) => long === '--provider');
    expect(option?.argChoices).toEqual(['aws', 'azure', 'gcp', 'kubernetes', 'terraform']);
  },
);
