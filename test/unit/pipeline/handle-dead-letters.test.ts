import { describe, expect, it } from 'vitest';
import { deadLetterRecord } from '../../../src/codec/dead-letter.ts';
import {
  handleDeadLetters,
  listDeadLetters,
  type DeadLetterTopic,
} from '../../../src/pipeline/handle-dead-letters.ts';
import type { InputRecord, OutputRecord } from '../../../src/pipeline/ports.ts';

const { signal } = new AbortController();
const DEAD = 'dead';

/** A topic of dead letters in memory, of one partition. */
const memoryTopic = () => {
  const records: InputRecord[] = [];
  let time = 0;
  const append = ({ key, value, headers }: OutputRecord): void => {
    const offset = String(records.length);
    const bytes = typeof key === 'string' ? Buffer.from(key) : key;
    time += 1_000;
    records.push({
      topic: DEAD,
      partition: 0,
      offset,
      timestamp: time,
      key: bytes,
      value,
      headers,
    });
  };
  const sent: OutputRecord[] = [];
  const topic: DeadLetterTopic = {
    name: DEAD,
    origins: ['events'],
    read: async (visit) => {
      for (const record of [...records]) await visit(record);
    },
    begin: async () => ({
      commit: async (outputs) => {
        for (const output of outputs) {
          if (output.topic === DEAD) append(output);
          else sent.push(output);
        }
      },
      close: async () => undefined,
    }),
  };
  const fail = (offset: string, content = `record ${offset}`): void => {
    const record = { topic: 'events', partition: 0, offset, key: null, headers: {} };
    append(
      deadLetterRecord(
        { ...record, value: Buffer.from(content) },
        { stage: 'decode', reason: 'not_json', message: 'No JSON.' },
        DEAD,
      ),
    );
  };
  const states = async () => {
    const all = { limit: 100, withHandled: true };
    const { letters } = await listDeadLetters(topic, () => true, all, signal);
    return letters.map(({ letter, state }) => `${letter.origin.offset} ${state}`);
  };
  const waiting = async () => {
    const few = { limit: 100, withHandled: false };
    const { letters } = await listDeadLetters(topic, () => true, few, signal);
    return letters.map(({ letter }) => letter.id);
  };
  const handle = (handling: 'replayed' | 'discarded') =>
    handleDeadLetters(topic, () => true, { handling, note: '', dryRun: false }, signal);
  return { fail, states, waiting, handle, sent };
};

describe('dead letters of a record that was read again', () => {
  it('wait as one, and are replayed once', async () => {
    const { fail, states, waiting, handle, sent } = memoryTopic();
    for (const offset of ['7', '8', '7', '8', '7']) fail(offset);
    expect(await waiting()).toEqual(['0:3', '0:4']);
    expect(await states()).toEqual([
      '7 repeated',
      '8 repeated',
      '7 repeated',
      '8 waiting',
      '7 waiting',
    ]);
    expect(await handle('replayed')).toEqual({ handled: 2, before: 0, repeated: 3, refused: [] });
    expect(sent.map(({ value }) => String(value))).toEqual(['record 7', 'record 8']);
    expect(await waiting()).toEqual([]);
    expect(await handle('replayed')).toMatchObject({ handled: 0, before: 5 });
  });

  it('do not wait again once the record was replayed', async () => {
    const { fail, waiting, handle } = memoryTopic();
    fail('7');
    await handle('replayed');
    fail('7');
    expect(await waiting()).toEqual([]);
  });

  it('wait again where the record was discarded before it was read again', async () => {
    const { fail, waiting, handle } = memoryTopic();
    fail('7');
    fail('7');
    await handle('discarded');
    expect(await waiting()).toEqual([]);
    fail('7');
    expect(await waiting()).toEqual(['0:3']);
    expect(await handle('replayed')).toMatchObject({ handled: 1 });
  });

  it('are two where the topic was made anew and holds another record there', async () => {
    const { fail, waiting } = memoryTopic();
    fail('7');
    fail('7', 'another');
    expect(await waiting()).toEqual(['0:0', '0:1']);
  });
});
