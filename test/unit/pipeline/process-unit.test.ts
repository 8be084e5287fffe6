import { describe, expect, it } from 'vitest';
import { createByteSlabs, type ByteSlabs } from '../../../src/codec/byte-slabs.ts';
import type { UnitSteps } from '../../../src/pipeline/unit-steps.ts';
import { makeUnitWorld } from '../../support/unit-world.ts';

/** Slabs, and how many of their bytes are held and were at most. */
const watchedSlabs = (
  slabBytes: number,
): {
  readonly slabs: ByteSlabs;
  readonly bytes: { readonly held: number; readonly most: number };
} => {
  const inner = createByteSlabs({ slabBytes, maxKept: 100 });
  const bytes = { held: 0, most: 0 };
  const slabs: ByteSlabs = {
    open: () => {
      const { take, taken, release } = inner.open();
      return {
        take: (length) => {
          bytes.held += length;
          bytes.most = Math.max(bytes.most, bytes.held);
          return take(length);
        },
        taken,
        release: () => {
          bytes.held -= taken();
          release();
        },
      };
    },
  };
  return { slabs, bytes };
};

/** Runs units whose writer takes what it is given in a later turn of the event loop, as a wire does. */
const slowWorld = (
  overrides: Partial<UnitSteps>,
): Pick<ReturnType<typeof makeUnitWorld>, 'stored' | 'writes' | 'run'> => {
  const { stored, writes, steps } = makeUnitWorld();
  const { run } = makeUnitWorld({
    ...overrides,
    writer: {
      write: async (documents, scope) => {
        await new Promise((resolve) => setImmediate(resolve));
        return steps.writer.write(documents, scope);
      },
    },
  });
  return { stored, writes, run };
};

