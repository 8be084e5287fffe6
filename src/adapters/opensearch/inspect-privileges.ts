import { isJsonObject } from '../../core/model/json.ts';
import type { Finding } from '../../pipeline/ports/finding.ts';
import { refusalDetail } from './access-error.ts';
import type { OpenSearchAnswer, OpenSearchTransport } from './transport.ts';

export interface PrivilegesInspection {
  readonly transport: OpenSearchTransport;
  /** Those that the service writes to now: `audit-events-2026.11.22`. */
  readonly indexes: readonly string[];
}

const SUBJECT = 'privileges of this user';
const ID = 'driftline-doctor';
/** No document has this number: the write is a conflict, once the privileges have been looked at. */
const NEVER = { if_seq_no: 9_007_199_254_740_991, if_primary_term: 1 };

/** What the user lacks, and which indexes are there to be asked about. */
interface Asked {
  /** The request as a whole was refused. */
  readonly isRefused: boolean;
  readonly lacks: readonly string[];
  readonly present: readonly string[];
}

const asked = (
  { status, body }: OpenSearchAnswer,
  parts: readonly unknown[],
  indexes: readonly string[],
): Asked => {
  const whole = isJsonObject(body) ? refusalDetail(body.error) : undefined;
  const errors = parts.map((part) => (isJsonObject(part) ? part.error : undefined));
  const each = errors.flatMap((error) => refusalDetail(error) ?? []);
  return {
    isRefused: status === 403,
    lacks: [...new Set(whole === undefined ? each : [whole, ...each])],
    present: indexes.filter((_, i) => parts[i] !== undefined && errors[i] === undefined),
  };
};

const listIn = (body: unknown, name: 'docs' | 'items'): readonly unknown[] => {
  const found = isJsonObject(body) ? body[name] : undefined;
  return Array.isArray(found) ? found : [];
};

const askToRead = async (
  { transport, indexes }: PrivilegesInspection,
  signal: AbortSignal,
): Promise<Asked> => {
  const body = JSON.stringify({ docs: indexes.map((_index) => ({ _index, _id: ID })) });
  const query = { _source: 'false' };
  const answer = await transport.request({ method: 'POST', path: '/_mget', query, body }, signal);
  return asked(answer, listIn(answer.body, 'docs'), indexes);
};

/** Never writes: not over a document, nor to an index that is not there, which would be made. */
const askToWrite = async (
  { transport, indexes }: PrivilegesInspection,
  present: readonly string[],
  signal: AbortSignal,
): Promise<Asked> => {
  const lines = indexes.flatMap((_index) => {
    const target = { _index, _id: ID, ...NEVER };
    return [{ index: present.includes(_index) ? target : { ...target, require_alias: true } }, {}];
  });
  const body = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
  const answer = await transport.request(
    { method: 'POST', path: '/_bulk', body, contentType: 'ndjson' },
    signal,
  );
  const items = listIn(answer.body, 'items').map((item) =>
    isJsonObject(item) ? item['index'] : undefined,
  );
  return asked(answer, items, indexes);
};

/**
 * Whether the user may do what the service does: write documents, and compare those that are there. An index that is
 * not there yet cannot be asked about. Rejects where OpenSearch does not answer.
 */
export const inspectPrivileges = async (
  inspection: PrivilegesInspection,
  signal: AbortSignal,
): Promise<readonly Finding[]> => {
  const read = await askToRead(inspection, signal);
  const write = await askToWrite(inspection, read.present, signal);
  const lacks = [...new Set([...read.lacks, ...write.lacks])];
  if (lacks.length > 0) {
    const isOther = read.isRefused && write.isRefused;
    const who = isOther ? ": this is not the service's user" : '';
    return [
      {
        state: isOther ? 'warning' : 'fault',
        subject: SUBJECT,
        what: `${lacks.join('; ')}${who}`,
        mend: "give the service's user the role driftline_ingest of deploy/opensearch/security/roles.yml, and run doctor as that user",
      },
    ];
  }
  if (read.isRefused || write.isRefused) {
    return [{ state: 'skipped', subject: SUBJECT, what: 'OpenSearch does not tell them' }];
  }
  return read.present.length === 0
    ? [
        {
          state: 'skipped',
          subject: SUBJECT,
          what: `${inspection.indexes.join(' and ')} are not there yet: they cannot be looked at`,
        },
      ]
    : [{ state: 'ok', subject: SUBJECT, what: `are enough for ${read.present.join(' and ')}` }];
};
