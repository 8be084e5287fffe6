import { describe, expect, it } from 'vitest';
import { processUnit } from '../../../src/pipeline/process-unit.ts';
import { memoryCommitter } from '../../support/memory-committer.ts';
import { inputBatch, openScope, outputRecord } from '../../support/unit-fixtures.ts';
import { away, eventOf, makeUnitWorld } from '../../support/unit-world.ts';

describe('processUnit, where something fails,', () => {
  it('commits nothing when the writer gives up', async () => {
    const world = makeUnitWorld({
      writer: { write: () => Promise.reject(new Error('OpenSearch took no document for 60 s')) },
    });
    await expect(world.run(['e1:drift'])).rejects.toThrow('OpenSearch took no document');
    expect(world.partition.committed).toBeUndefined();
    expect(world.told.map(({ type }) => type)).toEqual(['unit.started']);
  });

  it('gives the bytes of its documents back only where they were written', async () => {
    let released = 0;
    const slabs = {
      open: () => ({
        take: (length: number) => Buffer.alloc(length),
        taken: () => 0,
        release: () => void (released += 1),
      }),
    };
    const failing = makeUnitWorld({
      slabs,
      writer: { write: () => Promise.reject(new Error('a request may still be on its way')) },
    });
    await expect(failing.run(['e1:read'])).rejects.toThrow('on its way');
    expect(released).toBe(0);
    await makeUnitWorld({ slabs }).run(['e1:read']);
    expect(released).toBe(1);
  });

  it('refuses a writer that leaves a document without a result', async () => {
    const world = makeUnitWorld({ writer: { write: async () => [] } });
    await expect(world.run(['e1:read'])).rejects.toThrow('0 results for 1 documents');
    expect(world.partition.committed).toBeUndefined();
  });

  it.each(['decode', 'process', 'auditDocument', 'candidateRecord', 'candidateDocument'] as const)(
    'dead-letters a record on which the program itself fails: %s',
    async (step) => {
      const { steps } = makeUnitWorld();
      let calls = 0;
      const world = makeUnitWorld({
        [step]: (...given: readonly unknown[]) => {
          calls += 1;
          if (calls === 2) throw new TypeError('x of "a secret of the record" is not a function');
          return (steps[step] as (...all: readonly unknown[]) => unknown)(...given);
        },
        deadLetter: (record, { stage, reason, message }) =>
          outputRecord('dead-letters', `${record.offset} ${stage} ${reason} ${message}`),
      });
      await world.run(['e1:drift', 'e2:drift', 'e3:drift']);
      expect(world.outputs().slice(0, 2)).toEqual([
        'drift.candidates c-e1',
        'drift.candidates c-e3',
      ]);
      expect(world.outputs()[2]).toMatch(
        /^dead-letters 1 process program_error .*TypeError in pipeline\/process-unit-failures.test.ts:\d+:\d+\./,
      );
      expect(world.outputs()[2]).not.toContain('secret');
      expect([...world.stored.keys()]).toEqual(['e1', 'e3', 'c-e1', 'c-e3']);
      expect(world.partition.committed).toBe(3n);
    },
  );

  it('goes on where the program fails on many records, but on no three one after the other', async () => {
    const { steps } = makeUnitWorld();
    const world = makeUnitWorld({
      decode: (record) => {
        if (Number(record.offset) % 3 === 0) throw new TypeError('x is not a function');
        return steps.decode(record);
      },
      process: (event) => {
        if (Number(event.id.slice(1)) % 3 === 1) throw new TypeError('y is not a function');
        return steps.process(event);
      },
    });
    await world.run(Array.from({ length: 300 }, (_, index) => `e${index}:drift`));
    expect(world.outputs().filter((each) => each.endsWith('program_error'))).toHaveLength(200);
    expect(world.outputs().filter((each) => each.includes(' c-'))).toHaveLength(100);
    expect(world.partition.committed).toBe(300n);
  });

  it.each(['process', 'auditDocument', 'candidateDocument'] as const)(
    'makes no dead letter where the surroundings fail: %s',
    async (step) => {
      const world = makeUnitWorld({
        [step]: () => {
          throw away();
        },
      });
      await expect(world.run(['e1:drift', 'e2:drift'])).rejects.toMatchObject({ retriable: true });
      expect(world.partition.committed).toBeUndefined();
      expect(world.outputs()).toEqual([]);
    },
  );

  it('makes dead letters of what cannot be read and of what is passed over in the order of the records', async () => {
    const world = makeUnitWorld();
    await processUnit(
      world.steps,
      { ...inputBatch(['e0:read', 'bad', 'e2:read', 'bad']), skip: new Set(['2']) },
      openScope(),
      memoryCommitter(world.partition),
    );
    expect(world.outputs()).toEqual([
      'dead-letters 1 not_json',
      'dead-letters 2 skipped',
      'dead-letters 3 not_json',
    ]);
  });

  it('ends where the program fails on record after record, tells how to pass over one, and quotes none', async () => {
    let failing = true;
    const { steps } = makeUnitWorld();
    const world = makeUnitWorld({
      process: (event) => {
        if (failing) throw new TypeError('x of "a secret of the record" is not a function');
        return steps.process(event);
      },
    });
    await world.run(['e1:read', 'e2:read'], 5);
    expect(world.partition.committed).toBe(7n);
    const end: unknown = await world.run(['e3:read'], 7).catch((error: unknown) => error);
    expect(String(end)).not.toContain('secret');
    expect(String(end)).toMatch(
      /audit\.events\/0 at offset 7\. .*TypeError in pipeline\/process-unit-failures\.test\.ts:\d+:\d+\. .*driftline consumption skip --partition 0 --offset 7$/,
    );
    expect(world.partition.committed).toBe(7n);
    failing = false;
    await world.run(['e3:read'], 7);
    failing = true;
    await world.run(['e4:read', 'e5:read'], 8);
    expect(world.partition.committed).toBe(10n);
  });

  it('waits for a registry that is away, without a dead letter', async () => {
    let asked = 0;
    const world = makeUnitWorld({
      decode: async ({ value }) => {
        asked += 1;
        if (asked < 4) throw away();
        return { events: [eventOf(String(value))], failures: [] };
      },
    });
    await world.run(['e1:read']);
    expect(asked).toBe(4);
    expect(world.outputs()).toEqual([]);
    expect(world.partition.committed).toBe(1n);
  });

  it('lets a typed failure of the surroundings through as it is, once its patience has ended', async () => {
    const down = away();
    const world = makeUnitWorld({ decode: () => Promise.reject(down) });
    await expect(world.run(['e1:read'])).rejects.toBe(down);
    expect(world.partition.committed).toBeUndefined();
  });

  it('waits no longer for a registry when the scope is aborted', async () => {
    const scope = openScope();
    const world = makeUnitWorld({ decode: () => new Promise(() => undefined) });
    const unit = processUnit(
      world.steps,
      inputBatch(['e1:read']),
      scope,
      memoryCommitter(world.partition),
    );
    scope.abort(new Error('the partition went away'));
    await expect(unit).rejects.toThrow('the partition went away');
  });

  it('ends without a commit when the scope is aborted while documents are written', async () => {
    const scope = openScope();
    const world = makeUnitWorld({
      writer: {
        write: async (documents) => {
          scope.abort(new Error('the partition went away'));
          return documents.map(() => ({ status: 'written' }) as const);
        },
      },
    });
    const committer = memoryCommitter(world.partition);
    await expect(
      processUnit(world.steps, inputBatch(['e1:read']), scope, committer),
    ).rejects.toThrow('the partition went away');
    expect(world.partition.committed).toBeUndefined();
  });
});
