import type { StoredDocument } from './stored-documents.ts';

/** What the judge needs of an audit event's document. */
export interface DocumentFact {
  readonly id: string;
  readonly index: string;
  /** The event's id by the record's own bytes. */
  readonly eventId: string;
  /** The event's id by the fields that were made of it. */
  readonly uid: string;
  /** SHA-256 of the record, as the document has it. */
  readonly hash: string;
  /** `partition/offset` in the input topic; undefined for another topic. */
  readonly place: string | undefined;
  /** Flagged as other content under a used id. */
  readonly isConflict: boolean;
  /** The security group that the act opened, by the record's own bytes. */
  readonly opened: string | undefined;
}

const fieldOf = (source: unknown, ...path: readonly string[]): unknown => {
  let at = source;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at;
};

/** What the act itself says: the record's bytes as they were kept, not the fields that were made of them. */
const rawOf = ({ _source }: StoredDocument): unknown => {
  const text = _source['raw_data'];
  if (typeof text !== 'string') return _source['raw'];
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

export const documentFact = (document: StoredDocument, auditTopic: string): DocumentFact => {
  const { _id, _index, _source } = document;
  const raw = rawOf(document);
  const { driftline } = _source;
  const uid = String(fieldOf(_source, 'metadata', 'uid'));
  const ownId = fieldOf(raw, 'eventID');
  const opens = fieldOf(raw, 'eventName') === 'AuthorizeSecurityGroupIngress';
  return {
    id: _id,
    index: _index,
    eventId: typeof ownId === 'string' ? ownId : uid,
    uid,
    hash: String(fieldOf(_source, 'raw_data_hash', 'value')),
    place:
      fieldOf(driftline, 'topic') === auditTopic
        ? `${String(fieldOf(driftline, 'partition'))}/${String(fieldOf(driftline, 'offset'))}`
        : undefined,
    isConflict: fieldOf(driftline, 'id_conflict') !== undefined,
    opened: opens ? String(fieldOf(raw, 'requestParameters', 'groupId')) : undefined,
  };
};
