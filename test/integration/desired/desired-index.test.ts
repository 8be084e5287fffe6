import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { startDriftline, type DriftlineProcess } from '../../support/driftline-process.ts';

const stack = inject('stack');
let deployment: Deployment;
let index: string;
const started: DriftlineProcess[] = [];

const stateOf = (serial: number, buckets: readonly string[], acl = 'private'): string =>
  JSON.stringify({
    version: 4,
    terraform_version: '1.9.0',
    serial,
    lineage: 'a0b1c2d3-0000-4000-8000-000000000001',
    outputs: {},
    resources: buckets.map((bucket) => ({
      mode: 'managed',
      type: 'aws_s3_bucket',
      name: bucket,
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [
        {
          schema_version: 0,
          attributes: {
            id: bucket,
            bucket,
            acl,
            arn: `arn:aws:s3:::${bucket}`,
            password: 'canary-7f3a',
          },
          sensitive_attributes: [[{ type: 'get_attr', value: 'password' }]],
        },
      ],
    })),
  });

interface Found {
  readonly address: string;
  readonly attributes?: { readonly acl?: string };
}

const found = async (): Promise<readonly Found[]> => {
  await fetch(`${stack.opensearch}/${index}/_refresh`, { method: 'POST' });
  const answer = await fetch(`${stack.opensearch}/${index}/_search?size=100&sort=key`);
  const { hits } = (await answer.json()) as {
    readonly hits: { readonly hits: readonly { readonly _source: Found }[] };
  };
  return hits.hits.map(({ _source }) => _source);
};

const addresses = async (): Promise<readonly string[]> =>
  (await found()).map(({ address }) => address);

const startIndex = (): DriftlineProcess => {
  const process = startDriftline(['desired', 'index', ...deployment.settings]);
  started.push(process);
  return process;
};

const LIMIT = { timeout: 90_000, interval: 500 };

beforeAll(async () => {
  deployment = await createDeployment(stack, 2);
  index = deployment.indexes.auditEvents.replace('audit-events', 'desired-state');
});

afterAll(async () => {
  for (const each of started) each.kill('SIGKILL');
  await Promise.all(started.map((each) => each.exited));
  await deployment.end();
});

describe('driftline desired index', () => {
  it('holds what code says, follows what is published, and takes away what code no longer owns', async () => {
    await deployment.publishState(stateOf(1, ['one', 'two']));
    const first = startIndex();
    await expect.poll(addresses, LIMIT).toEqual(['aws_s3_bucket.one', 'aws_s3_bucket.two']);
    await deployment.publishState(stateOf(2, ['two', 'three'], 'public-read'));
    await expect.poll(addresses, LIMIT).toEqual(['aws_s3_bucket.three', 'aws_s3_bucket.two']);
    await expect
      .poll(async () => (await found()).map(({ attributes }) => attributes?.acl), LIMIT)
      .toEqual(['public-read', 'public-read']);
    expect(JSON.stringify(await found())).not.toContain('canary-7f3a');
    first.kill('SIGTERM');
    expect(await first.exited).toBe(0);
  });

  it('catches up with what was published while it was away', async () => {
    await deployment.publishState(stateOf(3, ['three', 'four']));
    const again = startIndex();
    await expect.poll(addresses, LIMIT).toEqual(['aws_s3_bucket.four', 'aws_s3_bucket.three']);
    again.kill('SIGTERM');
    expect(await again.exited).toBe(0);
  });

  it('takes away a resource whose tombstone nobody read', async () => {
    // A document as it would be left behind: of a key that the topic no longer has.
    const left = { key: 'test/gone/aws_s3_bucket.gone', address: 'aws_s3_bucket.gone', offset: 0 };
    const answer = await fetch(
      `${stack.opensearch}/${index}/_doc/${encodeURIComponent(left.key)}?version=0&version_type=external_gte&refresh=true`,
      {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(left),
      },
    );
    expect(answer.status).toBe(201);
    const process = startIndex();
    expect(await process.event('desired-index.swept')).toMatchObject({ documents: 3, removed: 1 });
    await delay(100);
    expect(await addresses()).toEqual(['aws_s3_bucket.four', 'aws_s3_bucket.three']);
    process.kill('SIGTERM');
    expect(await process.exited).toBe(0);
  });
});
