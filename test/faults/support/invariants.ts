import type { CommittedRecord } from '../../support/kafka-reader.ts';
import type { DocumentFact } from './document-fact.ts';
import type { Evidence } from './evidence.ts';

/** How far the records must have come: all of them, or those that the group has committed. */
export type Extent = 'end' | 'committed';

export interface Findings {
  /** Empty where the invariants I1 to I4, I6 and the order hold. */
  readonly violations: readonly string[];
  readonly duplicates: number;
  readonly candidateDuplicates: number;
}

/** How many examples a violation names. */
const shown = 5;

const listed = (what: string, items: readonly string[]): readonly string[] =>
  items.length === 0
    ? []
    : [
        `${what}: ${items.length} (${items.slice(0, shown).join(', ')}${items.length > shown ? ', …' : ''})`,
      ];

const repeated = (items: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return items.filter((item) => seen.size === seen.add(item).size);
};

const deadPlace = ({ headers }: CommittedRecord): string =>
  `${headers['__connect.errors.partition']}/${headers['__connect.errors.offset']}`;

const placesOf = ({ documents, deadLetters }: Evidence): ReadonlySet<string> =>
  new Set([...documents.flatMap(({ place }) => place ?? []), ...deadLetters.map(deadPlace)]);

/** I1: each record is a document, a dead letter, a second copy of one, or a declared drop; and nothing comes from nowhere. */
const lostAndFound = (evidence: Evidence, extent: Extent): readonly string[] => {
  const { input, documents, ranges, committed } = evidence;
  const covered = placesOf(evidence);
  const hashes = new Set(documents.map(({ hash }) => hash));
  const held = new Set<string>();
  const lost: string[] = [];
  for (const { partition, offset, hash } of input) {
    const place = `${partition}/${offset}`;
    held.add(place);
    const due = extent === 'end' || BigInt(offset) < (committed.get(partition) ?? 0n);
    if (due && !covered.has(place) && !(hash !== undefined && hashes.has(hash))) lost.push(place);
  }
  const nowhere = [...covered].filter((place) => {
    const [partition, offset = '0'] = place.split('/');
    const low = ranges.get(Number(partition))?.low ?? 0n;
    return !held.has(place) && BigInt(offset) >= low;
  });
  return [...listed('I1 lost records', lost), ...listed('I1 from no record', nowhere)];
};

/** I1: what the log no longer holds and nobody has read is declared, to the record. */
const undeclared = (evidence: Evidence): readonly string[] => {
  const { ranges, declaredDrops } = evidence;
  const places = placesOf(evidence);
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

/** I1: the bytes of a record with one event are the document's, to the hash. */
const altered = ({ input, documents }: Evidence): readonly string[] => {
  const hashes = new Map<string, string>();
  for (const { partition, offset, hash, isOneEvent } of input) {
    if (isOneEvent && hash !== undefined) hashes.set(`${partition}/${offset}`, hash);
  }
  const wrong = documents.filter(({ place = '', hash }) => (hashes.get(place) ?? hash) !== hash);
  return listed(
    'I1 documents of other bytes than their record',
    wrong.map(({ id }) => id),
  );
};

/** I2: one document an event; a second one only for other content, and flagged. */
const duplicateEvents = (documents: readonly DocumentFact[]): readonly string[] => [
  ...new Set([
    ...repeated(documents.map(({ eventId, hash }) => `${eventId} ${hash}`)),
    ...repeated(documents.filter(({ isConflict }) => !isConflict).map(({ eventId }) => eventId)),
  ]),
];

/** I3: candidates exactly for the acts that the documents show; topic and index agree. */
const candidateFaults = (
  { documents, candidates, candidateDocuments }: Evidence,
  owns: (groupId: string) => boolean,
  extent: Extent,
): readonly string[] => {
  const told = new Map(candidates.map(({ candidateId, eventId }) => [candidateId, eventId]));
  const indexed = new Map(
    candidateDocuments.map(({ candidateId, eventId }) => [candidateId, eventId]),
  );
  const events = new Set(documents.map(({ uid }) => uid));
  const toldEvents = new Set(told.values());
  const expected = new Set(
    documents.filter(({ opened }) => opened !== undefined && owns(opened)).map(({ uid }) => uid),
  );
  const always = [
    ...listed(
      'I3 candidates that are not indexed',
      [...told.keys()].filter((id) => !indexed.has(id)),
    ),
    ...listed(
      'I3 candidates without their event',
      [...indexed.values(), ...toldEvents].filter((event) => !events.has(event)),
    ),
  ];
  if (extent === 'committed') return always;
  return [
    ...always,
    ...listed(
      'I3 acts without a candidate',
      [...expected].filter((event) => !toldEvents.has(event)),
    ),
    ...listed(
      'I3 indexed candidates that were never told',
      [...indexed.keys()].filter((id) => !told.has(id)),
    ),
    ...(candidateDocuments.length === indexed.size ? [] : ['I3 a candidate has two documents']),
    ...(expected.size === told.size
      ? []
      : [`I3 ${told.size} candidates for ${expected.size} acts`]),
  ];
};

/** Candidates of one resource stand in the order of their events in each input partition. */
const orderFaults = ({ documents, candidates }: Evidence): readonly string[] => {
  const places = new Map(documents.map(({ uid, place }) => [uid, place]));
  const last = new Map<string, bigint>();
  const wrong = candidates.filter(({ eventId, resourceKey }) => {
    const [partition = '', offset = '0'] = places.get(eventId)?.split('/') ?? [];
    const key = `${resourceKey} ${partition}`;
    const before = last.get(key) ?? -1n;
    last.set(key, BigInt(offset));
    return BigInt(offset) < before;
  });
  return listed(
    'candidates out of the order of their events',
    wrong.map(({ candidateId }) => candidateId),
  );
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
  const again = repeated(evidence.candidates.map(({ candidateId }) => candidateId));
  return {
    duplicates: duplicates.length,
    candidateDuplicates: again.length,
    violations: [
      ...lostAndFound(evidence, extent),
      ...undeclared(evidence),
      ...altered(evidence),
      ...listed('I2 duplicate documents', duplicates),
      ...listed('I3 duplicate candidates', again),
      ...candidateFaults(evidence, owns, extent),
      ...orderFaults(evidence),
      ...offsetFaults(evidence, extent),
      ...listed('I6 the secret of the desired state in clear', evidence.leaks),
    ],
  };
};

/** Throws with all that does not hold. */
export const requireSound = ({ violations }: Findings): void => {
  if (violations.length > 0)
    throw new Error(`The invariants do not hold: ${violations.join('; ')}`);
};
