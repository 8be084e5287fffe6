import { decodeFailure } from './decoded-record.ts';
import type { RecordFailure } from '../core/model/outcome.ts';

/** How the bytes in front of an Avro value name the schema that wrote it. */
export type AvroFraming =
  | { readonly by: 'id'; readonly id: number; readonly payload: Buffer }
  | { readonly by: 'fingerprint'; readonly fingerprint: string; readonly payload: Buffer };

const WIRE_HEADER = 5;
const SINGLE_OBJECT_HEADER = 10;
const SINGLE_OBJECT_MARKER = Buffer.from([0xc3, 0x01]);

/** Confluent wire format: 0, the schema's id as four bytes big-endian, the value. */
export const wireFormatHeader = (id: number): Buffer => {
  const header = Buffer.alloc(WIRE_HEADER);
  header.writeInt32BE(id, 1);
  return header;
};

/** Avro single-object encoding: C3 01, the schema's fingerprint as eight bytes little-endian, the value. */
export const singleObjectHeader = (fingerprint: Buffer): Buffer =>
  Buffer.concat([SINGLE_OBJECT_MARKER, fingerprint]);

/** Takes the framing off. Fails with `not_avro` where there is none. */
export const readFraming = (value: Buffer): AvroFraming | RecordFailure => {
  if (value[0] === 0) {
    if (value.length < WIRE_HEADER) {
      return decodeFailure('not_avro', 'The value starts as Confluent wire format and ends early.');
    }
    return { by: 'id', id: value.readInt32BE(1), payload: value.subarray(WIRE_HEADER) };
  }
  if (value[0] === SINGLE_OBJECT_MARKER[0] && value[1] === SINGLE_OBJECT_MARKER[1]) {
    if (value.length < SINGLE_OBJECT_HEADER) {
      return decodeFailure('not_avro', 'The value starts as an Avro single object and ends early.');
    }
    const fingerprint = value.toString('hex', SINGLE_OBJECT_MARKER.length, SINGLE_OBJECT_HEADER);
    return { by: 'fingerprint', fingerprint, payload: value.subarray(SINGLE_OBJECT_HEADER) };
  }
  return decodeFailure(
    'not_avro',
    'The value is neither Confluent wire format nor an Avro single object.',
  );
};
