import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hideAborted,
  type FetchedPartition,
} from '../../../../src/adapters/kafka/aborted-records.ts';

type Message = FetchedPartition['messages'][number];

const message = (
  offset: number,
  producerId: string,
  more: Partial<Message> & { readonly plain?: boolean } = {},
): Message => ({
  offset: String(offset),
  key: more.key ?? null,
  isControlRecord: more.isControlRecord ?? false,
  batchContext: { producerId, inTransaction: more.plain !== true },
});

const marker = (offset: number, producerId: string, kind: 'abort' | 'commit'): Message =>
  message(offset, producerId, {
    isControlRecord: true,
    key: Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1]),
  });

const kept = (
  messages: readonly Message[],
  abortedTransactions: FetchedPartition['abortedTransactions'],
): readonly number[] => {
  hideAborted({ messages, abortedTransactions });
  return messages
    .filter(({ isControlRecord }) => !isControlRecord)
    .map(({ offset }) => Number(offset));
};

describe('aborted records', () => {
  it('are left out where two producers abort in the other order than they began', () => {
    const messages = [
      message(58, 'a'),
      message(59, 'b'),
      marker(60, 'b', 'abort'),
      marker(61, 'a', 'abort'),
      message(62, 'a'),
      marker(63, 'a', 'commit'),
    ];
    const inOrderOfTheirEnds = [
      { producerId: 'b', firstOffset: '59' },
      { producerId: 'a', firstOffset: '58' },
    ];
    expect(kept(messages, inOrderOfTheirEnds)).toEqual([62]);
  });

  it('are left out where the fetch begins within two aborted transactions', () => {
    const messages = [
      message(70, 'b'),
      message(71, 'a'),
      marker(72, 'a', 'abort'),
      message(73, 'b'),
    ];
    const aborted = [
      { producerId: 'a', firstOffset: '50' },
      { producerId: 'b', firstOffset: '60' },
    ];
    expect(kept(messages, aborted)).toEqual([]);
  });

  it('are left out after a record whose key looks like the end of a transaction', () => {
    const messages = [
      message(1, 'a', { key: Buffer.alloc(4) }),
      message(2, 'a'),
      marker(3, 'a', 'abort'),
    ];
    expect(kept(messages, [{ producerId: 'a', firstOffset: '1' }])).toEqual([]);
  });

  it('leave those outside of a transaction, and of other producers', () => {
    const messages = [message(1, 'a'), message(2, 'a', { plain: true }), message(3, 'b')];
    expect(kept(messages, [{ producerId: 'a', firstOffset: '1' }])).toEqual([2, 3]);
    expect(kept([message(1, 'a')], null)).toEqual([1]);
  });

  it('are the same whatever order the broker lists the transactions in', () => {
    const step = fc.record({
      producer: fc.constantFrom('a', 'b', 'c'),
      act: fc.constantFrom('write', 'abort', 'commit'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, reversed) => {
        const began = new Map<string, number>();
        const wrote = new Map<string, number[]>();
        const aborted: { producerId: string; firstOffset: string }[] = [];
        const committed: number[] = [];
        const messages = steps.map(({ producer, act }, offset) => {
          if (act === 'write') {
            if (!began.has(producer)) began.set(producer, offset);
            wrote.set(producer, [...(wrote.get(producer) ?? []), offset]);
            return message(offset, producer);
          }
          const first = began.get(producer);
          if (act === 'abort' && first !== undefined)
            aborted.push({ producerId: producer, firstOffset: String(first) });
          if (act === 'commit') committed.push(...(wrote.get(producer) ?? []));
          began.delete(producer);
          wrote.delete(producer);
          return marker(offset, producer, act);
        });
        const open = [...wrote.values()].flat();
        const expected = [...committed, ...open].sort((a, b) => a - b);
        expect(kept(messages, reversed ? aborted.reverse() : aborted)).toEqual(expected);
      }),
    );
  });
});
