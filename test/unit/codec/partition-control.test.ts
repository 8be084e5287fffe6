import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  controlAfter,
  controlText,
  NO_CONTROL,
  readControl,
} from '../../../src/codec/partition-control.ts';

const controls = fc.record({
  paused: fc.option(fc.record({ since: fc.string(), note: fc.string({ maxLength: 200 }) }), {
    nil: undefined,
  }),
  skip: fc.array(fc.bigInt(0n, 2n ** 63n - 1n).map(String), { maxLength: 100 }),
});

describe('readControl', () => {
  it('reads what controlText wrote, within what brokers take', () => {
    fc.assert(
      fc.property(controls, (control) => {
        const text = controlText(control);
        expect(readControl(text)).toEqual({
          ...control,
          ...(control.paused === undefined
            ? {}
            : { paused: { ...control.paused, note: control.paused.note.toWellFormed() } }),
        });
      }),
    );
    const most = {
      paused: { since: '', note: 'é'.repeat(300) },
      skip: Array(100).fill('9'.repeat(19)),
    };
    expect(Buffer.byteLength(controlText(most) ?? '')).toBeLessThan(4_096);
  });

  it.each([
    null,
    undefined,
    '',
    'hello',
    '{}',
    '[]',
    'null',
    '{"driftline":3}',
    '{"driftline":{"skip":[-1,{}]}}',
  ])('orders nothing for metadata of others: %s', (metadata) =>
    expect(readControl(metadata)).toEqual(NO_CONTROL),
  );

  it('survives any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readControl(text)));
  });
});

describe('controlAfter', () => {
  it('drops the orders for records that are done, and those alone', () => {
    const control = { paused: undefined, skip: ['3', '9', '10'] };
    expect(controlAfter(control, 10n).skip).toEqual(['10']);
    expect(controlAfter(NO_CONTROL, 10n)).toEqual(NO_CONTROL);
  });
});
