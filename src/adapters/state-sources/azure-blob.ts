import type { BlobServiceClient } from '@azure/storage-blob';
import type { Readable } from 'node:stream';
import { loadSdk } from './load-sdk.ts';
import type { ObjectStore, StoreLimits } from './object-store.ts';
import { SourceError, statusError } from './source-error.ts';
import { askWith } from './time-limit.ts';

const SERVICE = 'Azure Blob Storage';

type Environment = Readonly<Record<string, string | undefined>>;

/** A container of Azure Blob Storage, with the credentials that `serviceClient` finds. */
export const openAzureContainer = async (
  account: string,
  containerName: string,
  env: Environment,
  { timeoutMs, pageSize }: StoreLimits,
): Promise<ObjectStore> => {
  const container = (await serviceClient(account, env)).getContainerClient(containerName);
  return {
    service: SERVICE,
    async *list(prefix, signal) {
      let continuationToken: string | undefined;
      do {
        const page = await asked(
          async (abortSignal) =>
            container
              .listBlobsFlat({ prefix, abortSignal })
              .byPage({
                maxPageSize: pageSize,
                ...(continuationToken === undefined ? {} : { continuationToken }),
              })
              .next(),
          signal,
          timeoutMs,
        );
        if (page.done === true) return;
        for (const { name, properties } of page.value.segment.blobItems) {
          yield { key: name, version: unquoted(properties.etag) };
        }
        continuationToken = page.value.continuationToken;
      } while (continuationToken !== undefined && continuationToken !== '');
    },
    open: async (key, known, signal) => {
      try {
        const conditions = known === undefined ? {} : { ifNoneMatch: `"${known}"` };
        const answer = await asked(
          (abortSignal) =>
            container.getBlobClient(key).download(0, undefined, { conditions, abortSignal }),
          signal,
          timeoutMs,
        );
        return {
          version: unquoted(answer.etag ?? ''),
          ...(answer.contentLength === undefined ? {} : { bytes: answer.contentLength }),
          body: answer.readableStreamBody as Readable,
        };
      } catch (error) {
        const cause = error instanceof SourceError ? error.cause : undefined;
        if (memberOf(cause, 'statusCode') === 304) return 'unchanged';
        if (memberOf(cause, 'code') === 'BlobNotFound') return 'absent';
        throw error;
      }
    },
  };
};

/** A download quotes the ETag, a listing does not. */
const unquoted = (etag: string): string => etag.replace(/^"|"$/g, '');

/**
 * By AZURE_STORAGE_CONNECTION_STRING where it is of this account; else by AZURE_STORAGE_KEY or ARM_ACCESS_KEY;
 * AZURE_STORAGE_SAS_TOKEN or ARM_SAS_TOKEN; or the default chain of the Azure SDK.
 * AZURE_STORAGE_SERVICE_ENDPOINT names another endpoint.
 */
const serviceClient = async (account: string, env: Environment): Promise<BlobServiceClient> => {
  const sdk = await loadSdk(() => import('@azure/storage-blob'), '@azure/storage-blob');
  const options = { retryOptions: { maxTries: 3 } };
  const connection = env['AZURE_STORAGE_CONNECTION_STRING'];
  if (connection !== undefined && accountOf(connection) === account) {
    return sdk.BlobServiceClient.fromConnectionString(connection, options);
  }
  const url = env['AZURE_STORAGE_SERVICE_ENDPOINT'] ?? `https://${account}.blob.core.windows.net`;
  const key = env['AZURE_STORAGE_KEY'] ?? env['ARM_ACCESS_KEY'];
  if (key !== undefined) {
    const credential = new sdk.StorageSharedKeyCredential(account, key);
    return new sdk.BlobServiceClient(url, credential, options);
  }
  const signature = env['AZURE_STORAGE_SAS_TOKEN'] ?? env['ARM_SAS_TOKEN'];
  if (signature !== undefined) {
    return new sdk.BlobServiceClient(
      `${url}?${signature.replace(/^\?/, '')}`,
      new sdk.AnonymousCredential(),
      options,
    );
  }
  const identity = await loadSdk(() => import('@azure/identity'), '@azure/identity');
  return new sdk.BlobServiceClient(url, new identity.DefaultAzureCredential(), options);
};

const accountOf = (connection: string): string | undefined =>
  /(?:^|;)AccountName=([^;]+)/.exec(connection)?.[1];

const asked = askWith(SERVICE, (error) => sourceError(error));

const memberOf = (error: unknown, member: 'code' | 'statusCode'): unknown =>
  error instanceof Error && member in error ? Reflect.get(error, member) : undefined;

const sourceError = (error: unknown): SourceError => {
  const status = memberOf(error, 'statusCode');
  if (typeof status === 'number') return statusError(status, SERVICE, error);
  if (error instanceof Error && /Credential|Authentication/.test(error.name)) {
    return new SourceError('refused', 'The Azure SDK finds no credentials.', error);
  }
  const code = memberOf(error, 'code');
  const why = typeof code === 'string' ? code : 'unknown error';
  return new SourceError('unavailable', `${SERVICE} cannot be reached (${why}).`, error);
};
