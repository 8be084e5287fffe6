import { errorMessage, KafkaError } from './kafka-error.ts';

/** Tokens for Amazon MSK with IAM, signed with the credentials that the AWS SDK finds. The package is loaded on demand. */
export const mskToken = (region: string): (() => Promise<string>) => {
  const load = async () => {
    try {
      return await import('aws-msk-iam-sasl-signer-js');
    } catch (error) {
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
