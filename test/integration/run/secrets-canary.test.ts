import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { openDatabases } from '../../../src/adapters/desired-store/store-databases.ts';
import { createStoreReader } from '../../../src/adapters/desired-store/store-reader.ts';
import { desiredPayloads } from '../../../src/codec/desired-resource-payload.ts';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import { createDeployment } from '../../support/deployment.ts';
import { runDriftlineCommand } from '../../support/driftline-process.ts';
import { readCommitted } from '../../support/kafka-reader.ts';

/** Letters first, which no way of writing it changes; then what URLs, JSON and HTML write in other ways. */
const CANARY = 'c4n4ryXq7Vb2/+"&é %';
const MARK = 'c4n4ryXq7Vb2';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const FORMS = [
  MARK,
  Buffer.from(MARK).toString('hex'),
  // At each of the three places that it may begin at in a group of base64.
  ...['', 'x', 'xx'].map((before) =>
    base64(`${before}${MARK}`).slice(before.length === 0 ? 0 : 4, 16),
  ),
];

const ACCOUNT = '123456789012';
const AWS = 'provider["registry.terraform.io/hashicorp/aws"]';
const SECRET_ARN = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:app-AbCdEf`;
const SCRIPT = `#!/bin/sh\nexport DB_PASSWORD=${CANARY}\n`;

const hiding = {
  db_password: CANARY,
  nested: [{ deep: [{ masterUserPassword: CANARY }] }],
  pair: [{ name: 'DB_PASSWORD', value: CANARY }],
  json_text: JSON.stringify({ a: JSON.stringify({ password: CANARY }) }),
  base64_json: base64(JSON.stringify({ password: CANARY })),
  base64_script: base64(SCRIPT),
  flag: ['run', '--token', CANARY],
  url: `postgres://app:${encodeURIComponent(CANARY)}@db.internal:5432/app`,
};

const instance = (type: string, name: string, attributes: object, more: object = {}) => ({
  mode: 'managed',
  type,
  name,
  provider: AWS,
  instances: [{ attributes, ...more }],
});

const state = {
  version: 4,
  serial: 1,
  lineage: 'l-canary',
  outputs: { password: { value: CANARY, type: 'string', sensitive: true } },
  resources: [
    instance('aws_db_instance', 'db', {
      id: 'db-canary',
      identifier: 'db-canary',
      password: CANARY,
    }),
    instance('aws_ssm_parameter', 'p', { id: '/app/p', name: '/app/p', value: CANARY }),
    instance('aws_lambda_function', 'f', {
      id: 'canary',
      function_name: 'canary',
      environment: [{ variables: { PLAIN: CANARY } }],
    }),
    instance('aws_instance', 'i', { id: 'i-0123456789abcdef0', user_data: SCRIPT }),
    instance('aws_secretsmanager_secret_version', 'v', {
      id: `${SECRET_ARN}|1`,
      secret_id: SECRET_ARN,
      secret_string: JSON.stringify({ any: CANARY }),
    }),
    instance('aws_security_group', 'sg', { id: 'sg-0123456789abcdef0', tags: { Name: 'a' } }),
    instance('aws_iam_user', 'u', { id: 'canary-user', name: 'canary-user', ...hiding }),
    instance('random_password', 'r', { id: 'none', result: CANARY }),
    instance(
      'aws_vpc',
      'marked',
      { id: 'vpc-0123456789abcdef0', plain: CANARY, list: [{ b: CANARY }] },
      {
        sensitive_attributes: [
          [{ type: 'get_attr', value: 'plain' }],
          [{ type: 'get_attr', value: 'list' }],
        ],
        private: base64(CANARY),
      },
    ),
  ],
};

const shown = (root: string) => ({
  format_version: '1.2',
  [root]: {
    root_module: {
      resources: [
        {
          address: `aws_vpc.${root}`,
          mode: 'managed',
          type: 'aws_vpc',
          name: root,
          provider_name: 'registry.terraform.io/hashicorp/aws',
          values: { id: `vpc-${root}`, plain: CANARY, list: [{ b: CANARY }], ...hiding },
          sensitive_values: { plain: true, list: [{ b: true }] },
        },
      ],
    },
  },
  variables: { secret: { value: CANARY } },
});

