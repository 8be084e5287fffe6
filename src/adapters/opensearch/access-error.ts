import { isJsonObject } from '../../core/model/json.ts';
import type { OpenSearchAnswer } from './transport.ts';

type OpenSearchAccessCode =
  /** TLS does not come about: whose certificate is wrong, and how, is in the message. */
  | 'opensearch_certificate'
  /** 401. */
  | 'opensearch_unauthenticated'
  /** 403: the message names the privileges that are missing, where the answer names them. */
  | 'opensearch_forbidden'
  | 'opensearch_aws_credentials';

/** OpenSearch does not let us in, or not do this. Somebody has to act; the message says what. */
export class OpenSearchAccessError extends Error {
  readonly code: OpenSearchAccessCode;
  readonly retriable = false;

  constructor(code: OpenSearchAccessCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OpenSearchAccessError';
    this.code = code;
  }
}

const PRIVILEGE = /\b(?:indices|cluster|restapi):[a-z_]+(?:\/[\w-]+)+(?:\[[a-z]+\])?\*?/g;
const MOST_PRIVILEGES = 8;

/**
 * What a refusal says of privileges: the Security plugin's words "no permissions for [indices:data/write/bulk[s]] and
 * User […]". Never more of the reason, which may quote names of users and of indices.
 */
const missingPrivileges = (error: unknown): readonly string[] => {
  const reason = isJsonObject(error) && typeof error.reason === 'string' ? error.reason : '';
  return [...new Set(reason.match(PRIVILEGE))].slice(0, MOST_PRIVILEGES);
};

/** What an error of OpenSearch says of missing privileges, in words; undefined where it names none. */
export const refusalDetail = (error: unknown): string | undefined => {
  const missing = missingPrivileges(error);
  return missing.length === 0 ? undefined : `the role lacks ${missing.join(', ')}`;
};

/** AWS answers with `message` or `Message`: no or a wrong signature, or a policy that does not allow it. */
const awsMessage = (body: unknown): string | undefined => {
  if (!isJsonObject(body)) return undefined;
  const text = body['message'] ?? body['Message'];
  return typeof text === 'string' ? text.slice(0, 300) : undefined;
};

/** The error of an answer that refuses access; undefined for any other. `what` completes "OpenSearch does not let us …". */
export const accessError = (
  { status, body }: OpenSearchAnswer,
  what: string,
): OpenSearchAccessError | undefined => {
  if (status === 401) {
    return new OpenSearchAccessError(
      'opensearch_unauthenticated',
      `OpenSearch does not know us (401): check opensearch.username and its password, or the client certificate (opensearch.certFile).`,
    );
  }
  if (status !== 403) return undefined;
  const why =
    refusalDetail(isJsonObject(body) ? body.error : undefined) ??
    awsMessage(body) ??
    'the answer names no privilege';
  return new OpenSearchAccessError(
    'opensearch_forbidden',
    `OpenSearch does not let us ${what} (403): ${why}. deploy/opensearch/security has the roles that are needed.`,
  );
};
