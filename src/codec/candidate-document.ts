import type { Change, DriftCandidate } from '../core/model/drift-candidate.ts';
import type { JsonValue } from '../core/model/json.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import { attackFields } from './attack-fields.ts';
import { candidateEntities } from './entities.ts';
import {
  datedIndex,
  documentId,
  indexedText,
  indexedTexts,
  monthOf,
  receivedTime,
} from './search-document.ts';
import type { RecordOrigin, SearchDocument, TimeWindow } from './search-document.ts';

export interface CandidateDocumentOptions {
  /** Default `drift-candidates`: the index is `<alias>-YYYY.MM`, month of the act, UTC. */
  readonly alias?: string | undefined;
  /** As of the audit document. */
  readonly window?: TimeWindow | undefined;
  /**
   * When the candidate was found, in milliseconds since the epoch. The document has no `delay` where it is absent, or
   * more than a day after the record came to Kafka: then the record was read again, or lay in a backlog that
   * `driftline lag` tells of.
   */
  readonly detectedTime?: number | undefined;
  /** What the candidate was found in: gives `entities` the names of actor and resource that it does not carry. */
  readonly processed?: Pick<ProcessedEvent, 'event' | 'owners'> | undefined;
}

const MAX_CHANGES = 200;
const MAX_NAMES = 50;
const MAX_DETECTION_MS = 86_400_000;

/** Values of any type become text, so that no value decides the type of a field. */
const valueText = (value: JsonValue | undefined): string | undefined =>
  value === undefined
    ? undefined
    : indexedText(typeof value === 'string' ? value : JSON.stringify(value));

const changeFields = ({ path, action, observed, desired, verdict, peers }: Change): object => ({
  path: indexedText(path),
  action,
  observed: valueText(observed),
  desired: valueText(desired),
  verdict,
  peers: peers?.map(({ environment, address, value }) => ({
    environment: indexedText(environment),
    address: indexedText(address),
    value: valueText(value),
  })),
});

/** From the act to its record in Kafka, from there to the candidate, and both; less than 0 where clocks disagree. */
const delayFields = (
  time: number,
  detectedTime: number | undefined,
  { timestamp = -1 }: RecordOrigin,
): object | undefined => {
  if (detectedTime === undefined) return undefined;
  if (timestamp >= 0 && detectedTime - timestamp > MAX_DETECTION_MS) return undefined;
  const total = { total_ms: detectedTime - time };
  return timestamp < 0
    ? total
    : { delivery_ms: timestamp - time, detection_ms: detectedTime - timestamp, ...total };
};

/**
 * The document of a drift candidate: what was found first. The same record read again, which is judged by what code says
 * by then, does not write over it; a later record of the act does (its end, a correction). Observed and desired values
 * stand as text, long ones shortened; the Kafka topic has them whole.
 */
export const candidateDocument = (
  candidate: DriftCandidate,
  origin: RecordOrigin,
  { alias = 'drift-candidates', window, detectedTime, processed }: CandidateDocumentOptions = {},
): SearchDocument => {
  const { resource, actor, severity } = candidate;
  const body = JSON.stringify({
    time: candidate.time,
    received_time: receivedTime(origin),
    candidate_id: candidate.candidate_id,
    event_id: indexedText(candidate.event_id),
    kind: candidate.kind,
    service: indexedText(candidate.service),
    operation: indexedText(candidate.operation),
    resource: {
      key: indexedText(resource.key),
      type: indexedText(resource.type),
      identity: indexedText(resource.identity),
      provider: resource.provider,
      account: indexedText(resource.account),
      region: indexedText(resource.region),
      address: indexedText(resource.address),
      module: indexedText(resource.module),
      environment: indexedText(resource.environment),
      repository: indexedText(resource.repository),
      owner: indexedText(resource.owner),
      commit: indexedText(resource.commit),
      source: indexedText(resource.source),
      scope: indexedText(resource.scope),
      serial: resource.serial,
    },
    changes: candidate.changes.slice(0, MAX_CHANGES).map(changeFields),
    actor: {
      class: actor.class,
      trusted: actor.trusted,
      signals: indexedTexts(actor.signals, MAX_NAMES),
      principal: indexedText(actor.principal),
      name: indexedText(actor.name),
    },
    session_uid: indexedText(candidate.session_uid),
    source_ip: indexedText(candidate.source_ip),
    user_agent: indexedText(candidate.user_agent),
    severity: {
      level: severity.level,
      id: severity.id,
      score: severity.score,
      reasons: indexedTexts(severity.reasons, MAX_NAMES),
    },
    attacks: attackFields(candidate.attacks ?? []),
    cause: candidate.cause,
    matched_by: candidate.matched_by,
    ambiguous: indexedTexts(candidate.ambiguous, MAX_NAMES),
    summary: indexedText(candidate.summary),
    entities: candidateEntities(candidate, processed),
    change_set_id: candidate.change_set_id,
    change_set_adjacent_id: candidate.change_set_adjacent_id,
    delay: delayFields(candidate.time, detectedTime, origin),
    topic: origin.topic,
    partition: origin.partition,
    offset: origin.offset,
  });
  return {
    index: datedIndex(alias, monthOf, candidate.time, origin, window),
    id: documentId(candidate.candidate_id),
    body: Buffer.from(body),
    write: { supersede: origin.offset },
  };
};
