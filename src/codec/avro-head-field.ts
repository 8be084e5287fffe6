import type { Type } from 'avsc';
import type { JsonValue } from '../core/model/json.ts';
import { avroToJson, jsonOf, memberKey } from './avro-json.ts';
import type { AvroToJson, JsonStep } from './avro-json.ts';
import { avroTypeReader } from './avro-schema.ts';
import type { SharedBytes } from './shared-bytes.ts';

/** A member made of bytes: its value, and its text with the key, as JsonOutput has it. */
export interface MadeMember {
  readonly value: JsonValue;
  readonly json: Buffer;
}

/**
 * Writes a field as a member, `,"<name>":<value>`, and gives the value back; null is not written. The bytes from
 * `state.at` to `end` are the field's. May throw `Imprecise` or `Unreadable`.
 */
export type HeadStep = (state: AvroToJson, end: number) => JsonValue;

const NOTHING = Buffer.alloc(0);

/** What avsc refuses to read of bytes that have passed the check. */
export class Unreadable extends Error {}

const directly =
  (key: Buffer, step: JsonStep): HeadStep =>
  (state) => {
    const { output } = state;
    const before = output.at;
    output.copy(key, 0, key.length);
    const value = step(state);
    if (value === null) output.at = before;
    return value;
  };

/** The same member for every event: the default of a field that the writer lacks. */
export const constantStep = (name: string, value: JsonValue): HeadStep => {
  const json = Buffer.concat([memberKey(name), Buffer.from(jsonOf(value) ?? '')]);
  const { length } = value === null ? NOTHING : json;
  return ({ output }) => {
    output.copy(json, 0, length);
    return value;
  };
};

/** By avsc, for any schemas that resolve. */
export const headStepByAvsc = (name: string, writer: Type, reader: Type): HeadStep => {
  const read = avroTypeReader(writer, reader);
  const key = memberKey(name);
  return (state, end) => {
    const result = read(state.bytes.subarray(state.at, end));
    if ('problem' in result) throw new Unreadable(result.problem);
    const value = result.value as JsonValue;
    if (value !== null) {
      state.output.copy(key, 0, key.length);
      state.output.json(jsonOf(value) ?? '');
    }
    return value;
  };
};

/** The same value for the same bytes. */
export const sharedStep = (step: HeadStep, members: SharedBytes<MadeMember>): HeadStep => {
  const maker = members.newMaker();
  return (state, end) => {
    const { bytes, output, at: start } = state;
    const known = members.find(maker, bytes, start, end);
    if (known !== undefined) {
      output.copy(known.json, 0, known.json.length);
      return known.value;
    }
    const before = output.at;
    const { text } = state;
    state.text = '';
    const value = step(state, end);
    state.text = text;
    members.keep(maker, bytes, start, end, { value, json: output.slice(before) });
    return value;
  };
};

/** In one pass over the bytes where the schemas allow it, by avsc elsewhere. */
export const headStep = (name: string, writer: Type, reader: Type): HeadStep => {
  const step = avroToJson(writer, reader);
  return step === undefined
    ? headStepByAvsc(name, writer, reader)
    : directly(memberKey(name), step);
};