describe('processUnit', () => {
  it('indexes every event and commits candidates in record order with the offset', async () => {
    const world = makeUnitWorld();
    await world.run(['e1:read', 'e2:drift', 'e3:drift']);
    expect([...world.stored.keys()]).toEqual(['e1', 'e2', 'e3', 'c-e2', 'c-e3']);
    expect(world.outputs()).toEqual(['drift.candidates c-e2', 'drift.candidates c-e3']);
    expect(world.partition.committed).toBe(3n);
  });

  it('dead-letters a record that cannot be decoded and goes on', async () => {
    const world = makeUnitWorld();
    await world.run(['e1:drift', 'bad', 'e3:drift']);
    expect(world.outputs()).toEqual([
      'drift.candidates c-e1',
      'drift.candidates c-e3',
      'dead-letters 1 not_json',
    ]);
    expect(world.partition.committed).toBe(3n);
  });

  it('dead-letters a record whose document is rejected, and leaves its candidate to the replay, which tells it once', async () => {
    const world = makeUnitWorld();
    await world.run(['e1:drift reject', 'e2:read']);
    expect(world.outputs()).toEqual(['dead-letters 0 document_rejected']);
    expect([...world.stored.keys()]).toEqual(['e2']);
    world.accepts.add('reject');
    await world.replay('e1:drift reject', 2);
    expect(world.outputs()).toEqual(['dead-letters 0 document_rejected', 'drift.candidates c-e1']);
    expect([...world.stored.keys()]).toEqual(['e2', 'e1', 'c-e1']);
  });

  it('writes the document of a candidate that was refused when its record is replayed, and tells the candidate once', async () => {
    const world = makeUnitWorld({
      candidateDocument: ({ candidate_id }) => ({
        index: 'drift-candidates-2026.01',
        id: candidate_id,
        body: Buffer.from('reject'),
        write: { supersede: '1' },
      }),
    });
    await world.run(['e1:drift', 'e2:read']);
    expect(world.outputs()).toEqual(['drift.candidates c-e1', 'dead-letters 0 document_rejected']);
    expect([...world.stored.keys()]).toEqual(['e1', 'e2']);
    world.accepts.add('reject');
    await world.replay('e1:drift', 2);
    expect([...world.stored.keys()]).toEqual(['e1', 'e2', 'c-e1']);
    expect(world.outputs()).toEqual(['drift.candidates c-e1', 'dead-letters 0 document_rejected']);
    expect(world.partition.committed).toBe(3n);
  });

  it('gives one dead letter to a record with several failures', async () => {
    const world = makeUnitWorld();
    await world.run(['e1:reject|e2:reject']);
    expect(world.outputs()).toEqual(['dead-letters 0 document_rejected']);
  });

  it('keeps one document and one candidate of an event that comes twice in a unit', async () => {
    const world = makeUnitWorld();
    await world.run(['e1:drift', 'e2:read', 'e1:drift']);
    expect([...world.stored.keys()]).toEqual(['e1', 'e2', 'c-e1']);
    expect(world.outputs()).toEqual(['drift.candidates c-e1']);
  });

  it('tells a candidate again when a unit is replayed, under the same id', async () => {
    const world = makeUnitWorld();
    await world.run(['e1:drift']);
    world.partition.committed = 0n;
    await world.run(['e1:drift']);
    expect(world.outputs()).toEqual(['drift.candidates c-e1', 'drift.candidates c-e1']);
    expect([...world.stored.keys()]).toEqual(['e1', 'c-e1']);
  });

  it('tells the candidate of a record that was delivered twice once, from the unit that came first', async () => {
    const world = makeUnitWorld();
    await world.run(['e1:drift', 'e2:drift']);
    await world.run(['e1:drift', 'e3:drift'], 2);
    expect(world.outputs()).toEqual(['c-e1', 'c-e2', 'c-e3'].map((id) => `drift.candidates ${id}`));
    expect(world.partition.committed).toBe(4n);
  });

  it('keeps a record as text where OpenSearch refuses it as JSON', async () => {
    const world = makeUnitWorld();
    await world.run(['e1:drift harmful reject', 'e2:read']);
    expect(world.outputs()).toEqual(['drift.candidates c-e1']);
    expect(String(world.stored.get('e1')?.body)).toBe('drift as text');
  });

  it('keeps another act under the same id apart, flagged, with a candidate of its own', async () => {
    const world = makeUnitWorld();
    await world.run(['e1:read']);
    await world.run(['e1:drift'], 1);
    const own = [...world.stored.keys()].filter((id) => /^e1~[0-9a-f]{16}$/.test(id));
    expect(own).toHaveLength(1);
    expect(String(world.stored.get(own[0] ?? '')?.body)).toBe('drift conflicts with e1');
    expect(String(world.stored.get('e1')?.body)).toBe('read');
    expect(world.outputs()).toEqual([`drift.candidates c-${own[0]}`]);
  });

  it('reads the right event of a record of several anew, where its id is taken or its JSON refused', async () => {
    const world = makeUnitWorld();
    await world.run(['e2:read']);
    await world.run(['e1:read|e2:drift|e3:drift harmful reject'], 1);
    const [own = ''] = [...world.stored.keys()].filter((id) => id.startsWith('e2~'));
    expect(String(world.stored.get(own)?.body)).toBe('drift conflicts with e2');
    expect(String(world.stored.get('e3')?.body)).toBe('drift as text');
    expect(world.outputs()).toEqual([`drift.candidates c-${own}`, 'drift.candidates c-e3']);
  });

  it('decodes a record of many events once, though OpenSearch refuses all of them', async () => {
    let decoded = 0;
    const { steps } = makeUnitWorld();
    const world = makeUnitWorld({
      decode: (record) => {
        decoded += 1;
        return steps.decode(record);
      },
    });
    const events = Array.from({ length: 100 }, (_, index) => `e${index}:read harmful reject`);
    await world.run([events.join('|'), 'single:read harmful reject']);
    expect([...world.stored.keys()]).toHaveLength(101);
    expect(decoded).toBe(3);
  });

  it('tells two acts under one id apart within a unit', async () => {
    const world = makeUnitWorld();
    await world.run(['e1:drift one', 'e1:drift two']);
    expect([...world.stored.keys()].filter((id) => id.startsWith('e1'))).toHaveLength(2);
    expect(world.outputs()).toHaveLength(2);
  });

  it('writes a large unit in parts of bounded size, in order', async () => {
    const world = makeUnitWorld();
    const values = Array.from(
      { length: 2_500 },
      (_, index) => `e${index}:${index % 1_000 === 0 ? 'drift' : 'read'}`,
    );
    await world.run(values);
    const audit = world.writes.map((ids) => ids.filter((id) => id.startsWith('e')));
    expect(Math.max(...audit.map((ids) => ids.length))).toBeLessThanOrEqual(1_000);
    expect(audit.flat()).toHaveLength(2_500);
    expect(world.outputs()).toEqual(
      ['c-e0', 'c-e1000', 'c-e2000'].map((id) => `drift.candidates ${id}`),
    );
  });

  it('writes each document as it was made, though parts use the bytes of those before', async () => {
    const { slabs, bytes } = watchedSlabs(512);
    const world = slowWorld({ slabs });
    // Seven events a record: a part is no round number of them.
    const values = Array.from({ length: 800 }, (_, record) =>
      Array.from({ length: 7 }, (_, each) => 7 * record + each)
        .map((index) => `e${index}:read ${index}`)
        .join('|'),
    );
    await world.run(values);
    expect(world.stored.size).toBe(5_600);
    for (let index = 0; index < 5_600; index += 1) {
      expect(String(world.stored.get(`e${index}`)?.body)).toBe(`read ${index}`);
    }
    expect(bytes.held).toBe(0);
  });

  it('writes each document as it was made, though candidates fill a part amid a block', async () => {
    const { slabs, bytes } = watchedSlabs(512);
    const world = slowWorld({
      slabs,
      candidateDocument: ({ candidate_id }) => ({
        index: 'drift-candidates-2026.01',
        id: candidate_id,
        body: Buffer.alloc(1_500_000),
        write: { supersede: '1' },
      }),
    });
    await world.run(Array.from({ length: 200 }, (_, index) => `e${index}:drift ${index}`));
    const [first = []] = world.writes;
    expect(first.length).toBeLessThan(64);
    for (let index = 0; index < 200; index += 1) {
      expect(String(world.stored.get(`e${index}`)?.body)).toBe(`drift ${index}`);
    }
    expect(bytes.held).toBe(0);
  });

  it('holds no more of copies, which are left out, than of a part', async () => {
    const mebibyte = 1024 * 1024;
    const { slabs, bytes } = watchedSlabs(mebibyte);
    const world = makeUnitWorld({ slabs });
    await world.run(Array.from({ length: 3_000 }, () => `e1:read ${'x'.repeat(10_000)}`));
    expect([...world.stored.keys()]).toEqual(['e1']);
    expect(bytes.most).toBeLessThan(10 * mebibyte);
    expect(bytes.held).toBe(0);
  });

  it('holds no more candidates than a part has bytes for, however few they are', async () => {
    const mebibyte = 1024 * 1024;
    const world = makeUnitWorld({
      candidateDocument: ({ candidate_id }) => ({
        index: 'drift-candidates-2026.01',
        id: candidate_id,
        body: Buffer.alloc(mebibyte),
        write: { supersede: '1' },
      }),
    });
    await world.run(Array.from({ length: 20 }, (_, index) => `e${index}:drift`));
    const candidates = world.writes.map((ids) => ids.filter((id) => id.startsWith('c-')));
    expect(candidates.flat()).toHaveLength(20);
    expect(Math.max(...candidates.map((ids) => ids.length))).toBeLessThanOrEqual(8);
  });

  it('counts outcomes once the unit is committed', async () => {
    const world = makeUnitWorld();
    await world.run(['e1:read', 'e2:read', 'e3:drift', 'bad']);
    expect(world.told.map(({ type }) => type).slice(0, 2)).toEqual([
      'unit.started',
      'unit.indexed',
    ]);
    expect(world.told.slice(2)).toEqual([
      {
        type: 'events.processed',
        counts: [
          { provider: 'aws', outcome: 'read', count: 2, unmapped: 0 },
          { provider: 'aws', outcome: 'candidate', count: 1, unmapped: 0 },
        ],
      },
      { type: 'candidate.found', kind: 'changed', severity: 'high', actTime: 7 },
      { type: 'record.dead-lettered', reason: 'not_json' },
    ]);
  });
});
