import { describe, expect, it } from 'vitest';
import { desiredRemoval } from '../../../src/codec/desired-document.ts';
import { documentId, mayBeHashedId } from '../../../src/codec/search-document.ts';
import { sweepDesiredIndex } from '../../../src/pipeline/sweep-desired-index.ts';
import { recordedTelemetry } from '../../support/recorded-telemetry.ts';

const LONG = 'k'.repeat(600);
const LATE = 'l'.repeat(600);

/** Counts how many of its keys were walked. */
class CountedMap extends Map<string, true> {
  walked = 0;
  override *keys(): MapIterator<string> {
    for (const key of super.keys()) {
      this.walked += 1;
      yield key;
    }
  }
}

const sweep = async (
  held: Map<string, true>,
  pages: readonly (readonly string[])[],
  catchUp: () => void = () => undefined,
) => {
  const removed: string[] = [];
  const telemetry = recordedTelemetry();
  await sweepDesiredIndex(
    {
      topic: { held, catchUp: async () => catchUp() },
      indexed: (async function* () {
        for (const page of pages) yield page.map((id) => ({ id, offset: '2' }));
      })(),
      idOf: documentId,
      mayBeHash: mayBeHashedId,
      removal: ({ id, offset }) => desiredRemoval(id, offset, 'desired-state'),
      writer: {
        write: async (documents) =>
          documents.map(({ id, write }) => {
            removed.push(`${id} ${JSON.stringify(write)}`);
            return { status: 'written' };
          }),
      },
      telemetry,
    },
    new AbortController().signal,
  );
  return { removed, swept: telemetry.of('desired-index.swept') };
};

describe('sweeping the index of desired resources', () => {
  it('takes away what the topic does not hold, as it is when it has caught up', async () => {
    const held = new Map<string, true>([['a', true]]);
    const pages = [['a', 'gone', 'late']];
    const { removed, swept } = await sweep(held, pages, () => held.set('late', true));
    expect(removed).toEqual(['gone {"remove":"2"}']);
    expect(swept).toMatchObject([{ documents: 3, removed: 1 }]);
  });

  it('keeps the document of a long key, and takes that of one that is gone', async () => {
    const held = new Map<string, true>([[LONG, true]]);
    const gone = documentId('g'.repeat(600));
    const pages = [[documentId(LONG), gone], [documentId(LATE)]];
    const { removed, swept } = await sweep(held, pages, () => held.set(LATE, true));
    expect(removed).toEqual([`${gone} {"remove":"2"}`]);
    expect(swept).toMatchObject([{ documents: 3, removed: 1 }]);
  });

  it('does not walk all keys for each page', async () => {
    const keys = Array.from({ length: 100 }, (_, i) => `k-${i}`);
    const held = new CountedMap(keys.map((key) => [key, true]));
    await sweep(
      held,
      keys.map((key) => [key]),
    );
    expect(held.walked).toBe(0);
    const gone = documentId(LONG);
    await sweep(held, [...keys.map((key) => [key]), [gone], [gone]]);
    expect(held.walked).toBe(100);
  });
});
