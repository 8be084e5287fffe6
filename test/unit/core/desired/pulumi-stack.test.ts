import { describe, expect, it } from 'vitest';
import { NO_FORMAT_TABLES } from '../../../../src/core/model/format-tables.ts';
import { pulumiType } from '../../../../src/core/desired/pulumi-types.ts';
import { readProviderTables } from '../../../../src/config/provider-tables.ts';
import { failuresOf, readOne, resourceAt } from './reading.ts';

const tables = readProviderTables('config');
const urn = (type: string, name = 'n'): string => `urn:pulumi:dev::shop::${type}::${name}`;
const bucket = 'aws:s3/bucket:Bucket';
const resource = (change: object = {}): object => ({
  urn: urn(bucket),
  custom: true,
  id: 'logs',
  type: bucket,
  ...change,
});
const exported = (...resources: readonly object[]): object => ({
  version: 3,
  deployment: { manifest: { time: '2026-01-02T03:04:05Z' }, resources },
});

describe('a Pulumi stack', () => {
  it('is one scope of project and stack, with the time of the deployment for a serial', () => {
    expect(readOne({ f: exported(resource()) })).toMatchObject({
      format: 'pulumi',
      scope: 'prod/pulumi:shop:dev',
      serial: Date.parse('2026-01-02T03:04:05Z'),
      resources: [{ address: `${bucket}::n`, type: 'aws_s3_bucket', provider: 'aws' }],
    });
  });

  it('gives custom resources only, and none that is external, to be deleted, or of Pulumi itself', () => {
    const read = readOne({
      f: exported(
        resource({ custom: false, urn: urn('my:c:Web', 'w'), type: 'my:c:Web' }),
        resource({ external: true, urn: urn(bucket, 'e') }),
        resource({ delete: true }),
        resource({ urn: urn('pulumi:providers:aws'), type: 'pulumi:providers:aws' }),
        resource({ parent: urn('my:c:Web', 'w') }),
      ),
    });
    expect(read.skipped).toEqual({ data: 0, deposed: 1, component: 2, external: 1 });
    expect(read.resources).toMatchObject([{ module: 'my:c:Web::w' }]);
  });

  it('names attributes as Terraform does, inputs over outputs, but not the members of maps', () => {
    const { resources } = readOne({
      f: exported(
        resource({
          inputs: {
            __defaults: ['x'],
            forceDestroy: true,
            tags: { CostCenter: '1' },
            websites: [{ indexDocument: 'i' }],
          },
          outputs: { arn: 'arn:aws:s3:::logs', forceDestroy: false, hostedZoneId: 'Z' },
        }),
      ),
    });
    expect(resources[0]).toMatchObject({
      identities: ['arn:aws:s3:::logs', 'aws_s3_bucket:logs'],
      attributes: {
        id: 'logs',
        arn: 'arn:aws:s3:::logs',
        force_destroy: true,
        hosted_zone_id: 'Z',
        tags: { CostCenter: '1' },
        websites: [{ index_document: 'i' }],
      },
    });
    expect(JSON.stringify(resources)).not.toContain('defaults');
  });

  it('hashes a secret that is shown, and drops one that is encrypted', () => {
    const mark = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270' };
    const { resources } = readOne({
      f: exported(
        resource({
          inputs: {
            shown: { ...mark, plaintext: '"secret"' },
            hidden: { ...mark, ciphertext: 'v1:x' },
            later: '04da6b54-80e4-46f7-96ec-b56ff0331ba9',
            list: ['a', '04da6b54-80e4-46f7-96ec-b56ff0331ba9'],
          },
        }),
      ),
    });
    expect(resources[0]?.attributes).toEqual({
      id: 'logs',
      shown: { $redacted: 'hmac-sha256:h6' },
      hidden: { $redacted: 'dropped' },
    });
  });

  it('takes the region of the provider that a resource names', () => {
    const provider = urn('pulumi:providers:aws', 'west');
    const { resources } = readOne({
      f: exported(
        {
          urn: provider,
          custom: true,
          id: 'p1',
          type: 'pulumi:providers:aws',
          inputs: { region: 'us-west-2' },
        },
        resource({ provider: `${provider}::p1` }),
      ),
    });
    expect(resources[0]?.region).toBe('us-west-2');
  });

  it('knows objects of Kubernetes as manifests do', () => {
    const type = 'kubernetes:apps/v1:Deployment';
    const object = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
    };
    const read = readOne(
      { f: exported(resource({ urn: urn(type), type, id: 'shop/web', inputs: object })) },
      { cluster: 'c1' },
    );
    expect(resourceAt(read, `${type}::n`)).toMatchObject({
      type: 'kubernetes_deployment',
      account: 'c1',
      identities: [
        'kubernetes:apps/deployments/shop/web',
        'kubernetes-collection:apps/deployments/shop',
        'kubernetes-namespace:shop',
      ],
    });
  });

  it.each([
    ['aws:s3/bucketV2:BucketV2', 'aws_s3_bucket'],
    ['aws:ec2/securityGroup:SecurityGroup', 'aws_security_group'],
    ['aws:rds/instance:Instance', 'aws_db_instance'],
    ['aws:rds/cluster:Cluster', 'aws_rds_cluster'],
    ['aws:lb/loadBalancer:LoadBalancer', 'aws_lb'],
    ['aws:lb/listener:Listener', 'aws_lb_listener'],
    ['aws:apigateway/restApi:RestApi', 'aws_api_gateway_rest_api'],
    ['aws:cloudwatch/logGroup:LogGroup', 'aws_cloudwatch_log_group'],
    ['aws:iam/role:Role', 'aws_iam_role'],
    ['aws-native:ec2:SecurityGroup', 'aws_security_group'],
    ['gcp:storage/bucket:Bucket', 'google_storage_bucket'],
    ['gcp:projects/iAMMember:IAMMember', 'google_project_iam_member'],
    ['gcp:serviceaccount/account:Account', 'google_service_account'],
    ['azure:network/virtualNetwork:VirtualNetwork', 'azurerm_virtual_network'],
    ['azure:storage/account:Account', 'azurerm_storage_account'],
    ['azure-native:network:VirtualNetwork', 'azurerm_virtual_network'],
    ['azure-native:web:WebApp', 'azure-native:web:WebApp'],
    ['random:index/randomPassword:RandomPassword', 'random_password'],
  ])('%s is %s', (token, type) => {
    expect(pulumiType(token, tables.formats, tables.resourceTypes).type).toBe(type);
  });

  it('reads a type without any table', () => {
    expect(pulumiType('aws:sqs/queue:Queue', NO_FORMAT_TABLES, new Map())).toEqual({
      type: 'aws_sqs_queue',
      provider: 'aws',
    });
  });
});

describe('a checkpoint is refused', () => {
  it.each([
    [{ target: 's', latest: {} }, 'unsupported_version'],
    [{ ...exported(), version: 9 }, 'unsupported_version'],
    [{ ...exported(), version: 4, features: ['new'] }, 'unsupported_feature'],
    [{ version: 3, checkpoint: { stack: 's' } }, 'empty'],
    [exported({ custom: true }), 'invalid_resource'],
    [exported(resource({ inputs: [] })), 'invalid_resource'],
    [exported(resource(), resource()), 'invalid_resource'],
  ])('%j', (content, reason) => {
    expect(failuresOf({ f: content })).toEqual([expect.objectContaining({ reason })]);
  });
});
