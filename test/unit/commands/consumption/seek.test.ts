import { Writable } from 'node:stream';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { NO_CONTROL } from '../../../../src/codec/partition-control.ts';
import { registerConsumption } from '../../../../src/commands/consumption.ts';
import type { Consumption, PartitionStatus } from '../../../../src/pipeline/ports.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');

const at = (partition: number, committed: bigint | undefined, high: bigint): PartitionStatus => ({
  partition,
  low: 0n,
  high,
  committed,
  control: NO_CONTROL,
});

const run = async (
  partitions: readonly PartitionStatus[],
  args: readonly string[],
  times: ReadonlyMap<number, bigint> = new Map(),
) => {
  const written = { stdout: '', stderr: '' };
  const to = (name: keyof typeof written): Writable =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        written[name] += chunk.toString();
        done();
      },
    });
  const ordered: bigint[] = [];
  const consumption: Consumption = {
    topic: 'events',
    deadLetters: 'dead',
    status: async () => partitions,
    members: async () => 1,
    offsetsAt: async () => times,
    order: async (partition, plan) => {
      const status = partitions.find((each) => each.partition === partition);
      if (status === undefined) return { refused: 'no such partition' };
      const planned = plan(status);
      if ('refused' in planned) return planned;
      ordered.push(planned.offset);
      return undefined;
    },
  };
  let code: number | undefined;
  const program = new Command();
  registerConsumption(program, {
    stdout: to('stdout'),
    stderr: to('stderr'),
    setExitCode: (given) => (code = given),
    clock: () => NOW,
    withConsumption: (work) => work(consumption),
  });
  await program.parseAsync(['consumption', 'seek', ...args], { from: 'user' });
  return { ...written, code, ordered };
};

describe('driftline consumption seek', () => {
  it('tells for each partition where it goes, what is passed over and what is read again', async () => {
    const { stdout, stderr, code } = await run(
      [at(0, 5n, 27n), at(1, 9n, 9n), at(2, undefined, 1n)],
      ['--to-end'],
    );
    expect(stdout).toBe(
      [
        'partition 0: moved from 5 to 27: 22 records passed over, declared in dead',
        'partition 1: stays at 9',
        'partition 2: moved from 0 to 1: 1 record passed over, declared in dead',
        '',
      ].join('\n'),
    );
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  it('says what a second reading means', async () => {
    const { stdout } = await run([at(0, 27n, 27n)], ['--to-start']);
    expect(stdout).toContain('partition 0: moved from 27 to 0: 27 records to be read again\n');
    expect(stdout).toContain('the same documents (by id)');
    expect(stdout).toContain('written to the dead letters once more');
  });

  it('warns of a time after the last record, by which all that waits is passed over', async () => {
    const { stderr } = await run(
      [at(0, 5n, 27n), at(1, 5n, 27n)],
      ['--to-time', '1h'],
      new Map([
        [0, 27n],
        [1, 20n],
      ]),
    );
    expect(stderr).toBe(
      'driftline: warning: partition 0: no record is as young as 2026-11-21T11:00:00.000Z: everything that waits is passed over; back: driftline consumption seek --partition 0 --to-offset 5\n',
    );
  });

  it('warns of a time in the future, also where nothing waits', async () => {
    const future = ['--to-time', '2027-01-01'];
    const waiting = await run([at(0, 5n, 27n)], future, new Map([[0, 27n]]));
    expect(waiting.stderr).toContain('which lies in the future: everything that waits');
    const idle = await run([at(0, 27n, 27n)], future, new Map([[0, 27n]]));
    expect(idle.stderr).toContain('which lies in the future: the end of each partition is taken');
  });

  it('orders nothing in a dry run, and tells the same', async () => {
    const { stdout, ordered } = await run([at(0, 5n, 27n)], ['--to-end', '--dry-run']);
    expect(stdout).toBe(
      'partition 0: would move from 5 to 27: 22 records passed over, declared in dead\n',
    );
    expect(ordered).toEqual([]);
    const refused = await run([at(0, 5n, 27n)], ['--to-start', '--partition', '7', '--dry-run']);
    expect(refused).toMatchObject({
      code: 1,
      stderr: 'driftline: partition 7: events has no partition 7\n',
    });
  });
});
