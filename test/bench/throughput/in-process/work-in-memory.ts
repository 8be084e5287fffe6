import type { InputRecord } from '../../../../src/pipeline/ports.ts';
import type { Intent } from '../work/acts.ts';
import { workRecords, type Format } from '../work/work.ts';
import type { PassRecord } from './passes.ts';

const FROM = Date.UTC(2026, 0, 30);

export interface WorkInMemory extends PassRecord {
  readonly intent: Intent;
}

/** For Avro `JSON.parse` has the OCSF JSON of the same acts. */
export const workInMemory = (
  format: Format,
  events: number,
  resources: number,
): readonly WorkInMemory[] => {
  const options = { events, resources, from: FROM };
  const json =
    format === 'avro' ? Array.from(workRecords('ocsf', options), ({ value }) => value) : undefined;
  return Array.from(workRecords(format, options), ({ intent, value }, offset) => {
    const record: InputRecord = {
      topic: 'audit.events',
      partition: offset % 12,
      offset: String(offset),
      timestamp: FROM + 86_400_000,
      key: null,
      value,
      headers: {},
    };
    return { intent, record, json: json?.[offset] ?? value };
  });
};
