import { accessError } from './access-error.ts';
import type { SetupDifference } from './setup-difference.ts';
import type { OpenSearchAnswer, OpenSearchRequest, OpenSearchTransport } from './transport.ts';

/** One object of OpenSearch as `setup` finds it, and what it would do. */
export interface SetupStep {
  readonly what: 'component template' | 'index template' | 'index' | 'mapping' | 'policy';
  readonly name: string;
  /** `keep`: it differs and stays as it is, `notes` say why; `skip`: OpenSearch cannot take it. */
  readonly action: 'create' | 'update' | 'none' | 'keep' | 'skip';
  readonly differences: readonly SetupDifference[];
  readonly notes: readonly string[];
  /** What makes it so; absent where there is nothing to do. */
  readonly request?: OpenSearchRequest;
  /** The same for each index alone, where `request` is for several: OpenSearch refuses all of them for one. */
  readonly alone?: readonly { readonly name: string; readonly request: OpenSearchRequest }[];
}

/** OpenSearch did not show or take what `setup` needs. */
export class SetupError extends Error {
  readonly code = 'opensearch_setup_failed';
  readonly retriable: boolean;

  constructor(message: string, retriable: boolean) {
    super(message);
    this.name = 'SetupError';
    this.retriable = retriable;
  }
}

/** The reason that an answer gives for its refusal, at most 500 characters. */
export const reasonOf = ({ body }: OpenSearchAnswer): string => {
  const error =
    typeof body === 'object' && body !== null ? (body as { readonly error?: unknown }).error : body;
  if (typeof error === 'string') return error.slice(0, 500);
  const { reason } = (error ?? {}) as { readonly reason?: unknown };
  return typeof reason === 'string' ? reason.slice(0, 500) : '';
};

/** @param what such as `take the index template audit-events` */
export const refused = (what: string, answer: OpenSearchAnswer): Error => {
  const denied = accessError(answer, what);
  if (denied !== undefined) return denied;
  const reason = reasonOf(answer);
  return new SetupError(
    `OpenSearch refused to ${what} (${answer.status})${reason === '' ? '' : `: ${reason}`}`,
    answer.status === 429 || answer.status >= 500,
  );
};

/** The body of what is there, undefined where there is nothing. Throws SetupError, or as the transport does. */
export const show = async (
  transport: OpenSearchTransport,
  path: string,
  what: string,
  signal: AbortSignal | undefined,
  query?: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>> | undefined> => {
  const answer = await transport.request(
    { method: 'GET', path, ...(query === undefined ? {} : { query }) },
    signal,
  );
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw refused(`show ${what}`, answer);
  return answer.body as Readonly<Record<string, unknown>>;
};
