export type SchemaRegistryCode =
  | 'schema_registry_unreachable'
  | 'schema_registry_unavailable'
  | 'schema_registry_refused'
  | 'schema_registry_certificate'
  | 'schema_registry_incompatible'
  | 'schema_registry_answer';

/** The schema registry did not do what it was asked. `message` names the request and what to do, never credentials. */
export class SchemaRegistryError extends Error {
  override readonly name = 'SchemaRegistryError';
  readonly code: SchemaRegistryCode;
  readonly retriable: boolean;

  constructor(code: SchemaRegistryCode, retriable: boolean, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.retriable = retriable;
  }
}
