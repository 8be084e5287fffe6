import { isJsonObject } from '../core/model/json.ts';

/** What an operator has ordered for one partition of a group. It stands beside the committed offset, as its metadata. */
export interface PartitionControl {
  /** Undefined: the partition is consumed. */
  readonly paused: { readonly since: string; readonly note: string } | undefined;
  /** Offsets, in decimal text and ascending, of records that are not to be processed. */
  readonly skip: readonly string[];
}

export const NO_CONTROL: PartitionControl = { paused: undefined, skip: [] };

/** Brokers take 4,096 bytes by default (offset.metadata.max.bytes). */
export const MAX_SKIPS = 100;
const MAX_NOTE = 200;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Other tools write what they like beside an offset.
    return undefined;
  }
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const isOffset = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{1,19}$/.test(value);

/** Metadata that Driftline did not write orders nothing. */
export const readControl = (metadata: string | null | undefined): PartitionControl => {
  if (metadata === null || metadata === undefined || metadata === '') return NO_CONTROL;
  const whole = parse(metadata);
  const control = isJsonObject(whole) ? whole['driftline'] : undefined;
  if (!isJsonObject(control)) return NO_CONTROL;
  const { paused, skip } = control;
  return {
    paused: isJsonObject(paused)
      ? { since: textOf(paused['since']), note: textOf(paused['note']) }
      : undefined,
    skip: Array.isArray(skip) ? skip.filter(isOffset).slice(0, MAX_SKIPS) : [],
  };
};

/** Null where nothing is ordered. */
export const controlText = ({ paused, skip }: PartitionControl): string | null =>
  paused === undefined && skip.length === 0
    ? null
    : JSON.stringify({
        driftline: {
          ...(paused === undefined
            ? {}
            : { paused: { ...paused, note: paused.note.slice(0, MAX_NOTE).toWellFormed() } }),
          ...(skip.length === 0 ? {} : { skip }),
        },
      });

/** What is still ordered once all below `offset` is done. */
export const controlAfter = (control: PartitionControl, offset: bigint): PartitionControl =>
  control.skip.length === 0
    ? control
    : { ...control, skip: control.skip.filter((skipped) => BigInt(skipped) >= offset) };
