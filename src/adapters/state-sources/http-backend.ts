import { createHash } from 'node:crypto';
import { chunked, type SourceContent } from '../../core/model/source-content.ts';
import type { StatePoll } from '../../pipeline/ports.ts';
import { httpGet } from './http-get.ts';
import { SourceError, statusError } from './source-error.ts';
import type { ContentLimits } from './state-content.ts';

const SERVICE = 'The HTTP backend';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A state of Terraform's HTTP backend, read without its lock: GET, 200 with the state, 204 or 404 without one.
 * User name and password from the address, or TF_HTTP_USERNAME and TF_HTTP_PASSWORD, as the backend reads them;
 * where TF_HTTP_ADDRESS is set, for its origin only.
 */
export async function* pollHttpBackend(
  address: URL,
  name: string,
  env: Environment,
  limits: ContentLimits,
  known: ReadonlyMap<string, string>,
  signal: AbortSignal,
): AsyncGenerator<StatePoll> {
  const authorization = basicAuthorization(address, env);
  const version = known.get(name);
  const url = new URL(address);
  url.username = '';
  url.password = '';
  const answer = await httpGet(url, {
    ...limits,
    headers: {
      accept: 'application/json, */*',
      ...(version?.startsWith(ETAG) === true ? { 'if-none-match': version.slice(5) } : {}),
    },
    ...(authorization === undefined ? {} : { authorization }),
    service: SERVICE,
    signal,
  });
  if (answer.status === 304) {
    yield { ok: true, source: name, unchanged: true };
    return;
  }
  const isEmpty =
    answer.status === 204 || (answer.status === 200 && chunked(answer.body).size === 0);
  if (isEmpty) throw new SourceError('not_found', `${SERVICE} holds no state there.`);
  if (answer.status !== 200) throw statusError(answer.status, SERVICE);
  // Few backends send an ETag; then the content itself tells.
  const seen =
    answer.etag === undefined ? `sha256:${hashOf(answer.body)}` : `${ETAG}${answer.etag}`;
  yield seen === version
    ? { ok: true, source: name, unchanged: true }
    : { ok: true, source: name, version: seen, content: answer.body };
}

const hashOf = (content: SourceContent): string => {
  const hash = createHash('sha256');
  for (const chunk of chunked(content).chunks()) hash.update(chunk);
  return hash.digest('hex');
};

const ETAG = 'etag:';

const basicAuthorization = (address: URL, env: Environment): string | undefined => {
  const ownAddress = env['TF_HTTP_ADDRESS'];
  const isOfBackend = ownAddress === undefined || URL.parse(ownAddress)?.origin === address.origin;
  const username = decoded(address.username) || (isOfBackend ? env['TF_HTTP_USERNAME'] : undefined);
  if (username === undefined || username === '') return undefined;
  const password =
    decoded(address.password) || ((isOfBackend ? env['TF_HTTP_PASSWORD'] : undefined) ?? '');
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
};
