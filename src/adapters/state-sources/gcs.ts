import { withoutTrailingSlashes } from '../../core/model/trailing-slashes.ts';
import type { Storage } from '@google-cloud/storage';
import { loadSdk } from './load-sdk.ts';
import type { ObjectStore, StoreLimits } from './object-store.ts';
import { SourceError, statusError } from './source-error.ts';
import { askWith } from './time-limit.ts';

const SERVICE = 'Google Cloud Storage';

/**
 * A bucket of Google Cloud Storage. Credentials as the SDK finds them (application default credentials);
 * STORAGE_EMULATOR_HOST names another endpoint.
 */
export const openGcsBucket = async (
  bucketName: string,
  env: Readonly<Record<string, string | undefined>>,
  { timeoutMs, pageSize }: StoreLimits,
): Promise<ObjectStore> => {
  const sdk = await loadSdk(() => import('@google-cloud/storage'), '@google-cloud/storage');
  const storage: Storage = new sdk.Storage({
    timeout: timeoutMs,
    retryOptions: { maxRetries: 2, totalTimeout: Math.ceil(timeoutMs / 1_000) },
  });
  const emulator = env['STORAGE_EMULATOR_HOST'];
  if (emulator !== undefined && emulator !== '') {
    // The SDKs of other languages take the host alone; this one leaves the path of the API out then.
    const host = emulator.includes('://') ? emulator : `http://${emulator}`;
    storage.baseUrl = `${withoutTrailingSlashes(withoutTrailingSlashes(host).replace(/\/storage\/v1$/, ''))}/storage/v1`;
  }
  const bucket = storage.bucket(bucketName);
  return {
    service: SERVICE,
    async *list(prefix, signal) {
      let pageToken: string | undefined;
      do {
        const query = { prefix, autoPaginate: false, maxResults: pageSize };
        const [files, next] = await asked(
          () => bucket.getFiles({ ...query, ...(pageToken === undefined ? {} : { pageToken }) }),
          signal,
          timeoutMs,
        );
        for (const { name, metadata } of files) {
          yield { key: name, version: String(metadata.generation) };
        }
        pageToken = (next as { readonly pageToken?: string } | null)?.pageToken;
      } while (pageToken !== undefined);
    },
    open: async (key, known, signal) => {
      try {
        const [metadata] = await asked(() => bucket.file(key).getMetadata(), signal, timeoutMs);
        const version = String(metadata.generation);
        if (version === known) return 'unchanged';
        const generation = metadata.generation;
        return {
          version,
          ...(metadata.size === undefined ? {} : { bytes: Number(metadata.size) }),
          body: bucket
            .file(key, generation === undefined ? {} : { generation })
            .createReadStream({ decompress: false }),
        };
      } catch (error) {
        if (error instanceof SourceError && error.reason === 'not_found') return 'absent';
        throw error;
      }
    },
  };
};

const asked = askWith(SERVICE, (error) => sourceError(error));

const sourceError = (error: unknown): SourceError => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const status = Number(code);
  if (Number.isInteger(status) && status >= 100) return statusError(status, SERVICE, error);
  if (error instanceof Error && error.message.includes('default credentials')) {
    return new SourceError('refused', 'The Google Cloud SDK finds no credentials.', error);
  }
  const why = typeof code === 'string' ? code : 'unknown error';
  return new SourceError('unavailable', `${SERVICE} cannot be reached (${why}).`, error);
};
