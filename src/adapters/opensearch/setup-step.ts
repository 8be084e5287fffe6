import { refused } from './refusal.ts';
import type { SetupDifference } from './setup-difference.ts';
import type { OpenSearchRequest, OpenSearchTransport } from './transport.ts';

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

/** The body of what is there, undefined where there is nothing. Throws as `refused` says, or as the transport does. */
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
