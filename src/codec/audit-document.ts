import type { ProcessedEvent } from '../core/model/processed-event.ts';
import { auditFields } from './audit-fields.ts';
import { rawForm, spliceRaw } from './raw-member.ts';
import type { RawForm } from './raw-member.ts';
import { datedIndex, dayOf, documentId, sha256 } from './search-document.ts';
import type { RecordOrigin, SearchDocument, TimeWindow } from './search-document.ts';

export interface AuditDocumentOptions {
  /** Another act has this id: the document is flagged with it. The event given has an id of its own. */
  readonly conflictOf?: string | undefined;
  /** Default `audit-events`: the index is `<alias>-YYYY.MM.DD`, day of the event, UTC. */
  readonly alias?: string | undefined;
  /** Around the time that the record came to Kafka; an act outside of it goes to `<alias>-quarantine`. Default: none. */
  readonly window?: TimeWindow | undefined;
  /** How the record is kept: see `rawForm`, which decides by default. */
  readonly rawAs?: RawForm | undefined;
  /** Gives the bytes that the body is written to. Default: new ones. */
  readonly take?: ((length: number) => Buffer) | undefined;
}

/**
 * The document of an audit event: its indexed fields (`auditFields`), and the record's own bytes under `raw`
 * (`raw_data`, as text, where an object would do harm). Written once; its hash is that of the record.
 */
export const auditDocument = (
  processed: ProcessedEvent,
  origin: RecordOrigin | undefined,
  options: AuditDocumentOptions = {},
): SearchDocument => {
  const { event } = processed;
  const { conflictOf, alias = 'audit-events', rawAs, window, take } = options;
  const { raw } = event;
  const form = rawAs ?? rawForm(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength));
  const hash = sha256(raw);
  const fields = auditFields(processed, origin, hash, conflictOf, form);
  return {
    index: datedIndex(alias, dayOf, event.time, origin, window),
    id: documentId(event.id),
    body: spliceRaw(fields, 'raw', raw, form, take),
    write: 'create',
    hash,
    ...(origin === undefined ? {} : { origin }),
  };
};
