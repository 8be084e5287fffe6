import type { StatePoll, WatchableStateSource } from '../../pipeline/ports.ts';
import { openAzureContainer } from './azure-blob.ts';
import { openGcsBucket } from './gcs.ts';
import { pollHttpBackend } from './http-backend.ts';
import { pollKubernetesSecrets } from './kubernetes-secrets.ts';
import {
  pollObjects,
  type ObjectLocation,
  type ObjectStore,
  type StoreLimits,
} from './object-store.ts';
import { openS3Bucket } from './s3.ts';
import { failureOf, SourceError } from './source-error.ts';
import type { ContentLimits } from './state-content.ts';
import { parseLocation, type StateLocation } from './state-location.ts';
import { pollTerraformCloud } from './terraform-cloud.ts';

export interface StateSourceOptions {
  /** Credentials and endpoints of the services, by the names that their own clients know. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home folder: `terraform login` and kubectl keep theirs there. */
  readonly home: string;
  /** Largest content of a state, before and after decompression, in bytes. */
  readonly maxBytes: number;
  /** Longest wait for an answer, or for the next piece of one, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Most objects of one answer to a listing of a bucket. Default 1,000. */
  readonly pageSize?: number;
}

type Poll = WatchableStateSource['poll'];

/** A source for a location such as `s3://bucket/prefix/`. What is wrong with the location is a failure of each poll. */
export const createStateSource = (
  text: string,
  options: StateSourceOptions,
): WatchableStateSource => {
  const parsed = parseLocation(text);
  if (!parsed.ok) {
    const [scheme = ''] = text.split(':', 1);
    const source = `${scheme}://…`;
    return {
      name: source,
      async *poll() {
        yield { ok: false, reason: 'invalid_location', source, message: parsed.message };
      },
    };
  }
  const { name, location } = parsed;
  const limits = {
    maxBytes: options.maxBytes,
    timeoutMs: options.timeoutMs ?? 30_000,
    pageSize: options.pageSize ?? 1_000,
  };
  const poll = pollOf(location, name, options, limits);
  return { name, poll: (known, signal) => reported(name, poll(known, signal), signal) };
};

/** A failure of the whole location in its place. */
async function* reported(
  source: string,
  polls: AsyncIterable<StatePoll>,
  signal: AbortSignal,
): AsyncGenerator<StatePoll> {
  try {
    yield* polls;
  } catch (error) {
    signal.throwIfAborted();
    yield failureOf(source, error);
  }
}

const pollOf = (
  location: StateLocation,
  name: string,
  { env, home }: StateSourceOptions,
  limits: ContentLimits & StoreLimits,
): Poll => {
  switch (location.kind) {
    case 's3':
    case 'gs': {
      const { kind, bucket, path } = location;
      const open = once(() =>
        kind === 's3' ? openS3Bucket(bucket, env, limits) : openGcsBucket(bucket, env, limits),
      );
      return inStore(open, { base: `${kind}://${bucket}/`, path, withWorkspaces: false }, limits);
    }
    case 'azblob': {
      const { account, container, path, withWorkspaces } = location;
      const scheme = withWorkspaces ? 'azurerm' : 'azblob';
      return inStore(
        once(() => openAzureContainer(account, container, env, limits)),
        { base: `${scheme}://${account}/${container}/`, path, withWorkspaces },
        limits,
      );
    }
    case 'http':
      return (known, signal) => pollHttpBackend(location.url, name, env, limits, known, signal);
    case 'terraform-cloud':
      return (known, signal) => pollTerraformCloud(location, { env, home }, limits, known, signal);
    case 'kubernetes':
      return (known, signal) =>
        pollKubernetesSecrets(location, { env, home }, limits, known, signal);
  }
};

const inStore = (
  open: () => Promise<ObjectStore>,
  location: ObjectLocation,
  limits: ContentLimits,
): Poll =>
  async function* (known, signal) {
    yield* pollObjects(await open(), location, limits, known, signal);
  };

/** Opens a client when it is first needed, and again where that failed. */
const once = (open: () => Promise<ObjectStore>): (() => Promise<ObjectStore>) => {
  let opened: ObjectStore | undefined;
  return async () => {
    try {
      opened ??= await open();
    } catch (error) {
      if (error instanceof SourceError) throw error;
      const name = error instanceof Error ? error.name : 'unknown error';
      throw new SourceError(
        'refused',
        `The client cannot be set up (${name}): check its settings.`,
        error,
      );
    }
    return opened;
  };
};
