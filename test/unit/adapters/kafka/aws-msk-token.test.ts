import { afterEach, describe, expect, it, vi } from 'vitest';
import { mskToken } from '../../../../src/adapters/kafka/aws-msk-token.ts';
import { KafkaError } from '../../../../src/adapters/kafka/kafka-error.ts';

afterEach(() => void vi.unstubAllEnvs());

/** Nowhere but in these variables can the SDK find credentials. */
const onlyCredentials = (key: string | undefined, secret: string | undefined): void => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', key);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secret);
  for (const name of ['AWS_PROFILE', 'AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'])
    vi.stubEnv(name, undefined);
  for (const name of ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_SESSION_TOKEN'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', undefined);
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
};

describe('a token for Amazon MSK', () => {
  it('is a signed request to connect, with the credentials of the environment', async () => {
    onlyCredentials('AKIAEXAMPLE', 'not-a-secret');
    const token = await mskToken('eu-central-1')();
    const signed = new URL(Buffer.from(token, 'base64url').toString());
    expect(signed.hostname).toBe('kafka.eu-central-1.amazonaws.com');
    expect(signed.searchParams.get('Action')).toBe('kafka-cluster:Connect');
    expect(signed.searchParams.get('X-Amz-Credential')).toMatch(
      /^AKIAEXAMPLE\/\d{8}\/eu-central-1\/kafka-cluster\/aws4_request$/,
    );
    expect(signed.searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
    expect(signed.href).not.toContain('not-a-secret');
  });

  it('is not had without credentials, which may come later', async () => {
    onlyCredentials(undefined, undefined);
    const refused = await mskToken('eu-central-1')().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(KafkaError);
    expect(refused).toMatchObject({ code: 'kafka_sign_in', retriable: true });
    expect((refused as KafkaError).message).toMatch(/^No token for Amazon MSK: .+/);
  });

  it('is made anew at each sign-in, by the package that the first one loads', async () => {
    const importSigner = vi.fn(async () => ({
      generateAuthToken: async ({ region }: { readonly region: string }) => ({
        token: `${region}-${importSigner.mock.calls.length}`,
        expiryTime: 0,
      }),
    }));
    const token = mskToken('eu-west-1', importSigner);
    expect(importSigner).not.toHaveBeenCalled();
    expect([await token(), await token()]).toEqual(['eu-west-1-1', 'eu-west-1-2']);
  });

  it('names the package to install where it is absent', async () => {
    // By a name that no tool resolves before the test runs.
    const absent = ['@driftline-test', 'absent-signer'].join('/');
    const load = () => import(/* @vite-ignore */ absent) as Promise<never>;
    await expect(mskToken('eu-west-1', load)()).rejects.toMatchObject({
      name: 'KafkaError',
      code: 'kafka_sign_in',
      retriable: false,
      message: expect.stringContaining('npm install aws-msk-iam-sasl-signer-js') as string,
    });
  });

  it('does not hide a defect of the package', async () => {
    const broken = () => Promise.reject(new TypeError('a defect'));
    await expect(mskToken('eu-west-1', broken)()).rejects.toThrow('a defect');
  });
});
