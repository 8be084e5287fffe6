import { withoutTrailingSlashes } from '../../core/model/trailing-slashes.ts';
import { tlsFault } from '../../connection/tls-fault.ts';
import type { TlsMaterial } from '../../connection/tls-files.ts';
import type { RegisteredSchema, SchemaRegistry } from '../../codec/schema-registry.ts';
import { sendRequest } from './registry-request.ts';
import type { RegistryAnswer, RegistryRequest } from './registry-request.ts';
import { SchemaRegistryError } from './schema-registry-error.ts';

export type RegistryCredentials =
  { readonly username: string; readonly password: string } | { readonly bearerToken: string };

export interface SchemaRegistryOptions {
  /** Base address, http or https, without credentials. */
  readonly url: string;
  /** Asked at each request, so that they can be exchanged. */
  readonly credentials?: (() => RegistryCredentials) | undefined;
  /** Authorities to trust in place of the system ones, and the client certificate; asked at each request. */
  readonly tls?: (() => TlsMaterial) | undefined;
  /** Time for one request with its answer, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** How long an unknown id is not asked for again, in milliseconds. Default 60,000. */
  readonly unknownMs?: number | undefined;
  /** Most schemas, and most unknown ids, that are kept. Default 1,000. */
  readonly maxCached?: number | undefined;
  /** Milliseconds that only grow. */
  readonly now: () => number;
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';
/** The registry's own codes for "not found" (subject, version, schema), which tell it from a wrong address. */
const NOT_FOUND: readonly unknown[] = [40401, 40402, 40403];

const keep = <K, V>(cache: Map<K, V>, key: K, value: V, most: number): void => {
  if (cache.size >= most) cache.delete(cache.keys().next().value!);
  cache.set(key, value);
};

const baseOf = (text: string): string => {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('The address of the schema registry must be an http or https URL.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(
      'The address of the schema registry must not hold credentials: configure them apart.',
    );
  }
  return `${url.origin}${withoutTrailingSlashes(url.pathname)}`;
};

const authorization = (credentials: RegistryCredentials | undefined): Record<string, string> => {
  if (credentials === undefined) return {};
  if ('bearerToken' in credentials) return { authorization: `Bearer ${credentials.bearerToken}` };
  const { username, password } = credentials;
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  return { authorization: `Basic ${basic}` };
};

const objectOf = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const idOf = ({ id }: Answer['body'], what: string): number => {
  if (typeof id === 'number' && Number.isInteger(id)) return id;
  const message = `Cannot ${what}: the answer holds no id; check the address.`;
  throw new SchemaRegistryError('schema_registry_answer', false, message);
};

/**
 * A client of the Confluent schema registry's interface: schemas by id, and registration. Follows no redirect. Schemas
 * never change under their id, so they are kept; an unknown id is not asked for again for a while.
 * Rejects with SchemaRegistryError where the registry cannot answer.
 * @throws TypeError for an address that is none
 */
export const createSchemaRegistryClient = (options: SchemaRegistryOptions): SchemaRegistry => {
  const { timeoutMs = 10_000, unknownMs = 60_000, maxCached = 1_000, now } = options;
  const base = baseOf(options.url);
  const headers = () => ({
    accept: CONTENT_TYPE,
    'content-type': CONTENT_TYPE,
    ...authorization(options.credentials?.()),
  });
  const known = new Map<number, RegisteredSchema>();
  const unknownUntil = new Map<number, number>();
  const pending = new Map<number, Promise<RegisteredSchema | undefined>>();

  const request = async (
    what: string,
    path: string,
    send: Pick<RegistryRequest, 'method' | 'body'>,
  ): Promise<Answer> => {
    let answer: RegistryAnswer;
    try {
      answer = await sendRequest({
        ...send,
        url: `${base}${path}`,
        headers: headers(),
        timeoutMs,
        tls: options.tls?.(),
      });
    } catch (error) {
      const fault = tlsFault(error);
      if (fault !== undefined) {
        throw new SchemaRegistryError(
          'schema_registry_certificate',
          false,
          `Cannot ${what}: TLS with the schema registry does not come about: ${fault.message}.`,
          error,
        );
      }
      const why = error instanceof Error ? error.message : String(error);
      throw new SchemaRegistryError(
        'schema_registry_unreachable',
        true,
        `Cannot ${what}: the schema registry cannot be reached (${why}).`,
        error,
      );
    }
    const { status, text } = answer;
    const body = objectOf(text);
    const failed = (code: SchemaRegistryError['code'], retriable: boolean, why: string): never => {
      throw new SchemaRegistryError(code, retriable, `Cannot ${what}: ${why} (HTTP ${status}).`);
    };
    if (status >= 500 || status === 429 || status === 408) {
      return failed('schema_registry_unavailable', true, 'the schema registry is not available');
    }
    if (status === 401 || status === 403) {
      return failed(
        'schema_registry_refused',
        false,
        'the schema registry refuses the credentials; check them and what they may do',
      );
    }
    if (status === 409 || status === 422) {
      return failed(
        'schema_registry_incompatible',
        false,
        'the schema registry does not take the schema; it must be compatible with earlier versions',
      );
    }
    const notFound = status === 404 && NOT_FOUND.includes(body?.['error_code']);
    if (body === undefined || (status !== 200 && !notFound)) {
      return failed(
        'schema_registry_answer',
        false,
        'the answer is not that of a schema registry; check the address',
      );
    }
    return { status, body };
  };

  const fetchSchema = async (id: number): Promise<RegisteredSchema | undefined> => {
    const what = `fetch the schema with id ${id}`;
    const { status, body } = await request(what, `/schemas/ids/${id}`, { method: 'GET' });
    if (status === 404) {
      keep(unknownUntil, id, now() + unknownMs, maxCached);
      return undefined;
    }
    const { schema, schemaType = 'AVRO', references = [] } = body;
    if (typeof schema !== 'string' || typeof schemaType !== 'string') {
      const message = `Cannot ${what}: the answer holds no schema; check the address.`;
      throw new SchemaRegistryError('schema_registry_answer', false, message);
    }
    const hasReferences = Array.isArray(references) && references.length > 0;
    const registered = { schema, schemaType, hasReferences };
    unknownUntil.delete(id);
    keep(known, id, registered, maxCached);
    return registered;
  };

  return {
    schemaById: async (id) => {
      const found = known.get(id);
      if (found !== undefined) return found;
      if ((unknownUntil.get(id) ?? -Infinity) > now()) return undefined;
      const before = pending.get(id);
      if (before !== undefined) return before;
      const fetching = fetchSchema(id).finally(() => pending.delete(id));
      pending.set(id, fetching);
      return fetching;
    },
    find: async (subject, schema) => {
      const what = `look for a schema under ${subject}`;
      const { status, body } = await request(what, `/subjects/${encodeURIComponent(subject)}`, {
        method: 'POST',
        body: JSON.stringify({ schema }),
      });
      return status === 404 ? undefined : idOf(body, what);
    },
    register: async (subject, schema) => {
      const what = `register a schema under ${subject}`;
      const { body } = await request(what, `/subjects/${encodeURIComponent(subject)}/versions`, {
        method: 'POST',
        body: JSON.stringify({ schema }),
      });
      return idOf(body, what);
    },
  };
};
