import { expect, it } from 'vitest';
import { loadSdk } from '../../../../src/adapters/state-sources/load-sdk.ts';

it('says which package to install where it is absent', async () => {
  // By a name that no tool resolves before the test runs.
  const absent = ['@driftline-test', 'absent-sdk'].join('/');
  const load = (): Promise<unknown> => import(/* @vite-ignore */ absent) as Promise<unknown>;
  await expect(loadSdk(load, '@aws-sdk/client-s3')).rejects.toMatchObject({
    reason: 'sdk_missing',
    message: expect.stringContaining('npm install @aws-sdk/client-s3') as string,
  });
});

it('does not hide a defect of the package', async () => {
  const broken = () => Promise.reject(new TypeError('a defect'));
  await expect(loadSdk(broken, '@aws-sdk/client-s3')).rejects.toThrow('a defect');
});
