import type { S3Client } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { loadSdk } from './load-sdk.ts';
import type { ObjectStore, StoreLimits } from './object-store.ts';
import { SourceError, statusError } from './source-error.ts';
import { askWith } from './time-limit.ts';

const SERVICE = 'S3';

/**
 * A bucket of S3, or of what speaks its protocol. Credentials, region and endpoint as the AWS SDK finds them
 * (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL_S3 …); under an endpoint of one's own the bucket stands in the path.
 */
export const openS3Bucket = async (
  bucket: string,
  env: Readonly<Record<string, string | undefined>>,
  { timeoutMs, pageSize }: StoreLimits,
): Promise<ObjectStore> => {
  const sdk = await loadSdk(() => import('@aws-sdk/client-s3'), '@aws-sdk/client-s3');
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  const hasEndpoint = Boolean(env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL']);
  const client: S3Client = new sdk.S3Client({
    forcePathStyle: hasEndpoint,
    followRegionRedirects: true,
    ...(region === undefined ? {} : { region }),
  });
  return {
    service: SERVICE,
    async *list(prefix, signal) {
      let token: string | undefined;
      do {
        const command = new sdk.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          MaxKeys: pageSize,
          ContinuationToken: token,
        });
        const page = await asked(
          (abortSignal) => client.send(command, { abortSignal }),
          signal,
          timeoutMs,
        );
        for (const { Key: key, ETag: version } of page.Contents ?? []) {
          if (key !== undefined && version !== undefined) yield { key, version };
        }
        token = page.NextContinuationToken;
      } while (token !== undefined);
    },
    open: async (key, known, signal) => {
      const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key, IfNoneMatch: known });
      try {
        const answer = await asked(
          (abortSignal) => client.send(command, { abortSignal }),
          signal,
          timeoutMs,
        );
        return {
          version: answer.ETag ?? '',
          ...(answer.ContentLength === undefined ? {} : { bytes: answer.ContentLength }),
          body: answer.Body as Readable,
        };
      } catch (error) {
        const cause = error instanceof SourceError ? error.cause : undefined;
        if (statusOf(cause) === 304) return 'unchanged';
        if (cause instanceof Error && cause.name === 'NoSuchKey') return 'absent';
        throw error;
      }
    },
  };
};

const asked = askWith(SERVICE, (error) => sourceError(error));

const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && '$metadata' in error
    ? (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode
    : undefined;

const sourceError = (error: unknown): SourceError => {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NoSuchBucket') {
    return new SourceError('not_found', 'There is no such bucket.', error);
  }
  if (name === 'CredentialsProviderError') {
    return new SourceError('refused', 'The AWS SDK finds no credentials.', error);
  }
  if (error instanceof Error && error.message.startsWith('Region is missing')) {
    return new SourceError('refused', 'No region is set: set AWS_REGION.', error);
  }
  const status = statusOf(error);
  return status === undefined
    ? new SourceError('unavailable', `${SERVICE} cannot be reached (${name}).`, error)
    : statusError(status, SERVICE, error);
};