const pulumi = {
  version: 3,
  deployment: {
    manifest: { time: '2026-01-01T00:00:00Z' },
    resources: [
      {
        urn: 'urn:pulumi:prod::shop::aws:ec2/vpc:Vpc::v',
        custom: true,
        id: 'vpc-2',
        type: 'aws:ec2/vpc:Vpc',
        inputs: {
          ...hiding,
          a: {
            '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
            plaintext: JSON.stringify(CANARY),
          },
        },
        outputs: { plainName: CANARY },
        additionalSecretOutputs: ['plainName'],
      },
    ],
  },
};

const template = {
  AWSTemplateFormatVersion: '2010-09-09',
  Parameters: { Secret: { Type: 'String', NoEcho: true, Default: CANARY } },
  Resources: {
    Db: { Type: 'AWS::RDS::DBInstance', Properties: { MasterUserPassword: CANARY, ...hiding } },
    Vpc: {
      Type: 'AWS::EC2::VPC',
      Properties: { Tags: [{ Key: 'note', Value: { Ref: 'Secret' } }] },
    },
  },
};

const manifests = `apiVersion: v1
kind: Secret
metadata: {name: s}
data: {plain: ${base64(CANARY)}}
stringData: {other: ${JSON.stringify(CANARY)}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  settings.json: ${JSON.stringify(JSON.stringify({ password: CANARY }))}
`;

const record = (number: number, service: string, eventName: string, request: object): string =>
  JSON.stringify({
    eventVersion: '1.08',
    userIdentity: {
      type: 'IAMUser',
      arn: `arn:aws:iam::${ACCOUNT}:user/mallory`,
      accountId: ACCOUNT,
      userName: 'mallory',
    },
    eventTime: '2026-03-01T10:00:00Z',
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: 'eu-west-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.15',
    requestParameters: request,
    responseElements: null,
    eventID: `canary-${number}`,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
  });

const variables = { PLAIN: CANARY, DB_PASSWORD: CANARY };
const tag = (key: string, value: string) => ({ key, value });

/** Acts on each of the resources, with the secret in the request. */
const acts: readonly (readonly [service: string, operation: string, request: object])[] = [
  ['rds', 'ModifyDBInstance', { dBInstanceIdentifier: 'db-canary', masterUserPassword: CANARY }],
  ['ssm', 'PutParameter', { name: '/app/p', type: 'SecureString', value: CANARY, overwrite: true }],
  [
    'lambda',
    'UpdateFunctionConfiguration20150331v2',
    { functionName: 'canary', environment: { variables } },
  ],
  [
    'ec2',
    'ModifyInstanceAttribute',
    { instanceId: 'i-0123456789abcdef0', userData: { value: base64(SCRIPT) } },
  ],
  ['secretsmanager', 'PutSecretValue', { secretId: SECRET_ARN, secretString: CANARY }],
  [
    'ec2',
    'CreateTags',
    {
      resourcesSet: { items: [{ resourceId: 'sg-0123456789abcdef0' }] },
      tagSet: { items: [tag('db_password', CANARY), tag('note', hiding.url)] },
    },
  ],
  ['iam', 'UpdateLoginProfile', { userName: 'canary-user', password: CANARY }],
  [
    'rds',
    'CreateDBInstance',
    { dBInstanceIdentifier: 'unowned', masterUserPassword: CANARY, engine: 'postgres' },
  ],
  [
    'lambda',
    'CreateFunction20150331',
    { functionName: 'unowned', environment: { variables }, description: hiding.url },
  ],
];

const found = (where: string, bytes: Buffer | string): readonly string[] =>
  FORMS.filter((form) => bytes.includes(form)).map((form) => {
    const at = bytes.indexOf(form);
    return `${where}: …${bytes.toString().slice(Math.max(0, at - 200), at + 20)}`;
  });

