import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LineWriter, OutputClosedError } from '../../../../src/commands/output/line-writer.ts';

const brokenPipe = (): Writable =>
  new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => {
      setImmediate(() => {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      });
    },
  });

describe('LineWriter', () => {
  it('writes all lines to a slow reader', async () => {
    const stream = new PassThrough({ highWaterMark: 16 });
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const writer = new LineWriter(stream);
    for (let line = 0; line < 20_000; line++) await writer.line(`line ${String(line)}`);
    await writer.flush();
    expect(text.split('\n')).toHaveLength(20_001);
  });

  it('tells a closed pipe by its own error while it waits for the reader', async () => {
    const writer = new LineWriter(brokenPipe());
    await writer.line('a');
    await expect(writer.flush()).rejects.toThrow(OutputClosedError);
  });

  it('tells a closed pipe by its own error on the next line too', async () => {
    const writer = new LineWriter(brokenPipe());
    await writer.line('a');
    await expect(writer.flush()).rejects.toThrow(OutputClosedError);
    await expect(writer.flush()).rejects.toThrow(OutputClosedError);
  });

  it('shows a line soon, though no further one comes', async () => {
    const stream = new PassThrough();
    await new LineWriter(stream).line('found');
    expect(String((await once(stream, 'data'))[0])).toBe('found\n');
  });
});
