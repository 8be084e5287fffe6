import type { DocumentWrite, IndexDocument } from '../../pipeline/ports.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  readonly maxDocuments: number;
}

const LINE_END = 0x0a;
/** Longest id that OpenSearch takes; a longer one fails the whole request. */
const MAX_ID_BYTES = 512;
const MAX_VERSION = 2n ** 63n - 1n;

const isRemoval = ({ write }: IndexDocument): boolean => write !== 'create' && 'remove' in write;

const versionOf = (write: Exclude<DocumentWrite, 'create'>): string => {
  if ('remove' in write) return write.remove;
  return 'replace' in write ? write.replace : write.supersede;
};

/** Why OpenSearch could not take this document, or undefined. What it says never quotes the document. */
export const documentFault = (document: IndexDocument): string | undefined => {
  const idBytes = Buffer.byteLength(document.id);
  if (idBytes === 0 || idBytes > MAX_ID_BYTES) {
    return `the id is ${idBytes} bytes long, not 1 to ${MAX_ID_BYTES}`;
  }
  if (!document.id.isWellFormed()) return 'the id is not well-formed Unicode';
  if (document.index === '') return 'the index has no name';
  if (document.body.length === 0 && !isRemoval(document)) return 'the body is empty';
  if (document.body.includes(LINE_END)) return 'the body is not on one line';
  if (document.write === 'create') return undefined;
  const version = versionOf(document.write);
  return /^\d{1,19}$/.test(version) && BigInt(version) <= MAX_VERSION
    ? undefined
    : 'the version is not a whole number below 2^63';
};

/** The action line. The version is written as digits, since it may pass 2^53. */
const actionLine = ({ index, id, write }: IndexDocument): string => {
  const target = `"_index":${JSON.stringify(index)},"_id":${JSON.stringify(id)}`;
  if (write === 'create') return `{"create":{${target}}}\n`;
  const action = 'remove' in write ? 'delete' : 'index';
  const type = 'supersede' in write ? 'external' : 'external_gte';
  return `{"${action}":{${target},"version":${BigInt(versionOf(write))},"version_type":"${type}"}}\n`;
};

/** Room for the action's words around index and id, escapes included for the usual id. */
const ACTION_BYTES = 96;

const sizeOf = (document: IndexDocument): number =>
  ACTION_BYTES + document.index.length + document.id.length + document.body.length;

/** Cuts positions into runs that keep the limits, in order; a document above them is a run of its own. */
export const packBodies = (
  documents: readonly IndexDocument[],
  positions: readonly number[],
  limits: BodyLimits,
): readonly (readonly number[])[] => {
  const bodies: number[][] = [];
  let current: number[] = [];
  let bytes = 0;
  for (const position of positions) {
    const document = documents[position];
    if (document === undefined) continue;
    const size = sizeOf(document);
    const full = current.length >= limits.maxDocuments || bytes + size > limits.maxBytes;
    if (full && current.length > 0) {
      bodies.push(current);
      current = [];
      bytes = 0;
    }
    current.push(position);
    bytes += size;
  }
  if (current.length > 0) bodies.push(current);
  return bodies;
};

/** The NDJSON body of a bulk request, in memory of `take`; the bytes of the documents are copied and not looked into. */
export const encodeBody = (
  documents: readonly IndexDocument[],
  take: (length: number) => Buffer,
): Buffer => {
  const actions = documents.map(actionLine);
  const length = documents.reduce(
    (sum, document, i) =>
      sum +
      Buffer.byteLength(actions[i] ?? '') +
      (isRemoval(document) ? 0 : document.body.length + 1),
    0,
  );
  const body = take(length);
  let at = 0;
  for (const [i, document] of documents.entries()) {
    at += body.write(actions[i] ?? '', at);
    if (isRemoval(document)) continue;
    body.set(document.body, at);
    at += document.body.length;
    body[at++] = LINE_END;
  }
  return body;
};
