import type { SchemaRegistry } from '../codec/schema-registry.ts';
import type { Finding } from './ports/finding.ts';

export interface SchemasInspection {
  readonly registry: Pick<SchemaRegistry, 'find'>;
  /** The text of the newest schema that each subject must have. */
  readonly subjects: ReadonlyMap<string, string>;
  /** The command that registers schemas. */
  readonly setup: string;
}

/** Whether the registry has the schemas that the service writes with. Rejects as the registry does. */
export const inspectSchemas = async ({
  registry,
  subjects,
  setup,
}: SchemasInspection): Promise<readonly Finding[]> => {
  const found: Finding[] = [];
  for (const [name, schema] of subjects) {
    const subject = `schema ${name}`;
    const id = await registry.find(name, schema);
    found.push(
      id === undefined
        ? { state: 'fault', subject, what: 'the newest version is not registered', mend: setup }
        : { state: 'ok', subject, what: `id ${id}` },
    );
  }
  return found;
};
