import { refusalDetail } from './access-error.ts';
import type { OpenSearchAnswer } from './transport.ts';

/** What to do about one item of a bulk answer. */
export type ItemOutcome =
  | { readonly kind: 'written' }
  /** A versioned document is there that this one does not replace. */
  | { readonly kind: 'superseded' }
  /** A document with this id is there: its hash tells whether it is the same. */
  | { readonly kind: 'compare' }
  /** Time heals it. */
  | { readonly kind: 'retry'; readonly cause: string }
  /** Somebody has to act; nothing is wrong with the document. */
  | { readonly kind: 'blocked'; readonly cause: string; readonly detail?: string | undefined }
  | { readonly kind: 'rejected'; readonly message: string };

/** What to do about a whole request. */
export type RequestOutcome =
  | { readonly kind: 'accepted'; readonly items: readonly unknown[] }
  | { readonly kind: 'retry'; readonly cause: string }
  | { readonly kind: 'blocked'; readonly cause: string; readonly detail?: string | undefined }
  /** A document in it is at fault: halve it to find which. */
  | { readonly kind: 'split'; readonly message: string };

const ownField = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

const textField = (value: unknown, name: string): string => {
  const found = ownField(value, name);
  return typeof found === 'string' ? found : '';
};

/** The parts of a reason that name the mapping. The rest may quote values of the document, and is dropped. */
const NAMING_PARTS: readonly RegExp[] = [
  /(?:object mapping for|failed to parse field|field) \[[^\]\s]{1,150}\]/i,
  /of type \[[\w-]{1,40}\]/,
  /dynamic introduction of \[[^\]\s]{1,150}\] within \[[^\]\s]{1,150}\]/,
  /Limit of [a-z ]{1,40} \[\d{1,9}\]/i,
  /immense term in field="[^"\s]{1,150}"/,
  /Duplicate field/i,
  /ids? (?:is|are) too long/i,
];

const typeOf = (error: unknown): string =>
  textField(error, 'type')
    .replace(/[^\w.-]/g, '')
    .slice(0, 80) || 'unknown_error';

/** At most 400 characters that name type and field, never a value of the document. */
export const describeError = (error: unknown): string => {
  const reason = textField(error, 'reason');
  const parts = NAMING_PARTS.flatMap((pattern) => pattern.exec(reason)?.[0] ?? []);
  const cause = ownField(error, 'caused_by');
  const types = cause === undefined ? typeOf(error) : `${typeOf(error)} (${typeOf(cause)})`;
  return [types, ...new Set(parts)].join(': ').slice(0, 400);
};

/** Errors with status 400 that the state of the cluster causes, not the document. */
const BLOCKED_TYPES = new Set([
  'index_closed_exception',
  'index_not_found_exception',
  'cluster_block_exception',
  'security_exception',
  'index_create_block_exception',
]);

/** Documents have a closed set of fields: what lacks one is an index that is older than the program, or of another's making. */
const MISSING_FIELD_TYPE = 'strict_dynamic_mapping_exception';

const missingFieldDetail = (error: unknown): string =>
  `${describeError(error)}: the index lacks a field of this version; run driftline setup, and mend the index where that does not add it`;

/** Errors whose reason quotes no value of the document, which could imitate the reasons below. */
const SETUP_TYPES = new Set(['illegal_argument_exception', 'validation_exception']);

/** Reasons of theirs that a document cannot mend: a set-up that is wrong. */
const BLOCKED_REASONS: readonly RegExp[] = [
  /data streams?/i,
  /no write index is defined/i,
  /maximum (?:normal )?shards open/i,
  /alias \[[^\]]*\] has more than one/i,
  /pipeline with id/i,
];

/** Classifies an item by its status and error (reliability.md, A3: measured on OpenSearch 3.4.0). */
export const classifyItem = (
  item: unknown,
  write: 'create' | 'replace' | 'remove',
): ItemOutcome => {
  const status = ownField(item, 'status');
  const error = ownField(item, 'error');
  if (typeof status !== 'number') return { kind: 'retry', cause: 'item_without_status' };
  if (status >= 200 && status < 300) return { kind: 'written' };
  // What was to be removed is not there.
  if (write === 'remove' && status === 404 && error === undefined) return { kind: 'written' };
  const cause = `${status}_${typeOf(error)}`;
  if (status === 409) return { kind: write === 'create' ? 'compare' : 'superseded' };
  if (status === 429 || status === 408 || status >= 500) return { kind: 'retry', cause };
  const detail = refusalDetail(error);
  if (status !== 400 && status !== 413) return { kind: 'blocked', cause, detail };
  const type = typeOf(error);
  if (type === MISSING_FIELD_TYPE) {
    return { kind: 'blocked', cause, detail: missingFieldDetail(error) };
  }
  const reason = textField(error, 'reason');
  const isSetup = SETUP_TYPES.has(type) && BLOCKED_REASONS.some((pattern) => pattern.test(reason));
  return BLOCKED_TYPES.has(type) || isSetup
    ? { kind: 'blocked', cause, detail }
    : { kind: 'rejected', message: describeError(error) };
};

/** The single value of `{"create": {…}}`. */
const itemOf = (entry: unknown): unknown =>
  typeof entry === 'object' && entry !== null ? Object.values(entry)[0] : undefined;

/** Why a request as a whole did not succeed, such as `503_unknown_error`. */
export const requestCause = ({ status, body }: Pick<OpenSearchAnswer, 'status' | 'body'>): string =>
  `${status}_${typeOf(ownField(body, 'error'))}`;

/** Whether time heals what a request as a whole is answered, when it is not a success. */
export const isPassing = (status: number): boolean =>
  status === 429 || status === 408 || status >= 500 || status < 200;

/** Classifies the answer to a bulk request of `count` documents. */
export const classifyRequest = (
  answer: Pick<OpenSearchAnswer, 'status' | 'body'>,
  count: number,
): RequestOutcome => {
  const { status, body } = answer;
  if (status >= 200 && status < 300) {
    const items = ownField(body, 'items');
    if (!Array.isArray(items)) return { kind: 'retry', cause: 'answer_without_items' };
    return items.length === count
      ? { kind: 'accepted', items: items.map(itemOf) }
      : { kind: 'retry', cause: 'answer_with_other_count' };
  }
  const error = ownField(body, 'error');
  const cause = requestCause(answer);
  if (isPassing(status)) return { kind: 'retry', cause };
  if (status === 413) return { kind: 'split', message: 'larger than OpenSearch takes (413)' };
  // A proxy's 400 says nothing about the documents.
  const isOpenSearch = typeof error === 'object' && error !== null;
  return status === 400 && isOpenSearch && !BLOCKED_TYPES.has(typeOf(error))
    ? { kind: 'split', message: describeError(error) }
    : { kind: 'blocked', cause, detail: refusalDetail(error) };
};
