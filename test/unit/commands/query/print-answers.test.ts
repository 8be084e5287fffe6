import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { printDocuments, printGroups } from '../../../../src/commands/query/print-answers.ts';

const environment = () => {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  return {
    stdout,
    stderr,
    setExitCode: () => undefined,
    clock: () => 0,
    withSearch: async () => {
      throw new Error('not asked');
    },
  };
};

it('does not tell to raise --limit where no more groups can be shown', async () => {
  const terminal = environment();
  const rows = Array.from({ length: 1_000 }, (_, n) => ({ name: `${n}` }));
  const found = { rows, others: 7, uncertain: ['who'] };
  terminal.stdout.resume();
  await printGroups(terminal, ['name'], found, 'table');
  expect(String(terminal.stderr.read()).split('\n')).toEqual([
    'driftline: 7 more documents are in groups beyond these; at most 1000 are shown',
    'driftline: too many values to be sure of the most frequent ones: who; ask for less time',
    '',
  ]);
});

it('writes no control character of C1 into ndjson, which reads the same', async () => {
  const terminal = environment();
  const source = { name: 'a\u009b2J\u202e\u0085\u001b' };
  const documents = [{ index: 'i', id: '1', source, matched: [] }];
  await printDocuments(terminal, { documents, more: false }, [], 'ndjson');
  const text = String(terminal.stdout.read());
  expect(text).toBe('{"_index":"i","_id":"1","name":"a\\u009b2J\\u202e\\u0085\\u001b"}\n');
  expect(JSON.parse(text)).toMatchObject(source);
});
