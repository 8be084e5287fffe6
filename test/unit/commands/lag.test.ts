import { Writable } from 'node:stream';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { registerLag } from '../../../src/commands/lag.ts';
import type { PartitionLag } from '../../../src/pipeline/ports/partition-lag.ts';

const PARTITIONS: readonly PartitionLag[] = [
  { partition: 0, committed: 7n, end: 7n, records: 0n, seconds: 0, paused: false },
  { partition: 1, committed: undefined, end: 4n, records: 4n, seconds: 61.26, paused: true },
];

const lagBy =
  (members: number) =>
  async (...args: readonly string[]) => {
    let stdout = '';
    let code: number | undefined;
    const program = new Command();
    registerLag(program, {
      stdout: new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          stdout += chunk.toString();
          done();
        },
      }),
      setExitCode: (given) => (code = given),
      lag: async () => ({ members, partitions: PARTITIONS }),
    });
    await program.parseAsync(['node', 'driftline', 'lag', ...args]);
    return { stdout, code };
  };

const run = lagBy(2);

it('says that nobody consumes where the group has no member', async () => {
  expect((await lagBy(0)()).stdout).toMatch(/ no member\n1 .* paused\n/);
});

it('prints a line a partition and the whole', async () => {
  expect(await run()).toEqual({
    code: 0,
    stdout: [
      'PARTITION  COMMITTED  END  RECORDS  SECONDS  STATE',
      '0          7          7    0        0.0      consumed',
      '1          -          4    4        61.3     paused',
      '',
      '4 records, 61.3 s behind',
      '',
    ].join('\n'),
  });
});

it('gives JSON with counts as text', async () => {
  const { stdout } = await run('--format', 'json');
  expect(JSON.parse(stdout)).toMatchObject({
    records: '4',
    seconds: 61.26,
    members: 2,
    partitions: [{ committed: '7' }, { committed: null, records: '4', paused: true }],
  });
});

it.each([
  [['--max-records', '4'], 0],
  [['--max-records', '3'], 1],
  [['--max-seconds', '61'], 1],
  [['--max-seconds', '62', '--max-records', '10'], 0],
])('ends %j with %i', async (args, code) => {
  expect((await run(...args)).code).toBe(code);
});
