import type * as MskSigner from 'aws-msk-iam-sasl-signer-js';
import { errorMessage, KafkaError } from './kafka-error.ts';

type Signer = Pick<typeof MskSigner, 'generateAuthToken'>;

/**
 * Tokens for Amazon MSK with IAM, signed with the credentials that the AWS SDK finds. The package is loaded with the
 * first token. Rejects with KafkaError `kafka_sign_in`.
 */
export const mskToken = (
  region: string,
  importSigner: () => Promise<Signer> = () => import('aws-msk-iam-sasl-signer-js'),
): (() => Promise<string>) => {
  const load = async (): Promise<Signer> => {
    try {
      return await importSigner();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) {
        throw error;
      }
      throw new KafkaError(
        'kafka_sign_in',
        'Signing in to Amazon MSK takes a package that is not installed: npm install aws-msk-iam-sasl-signer-js',
        { retriable: false, cause: error },
      );
    }
  };
  return async () => {
    const { generateAuthToken } = await load();
    try {
      return (await generateAuthToken({ region })).token;
    } catch (error) {
      throw new KafkaError('kafka_sign_in', `No token for Amazon MSK: ${errorMessage(error)}`, {
        retriable: true,
        cause: error,
      });
    }
  };
};
