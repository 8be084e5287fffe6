import { payloadLayout, type PayloadFields } from '../../codec/desired-resource-layout.ts';
import { partsFinder, type PayloadParts } from '../../codec/desired-resource-parts.ts';

/** What the payloads of the store are, as plain data. */
export interface PayloadForm {
  /** Of the schema that payloads are in, hex. */
  readonly fingerprint: string;
  readonly fields: PayloadFields;
}

/** Finds the parts of payloads that the store has kept. Throws where one is damaged. */
export const storedParts = ({
  fields,
}: PayloadForm): ((payload: Buffer, parts: PayloadParts) => void) => {
  const find = partsFinder(payloadLayout(fields));
  return (payload, parts) => {
    const problem = find(payload, 0, payload.length, parts);
    if (problem !== undefined) throw new Error(`a kept resource is damaged (${problem})`);
  };
};
