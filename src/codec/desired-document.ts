import type { DesiredResource } from '../core/model/desired-resource.ts';
import { rawForm, spliceRaw } from './raw-member.ts';
import { documentId, indexedText, indexedTexts } from './search-document.ts';
import type { RecordOrigin, SearchDocument } from './search-document.ts';

export interface DesiredDocumentOptions {
  /** Default `desired-state`. */
  readonly index?: string | undefined;
  /** When it is written, in milliseconds since the epoch. */
  readonly indexedTime: number;
}

const MAX_IDENTITIES = 200;

/** What takes a document away, unless one of a later record is there: the record has the offset. */
export const desiredRemoval = (id: string, offset: string, index: string): SearchDocument => ({
  index,
  id,
  body: Buffer.alloc(0),
  write: { remove: offset },
});

/**
 * The document of a desired resource, id the resource's key. Attributes are kept and shown, not searched.
 * @param origin where its record lies: the offset is the version, so that an older record never replaces a newer one
 */
export const desiredDocument = (
  resource: DesiredResource,
  origin: RecordOrigin,
  { index = 'desired-state', indexedTime }: DesiredDocumentOptions,
): SearchDocument => {
  const fields = JSON.stringify({
    key: indexedText(resource.key),
    scope: indexedText(resource.scope),
    address: indexedText(resource.address),
    type: indexedText(resource.type),
    provider: indexedText(resource.provider),
    provider_source: indexedText(resource.provider_source),
    module: indexedText(resource.module),
    account: indexedText(resource.account),
    region: indexedText(resource.region),
    identities: indexedTexts(resource.identities, MAX_IDENTITIES),
    environment: indexedText(resource.environment),
    repository: indexedText(resource.repository),
    owner: indexedText(resource.owner),
    commit: indexedText(resource.commit),
    source: indexedText(resource.source),
    lineage: indexedText(resource.lineage),
    serial: resource.serial,
    tainted: resource.tainted,
    published_time: resource.published_time,
    indexed_time: indexedTime,
    topic: origin.topic,
    partition: origin.partition,
    offset: origin.offset,
  });
  const attributes = Buffer.from(JSON.stringify(resource.attributes));
  return {
    index,
    id: documentId(resource.key),
    body: spliceRaw(fields.slice(0, -1), 'attributes', attributes, rawForm(attributes)),
    write: { replace: origin.offset },
  };
};