describe.each([
  ['with a hash key', { 'desired.hashKey': 'a-key-of-at-least-sixteen-bytes' }],
  ['without one', {}],
])('a secret, %s,', (_name, key: Readonly<Record<string, string>>) => {
  it('is nowhere but in the record that holds it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'driftline-canary-'));
    const deployment = await createDeployment(inject('stack'), 1, key);
    const leaks: string[] = [];
    const look = (where: string, bytes: Buffer | string): void => {
      leaks.push(...found(where, bytes));
    };
    const publish = async (name: string, content: string, ...options: readonly string[]) => {
      const file = join(folder, name);
      writeFileSync(file, content);
      const args = ['desired', 'publish', file, '--env', 'prod', ...options];
      const { code, stdout, stderr } = await runDriftlineCommand([...args, ...deployment.settings]);
      look(`publish of ${name}`, stdout + stderr);
      return code;
    };
    try {
      expect(await publish('a.tfstate', JSON.stringify(state))).toBe(0);
      for (const [name, content, ...options] of [
        ['plan.json', JSON.stringify(shown('planned_values')), '--unit', 'plan'],
        ['show.json', JSON.stringify(shown('values')), '--unit', 'show'],
        ['pulumi.json', JSON.stringify(pulumi)],
        ['template.json', JSON.stringify(template), '--stack', 'web'],
        ['m.yaml', manifests, '--unit', 'm', '--cluster', 'c'],
      ] as const) {
        expect([name, await publish(name, content, ...options)]).toEqual([name, 0]);
      }
      for (const [name, content] of [
        ['cut.tfstate', JSON.stringify(state).slice(0, -40)],
        ['bad.json', `{"version": 4, "password": ${CANARY}}`],
        ['bad.yaml', `apiVersion: v1\nkind: Secret\ndata: {a: ${MARK}`],
        ['odd.tfstate', JSON.stringify({ ...state, resources: [{ mode: CANARY }] })],
      ] as const) {
        expect([name, await publish(name, content)]).toEqual([name, 2]);
      }

      const store = join(folder, 'store');
      const worker = deployment.start(['--set', `desired.storeFolder=${store}`]);
      await deployment.produce([
        ...acts.map(([service, name, request], at) => record(at, service, name, request)),
        // Ends as a dead letter, which is the record as it was; its headers tell why.
        `{"eventVersion": "1.08", "requestParameters": {"password": "${MARK}"}`,
      ]);
      await deployment.caughtUp();
      const { port } = await worker.event('http.listening');
      look('metrics', await (await fetch(`http://127.0.0.1:${Number(port)}/metrics`)).text());
      worker.kill('SIGTERM');
      expect(await worker.exited).toBe(0);
      look('log', JSON.stringify(worker.lines) + worker.stderr());

      const { kafka, topics } = deployment;
      const candidates = await readCommitted(kafka, topics.candidates);
      expect(candidates.length).toBe(acts.length);
      const desired = await readCommitted(kafka, topics.desired);
      expect(desired.length).toBeGreaterThan(12);
      for (const { key: name, value, headers } of [...candidates, ...desired]) {
        look(`record ${name ?? ''}`, value ?? '');
        look(`record ${name ?? ''}`, `${name ?? ''}${JSON.stringify(headers)}`);
      }
      for (const { headers } of await readCommitted(kafka, topics.dead)) {
        look('dead letter', JSON.stringify(headers));
      }
      for (const file of readdirSync(store, { recursive: true, withFileTypes: true })) {
        if (file.isFile()) look(file.name, readFileSync(join(file.parentPath, file.name)));
      }
      const databases = openDatabases(store);
      const reader = createStoreReader(
        databases,
        desiredPayloads(loadSchemas()['desired-resource']),
      );
      const held = JSON.stringify([...reader.all()]);
      await databases.root.close();
      expect(held).toContain('$redacted');
      look('store', held);

      expect(await deployment.auditDocuments()).toHaveLength(acts.length);
      for (const { _id, _source } of await deployment.auditDocuments()) {
        const { raw, raw_data: text, ...rest } = _source;
        // The record is kept whole: what it holds, the provider has left in it.
        expect(found('record', JSON.stringify(raw ?? text))).not.toEqual([]);
        look(`document ${_id}`, JSON.stringify(rest));
      }
      for (const { _id, _source } of await deployment.candidateDocuments()) {
        look(`document ${_id}`, JSON.stringify(_source));
      }
      expect(leaks).toEqual([]);
    } finally {
      await deployment.end();
      rmSync(folder, { recursive: true });
    }
  });
});
