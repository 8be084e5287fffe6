/** A schema as a registry holds it. */
export interface RegisteredSchema {
  readonly schema: string;
  /** AVRO, JSON or PROTOBUF. */
  readonly schemaType: string;
  /** The schema refers to others that the registry holds apart; these are not read. */
  readonly hasReferences: boolean;
}

/** Where writers keep their schemas. Rejects where it cannot answer (the surroundings), with a code and `retriable`. */
export interface SchemaRegistry {
  /** Undefined: the registry says that there is no schema with this id. */
  schemaById(id: number): Promise<RegisteredSchema | undefined>;
  /** The id that the schema has under the subject; undefined where it is not registered there. */
  find(subject: string, schema: string): Promise<number | undefined>;
  /** Registers a schema, or finds it registered. @returns its id */
  register(subject: string, schema: string): Promise<number>;
}
