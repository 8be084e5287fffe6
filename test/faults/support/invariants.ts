import { createHash } from 'node:crypto';
import type { CommittedRecord } from '../../support/kafka-reader.ts';
import type { Evidence } from './evidence.ts';
import type { StoredDocument } from './stored-documents.ts';
import { toldCandidate, type ToldCandidate } from './told-candidate.ts';

/** How far the records must have come: all of them, or those that the group has committed. */
export type Extent = 'end' | 'committed';

export interface Findings {
  /** Empty where the invariants I1 to I4 and I6 hold. */
  readonly violations: readonly string[];
  readonly duplicates: number;
  readonly candidateDuplicates: number;
}

const shown = 5;

const listed = (what: string, items: readonly string[]): readonly string[] =>
  items.length === 0
    ? []
    : [
        `${what}: ${items.length} (${items.slice(0, shown).join(', ')}${items.length > shown ? ', …' : ''})`,
      ];

const fieldOf = (source: unknown, ...path: readonly string[]): unknown => {
  let at = source;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at;
};

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What the act itself says: the record's bytes as they were kept, not the fields that were made of them. */
const rawOf = ({ _source }: StoredDocument): unknown => {
  const text = _source['raw_data'];
  return typeof text === 'string' ? (JSON.parse(text) as unknown) : _source['raw'];
};

const eventIdOf = (document: StoredDocument): string =>
  String(fieldOf(rawOf(document), 'eventID') ?? fieldOf(document._source, 'metadata', 'uid'));

const hashOf = ({ _source }: StoredDocument): string =>
  String(fieldOf(_source, 'raw_data_hash', 'value'));

const originOf = (topic: string, { _source }: StoredDocument): string | undefined => {
  const { driftline } = _source;
  return fieldOf(driftline, 'topic') === topic
    ? `${String(fieldOf(driftline, 'partition'))}/${String(fieldOf(driftline, 'offset'))}`
    : undefined;
};

const deadOrigin = ({ headers }: CommittedRecord): string =>
  `${headers['__connect.errors.partition']}/${headers['__connect.errors.offset']}`;

const repeated = (items: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return items.filter((item) => seen.size === seen.add(item).size);
};

/** I1: each record is a document, a dead letter, a second copy of one, or a declared drop; and nothing comes from nowhere. */
const lostAndFound = (evidence: Evidence, extent: Extent): readonly string[] => {
  const { auditTopic, input, documents, deadLetters, ranges, committed } = evidence;
  const covered = new Set([
    ...documents.flatMap((document) => originOf(auditTopic, document) ?? []),
    ...deadLetters.map(deadOrigin),
  ]);
  const hashes = new Set(documents.map(hashOf));
  const lost: string[] = [];
  for (const { partition, offset, value } of input) {
    const due = extent === 'end' || BigInt(offset) < (committed.get(partition) ?? 0n);
    const place = `${partition}/${offset}`;
    if (due && !covered.has(place) && !(value !== null && hashes.has(sha256(value)))) {
      lost.push(place);
    }
  }
  const held = new Set(input.map(({ partition, offset }) => `${partition}/${offset}`));
  const nowhere = [...covered].filter((place) => {
    const [partition, offset] = place.split('/');
    const low = ranges.get(Number(partition))?.low ?? 0n;
    return !held.has(place) && !(BigInt(offset ?? 0) < low);
  });
  return [...listed('I1 lost records', lost), ...listed('I1 from no record', nowhere)];
};

/** I1: what the log no longer holds and nobody has read is declared, to the record. */
const undeclared = ({
  auditTopic,
  documents,
  deadLetters,
  ranges,
  declaredDrops,
}: Evidence): readonly string[] => {
  const places = new Set([
    ...documents.flatMap((document) => originOf(auditTopic, document) ?? []),
    ...deadLetters.map(deadOrigin),
  ]);
  let gone = 0n;
  for (const [partition, { low }] of ranges) {
    for (let offset = 0n; offset < low; offset += 1n) {
      if (!places.has(`${partition}/${offset}`)) gone += 1n;
    }
  }
  return gone === declaredDrops
    ? []
    : [`I1 ${gone} records are gone, ${declaredDrops} are declared`];
};

