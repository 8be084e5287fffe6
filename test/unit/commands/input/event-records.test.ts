import { expect, it } from 'vitest';
import { readEventRecords } from '../../../../src/commands/input/event-records.ts';

const toldOf = async (error: Error): Promise<readonly string[]> => {
  const told: string[] = [];
  const file = {
    name: 'events.json',
    bytes: 1,

    async *read() {
      throw error;
    },
  };
  const records = readEventRecords([file], {
    decode: () => ({ events: [], failures: [] }),
    signal: new AbortController().signal,
    onUnreadable: (_file, message) => told.push(message),
  });
  for await (const _record of records);
  return told;
};

it.each([
  [
    'EACCES',
    "EACCES: permission denied, open 'events.json'",
    'It cannot be read (EACCES): this user lacks the right to.',
  ],
  ['EIO', 'EIO: i/o error, read', 'It cannot be read (EIO).'],
  [
    'Z_BUF_ERROR',
    'unexpected end of file',
    'The gzip data is damaged or cut off (unexpected end of file).',
  ],
])(
  'tells a file of events that fails with %s as a missing one is told',
  async (code, raw, told) => {
    expect(await toldOf(Object.assign(new Error(raw), { code }))).toEqual([told]);
  },
);

it('passes on what is no fault of the file', async () => {
  await expect(toldOf(new TypeError('x'))).rejects.toThrow('x');
});
