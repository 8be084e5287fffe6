import { wireFormatId, type DesiredPayloads } from '../../codec/desired-resource-payload.ts';
import { createRecordCursor, type PackedRecords } from '../../codec/record-batch.ts';
import type { RegisteredSchema } from '../../codec/schema-registry.ts';

/** Looks a writer's schema up by its id in the wire format. Rejects where the registry cannot be asked. */
export type SchemaById = (id: number) => Promise<RegisteredSchema | undefined>;

/** Teaches `payloads` all schemas that records need, so that locating them waits for nothing. Rejects as `schemaById` does. */
export const createSchemaLearner = (
  payloads: Pick<DesiredPayloads, 'knows' | 'learn'>,
  schemaById: SchemaById,
): ((records: PackedRecords) => Promise<void>) => {
  const cursor = createRecordCursor();
  return async (records) => {
    const wanted = new Set<number>();
    cursor.reset(records);
    while (cursor.next()) {
      if (cursor.valueEnd < 0) continue;
      const id = wireFormatId(cursor.bytes, cursor.valueStart, cursor.valueEnd);
      if (id !== undefined && !payloads.knows(id)) wanted.add(id);
    }
    for (const id of wanted) {
      const registered = await schemaById(id);
      // One that is not there now may be registered later.
      if (registered !== undefined) payloads.learn(id, registered);
    }
  };
};