/** The bytes of a record with one event are the document's, to the hash. */
const altered = ({ auditTopic, input, documents }: Evidence): readonly string[] => {
  const values = new Map(
    input.map(({ partition, offset, value }) => [`${partition}/${offset}`, value]),
  );
  const wrong = documents.filter((document) => {
    const value = values.get(originOf(auditTopic, document) ?? '');
    if (value === undefined || value === null || value[0] !== 0x7b) return false;
    return !value.includes('"Records"') && sha256(value) !== hashOf(document);
  });
  return listed(
    'I1 documents of other bytes than their record',
    wrong.map(({ _id }) => _id),
  );
};

/** I2: one document an event; a second one only for other content, and flagged. */
const duplicateEvents = (documents: readonly StoredDocument[]): readonly string[] => {
  const unflagged = documents.filter(
    ({ _source }) => fieldOf(_source, 'driftline', 'id_conflict') === undefined,
  );
  return [
    ...new Set([
      ...repeated(documents.map((document) => `${eventIdOf(document)} ${hashOf(document)}`)),
      ...repeated(unflagged.map(eventIdOf)),
    ]),
  ];
};

const isOwnedChange = (document: StoredDocument, owns: (groupId: string) => boolean): boolean => {
  const raw = rawOf(document);
  return (
    fieldOf(raw, 'eventName') === 'AuthorizeSecurityGroupIngress' &&
    owns(String(fieldOf(raw, 'requestParameters', 'groupId')))
  );
};

/** I3: each candidate once, for exactly the acts that the documents show. */
const candidateFaults = (
  { documents, candidateDocuments }: Evidence,
  candidates: readonly ToldCandidate[],
  owns: (groupId: string) => boolean,
  extent: Extent,
): readonly string[] => {
  const ids = new Set(candidates.map(({ candidateId }) => candidateId));
  const indexed = new Map(
    candidateDocuments.map(({ _source }) => [
      String(_source['candidate_id']),
      String(_source['event_id']),
    ]),
  );
  const events = new Set(
    documents.map(({ _source }) => String(fieldOf(_source, 'metadata', 'uid'))),
  );
  const expected = documents
    .filter((document) => isOwnedChange(document, owns))
    .map(({ _source }) => String(fieldOf(_source, 'metadata', 'uid')));
  const told = new Set(candidates.map(({ eventId }) => eventId));
  return [
    ...listed(
      'I3 candidates that are not indexed',
      [...ids].filter((id) => !indexed.has(id)),
    ),
    ...listed(
      'I3 candidates without their event',
      [...[...indexed.values()], ...told].filter((event) => !events.has(event)),
    ),
    ...(extent === 'end'
      ? [
          ...listed(
            'I3 acts without a candidate',
            expected.filter((event) => !told.has(event)),
          ),
          ...listed(
            'I3 indexed candidates that were never told',
            [...indexed.keys()].filter((id) => !ids.has(id)),
          ),
          ...(candidateDocuments.length === indexed.size
            ? []
            : ['I3 a candidate has two documents']),
          ...(new Set(expected).size === ids.size
            ? []
            : [`I3 ${ids.size} candidates for ${new Set(expected).size} acts`]),
        ]
      : []),
  ];
};

/** I4: what is committed lies within the log, and at the end there is no lag. */
const offsetFaults = ({ ranges, committed }: Evidence, extent: Extent): readonly string[] =>
  [...ranges].flatMap(([partition, { low, high }]) => {
    const at = committed.get(partition);
    if (at !== undefined && at > high)
      return [`I4 partition ${partition} is committed past its end: ${at} of ${high}`];
    if (extent === 'end' && low !== high && at !== high)
      return [`I4 partition ${partition} has a lag: ${at} of ${high}`];
    return [];
  });

export const judge = (
  evidence: Evidence,
  owns: (groupId: string) => boolean,
  extent: Extent,
): Findings => {
  const duplicates = duplicateEvents(evidence.documents);
  const candidates = evidence.candidates.map(toldCandidate);
  const again = repeated(candidates.map(({ candidateId }) => candidateId));
  return {
    duplicates: duplicates.length,
    candidateDuplicates: again.length,
    violations: [
      ...lostAndFound(evidence, extent),
      ...undeclared(evidence),
      ...altered(evidence),
      ...listed('I2 duplicate documents', duplicates),
      ...listed('I3 duplicate candidates', again),
      ...candidateFaults(evidence, candidates, owns, extent),
      ...offsetFaults(evidence, extent),
      ...listed('I6 the secret of the desired state in clear', evidence.leaks),
    ],
  };
};
