import { describe, expect, it } from 'vitest';
import { createByteSlabs } from '../../../src/codec/byte-slabs.ts';
import { decodeFailure } from '../../../src/codec/decoded-record.ts';
import { decodeBlock, processBlock } from '../../../src/pipeline/read-block.ts';
import { createTurns } from '../../../src/pipeline/turns.ts';
import type { AuditEvent } from '../../../src/core/model/audit-event.ts';
import { inputBatch } from '../../support/unit-fixtures.ts';
import { makeUnitWorld } from '../../support/unit-world.ts';

const scope = { signal: new AbortController().signal, heartbeat: async () => undefined };
const turn = createTurns(async () => undefined).open();
const space = () => createByteSlabs({ slabBytes: 65_536, maxKept: 4 }).open();
const recordsOf = (values: readonly string[]) => inputBatch(values).records;
const reads = (records: number, bytes = 0): readonly string[] =>
  Array.from({ length: records }, (_, index) => `e${index}:read ${'x'.repeat(bytes)}`);

describe('a block', () => {
  it('has 64 records, and begins where it is told', async () => {
    const { steps } = makeUnitWorld();
    const block = await decodeBlock(steps, recordsOf(reads(100)), 10, scope, turn);
    expect(block.map(({ record }) => Number(record.offset))).toEqual(
      Array.from({ length: 64 }, (_, index) => 10 + index),
    );
  });

  it('ends with the record that fills it: one of a megabyte is a block alone', async () => {
    const { steps } = makeUnitWorld();
    const lengthOf = async (bytes: number): Promise<number> =>
      (await decodeBlock(steps, recordsOf(reads(64, bytes)), 0, scope, turn)).length;
    expect(await lengthOf(1_000_000)).toBe(1);
    expect(await lengthOf(100_000)).toBe(3);
  });

  it('holds one failure of a record, however many there are', async () => {
    const { steps } = makeUnitWorld({
      decode: () => ({
        events: [],
        failures: Array.from({ length: 50_000 }, () => decodeFailure('unknown_format', 'none')),
      }),
    });
    const block = await decodeBlock(steps, recordsOf(reads(64)), 0, scope, turn);
    expect(block).toHaveLength(64);
    for (const each of block) expect(each).toMatchObject({ value: { failures: { length: 1 } } });
  });

  it('ends before a record that waits for its schema', async () => {
    const { steps } = makeUnitWorld();
    const decode = (record: Parameters<typeof steps.decode>[0]) =>
      record.offset === '3' ? Promise.resolve(steps.decode(record)) : steps.decode(record);
    const records = recordsOf(reads(10));
    expect(await decodeBlock({ ...steps, decode }, records, 0, scope, turn)).toHaveLength(3);
    expect(await decodeBlock({ ...steps, decode }, records, 3, scope, turn)).toHaveLength(7);
  });

  it('is processed in pieces where its records have many candidates', async () => {
    const { steps } = makeUnitWorld();
    const retagged = Array.from({ length: 100 }, (_, index) => `e${index}:drift`).join('|');
    const block = await decodeBlock(
      steps,
      recordsOf(Array.from({ length: 10 }, () => retagged)),
      0,
      scope,
      turn,
    );
    expect(processBlock(steps, block, space())).toHaveLength(3);
  });

  it('tells the error of a record, and goes on with the others', async () => {
    const { steps } = makeUnitWorld();
    const fault = new TypeError('x is not a function');
    const faulty = {
      ...steps,
      process: (event: AuditEvent) => {
        if (event.id === 'e1') throw fault;
        return steps.process(event);
      },
    };
    const block = await decodeBlock(faulty, recordsOf(reads(3)), 0, scope, turn);
    const [first, second, third] = processBlock(faulty, block, space());
    expect(second).toMatchObject({ error: fault });
    for (const each of [first, third]) expect(each).toMatchObject({ value: { events: [{}] } });
  });
});
