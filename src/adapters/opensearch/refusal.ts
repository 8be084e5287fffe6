import { isJsonObject } from '../../core/model/json.ts';
import { accessError } from './access-error.ts';
import type { OpenSearchAnswer } from './transport.ts';

/** OpenSearch did not show or take something. */
export class RefusalError extends Error {
  readonly code = 'opensearch_refused';
  readonly retriable: boolean;

  constructor(message: string, retriable: boolean) {
    super(message);
    this.name = 'RefusalError';
    this.retriable = retriable;
  }
}

/** The reason that an answer gives for its refusal, at most 500 characters; empty where it gives none. */
export const reasonOf = ({ body }: OpenSearchAnswer): string => {
  const error = isJsonObject(body) ? body.error : body;
  const reason = isJsonObject(error) ? error.reason : error;
  return typeof reason === 'string' ? reason.slice(0, 500) : '';
};

/**
 * The error of an answer: OpenSearchAccessError where it does not let us in or not do this, else RefusalError.
 * @param what such as `take the index template audit-events`
 * @param advice what to do, where the reason alone does not tell
 */
export const refused = (what: string, answer: OpenSearchAnswer, advice = ''): Error => {
  const denied = accessError(answer, what);
  if (denied !== undefined) return denied;
  const { status } = answer;
  const told = [reasonOf(answer), advice].filter((each) => each !== '').join('. ');
  return new RefusalError(
    `OpenSearch refused to ${what} (${status})${told === '' ? '' : `: ${told}`}`,
    status === 429 || status >= 500,
  );
};
