import type * as CredentialProviders from '@aws-sdk/credential-provider-node';
import { AwsSigv4Signer } from '@opensearch-project/opensearch/aws-v3';
import { OpenSearchAccessError } from './access-error.ts';

export interface AwsSigning {
  readonly region: string;
  /** `es` for OpenSearch Service, `aoss` for OpenSearch Serverless. */
  readonly service: 'es' | 'aoss';
}

type Signer = ReturnType<typeof AwsSigv4Signer>;

interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** A message of the SDK names the place where it looked, not what it found there. */
const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** What the SDK's own chain finds: environment, profile, web identity, container, instance. Loaded on demand. */
const findCredentials = async (): Promise<() => Promise<AwsCredentials>> => {
  let sdk: typeof CredentialProviders;
  try {
    sdk = await import('@aws-sdk/credential-provider-node');
  } catch (error) {
    throw new OpenSearchAccessError(
      'opensearch_aws_credentials',
      'Signing requests for AWS takes a package that is not installed: npm install @aws-sdk/credential-provider-node',
      { cause: error },
    );
  }
  const provide = sdk.defaultProvider();
  return async () => {
    try {
      const found = await provide();
      // Not set is an empty token: AWS refuses one, the signer leaves it out.
      return { ...found, sessionToken: found.sessionToken ?? '' };
    } catch (error) {
      throw new OpenSearchAccessError(
        'opensearch_aws_credentials',
        `No credentials of AWS were found: ${messageOf(error)}`,
        { cause: error },
      );
    }
  };
};

/** Parts of the client that sign each request (AWS Signature Version 4) with credentials that are renewed in time. */
export const awsSigner = ({ region, service }: AwsSigning): Signer => {
  let provider: ReturnType<typeof findCredentials> | undefined;
  return AwsSigv4Signer({
    region,
    service,
    getCredentials: async () => (await (provider ??= findCredentials()))(),
  });
};
