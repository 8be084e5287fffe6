import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../src/core/model/json.ts';
import { failuresOf, readAll, type Files } from './reading.ts';
import { managed, stateText } from './state-fixture.ts';

const CANARY = 'c4n4ryXq';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Each way in which an attribute may hold the canary as a secret, under a name that tells nothing. */
const hiding: Readonly<Record<string, JsonValue>> = {
  by_name: { db_password: CANARY, clientSecret: CANARY, 'API-KEY': CANARY },
  nested: [{ deep: [{ masterUserPassword: CANARY }] }],
  pair: [{ name: 'DB_PASSWORD', value: CANARY }],
  json_text: JSON.stringify({ a: { password: CANARY } }),
  json_in_json: JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ token: CANARY }) }) }),
  base64_json: base64(JSON.stringify({ password: CANARY })),
  base64_script: base64(`#!/bin/sh\nexport DB_PASSWORD=${CANARY}\n`),
  base64_twice: base64(base64(`password: ${CANARY}`)),
  base64_in_json: JSON.stringify({ data: base64(`{"secret":"${CANARY}"}`) }),
  compressed: gzipSync(`password=${CANARY}`).toString('base64'),
  script: `#!/bin/bash\nmysql -u root --password=${CANARY}\n`,
  yaml_text: `db:\n  password: ${CANARY}\n  host: h\n`,
  ini_text: `[db]\napi_key = "${CANARY}"\n`,
  flag: ['run', '--token', CANARY],
  flag_text: `run --auth-token ${CANARY}`,
  url: `postgres://app:${CANARY}@db.internal:5432/app`,
  key: `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}\n-----END RSA PRIVATE KEY-----`,
  header: `Authorization: Bearer ${CANARY}${CANARY}${CANARY}`,
};
const encoded = [CANARY, base64(CANARY), base64(`x${CANARY}`), base64(`xx${CANARY}`)].map((text) =>
  text.replace(/=+$/, '').slice(0, 8),
);

const secretMark = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270' };
const k8s = (object: object): object => ({ apiVersion: 'v1', metadata: { name: 'x' }, ...object });
const show = (resource: object, more: object = {}): object => ({
  format_version: '1.2',
  planned_values: {
    root_module: {
      resources: [
        {
          address: 't.n',
          mode: 'managed',
          type: 't',
          name: 'n',
          provider_name: 'p',
          ...resource,
        },
      ],
    },
  },
  ...more,
});
const checkpoint = (resource: object): object => ({
  version: 3,
  deployment: {
    manifest: { time: '2026-01-01T00:00:00Z' },
    resources: [
      { urn: 'urn:pulumi:s::p::t:m:T::n', custom: true, id: 'i', type: 't:m:T', ...resource },
    ],
  },
});

const formats: Readonly<Record<string, Files>> = {
  'a Terraform state': {
    f: stateText([managed({ instances: [{ attributes: { id: 'i', ...hiding } }] })]),
  },
  'a state with sensitive_attributes': {
    f: stateText([
      managed({
        instances: [
          {
            attributes: { plain: CANARY, list: [{ b: CANARY }] },
            sensitive_attributes: [
              [{ type: 'get_attr', value: 'plain' }],
              [{ type: 'get_attr', value: 'list' }],
            ],
          },
        ],
      }),
    ]),
  },
  'known secret attributes': {
    f: stateText([
      managed({ type: 'random_password', instances: [{ attributes: { result: CANARY } }] }),
      managed({ type: 'aws_ssm_parameter', instances: [{ attributes: { value: CANARY } }] }),
    ]),
  },
  'show -json of a state': { f: { format_version: '1.0', values: show({ values: hiding }) } },
  'a plan': { f: show({ values: hiding }) },
  'a plan with sensitive_values': {
    f: show({
      values: { a: CANARY, set: [{ n: 1 }, { n: CANARY }], map: { k: CANARY } },
      sensitive_values: { a: true, set: [{ n: true }, {}], map: { k: true } },
    }),
  },
  'a plan with after_sensitive, variables, prior state and drift': {
    f: show(
      { values: { a: CANARY } },
      {
        resource_changes: [
          { address: 't.n', change: { before: { a: CANARY }, after_sensitive: { a: true } } },
        ],
        resource_drift: [
          { address: 't.n', change: { before: { a: CANARY }, after: { a: CANARY } } },
        ],
        variables: { v: { value: CANARY } },
        prior_state: { values: { outputs: { o: { value: CANARY } } } },
        configuration: { provider_config: { p: { expressions: { token: CANARY } } } },
      },
    ),
  },
  'a Pulumi stack': { f: checkpoint({ inputs: hiding, outputs: hiding }) },
  'Pulumi secrets': {
    f: checkpoint({
      inputs: {
        a: { ...secretMark, plaintext: JSON.stringify(CANARY) },
        b: [{ c: { ...secretMark, ciphertext: CANARY } }],
        d: {
          '4dabf18193072939515e22adb298388d': 'd0e6a833031e9bbcd3f4e8bde6ca49a4',
          value: CANARY,
          secret: true,
        },
        e: {
          '4dabf18193072939515e22adb298388d': 'c44067f5952c0a294b673a41bacd8c17',
          text: CANARY,
          hash: 'f0',
        },
      },
      outputs: { plainName: CANARY },
      additionalSecretOutputs: ['plainName'],
    }),
  },
  'a Pulumi provider': {
    f: {
      version: 3,
      deployment: {
        resources: [
          {
            urn: 'urn:pulumi:s::p::pulumi:providers:x::n',
            custom: true,
            id: 'i',
            type: 'pulumi:providers:x',
            inputs: { anything: CANARY },
          },
        ],
      },
    },
  },
  'a CloudFormation template': {
    f: {
      Parameters: { P: { Default: CANARY } },
      Resources: {
        A: { Type: 'AWS::X::Y', Properties: hiding },
        B: { Type: 'AWS::SSM::Parameter', Properties: { Value: CANARY } },
        C: { Type: 'AWS::RDS::DBInstance', Properties: { MasterUserPassword: CANARY } },
        D: {
          Type: 'AWS::EC2::Instance',
          Properties: { UserData: { 'Fn::Base64': `export API_TOKEN=${CANARY}` } },
        },
      },
    },
  },
  'drift results of a stack': {
    f: {
      StackResourceDrifts: [
        {
          LogicalResourceId: 'A',
          PhysicalResourceId: 'a',
          ResourceType: 'AWS::X::Y',
          ExpectedProperties: JSON.stringify(hiding),
          ActualProperties: JSON.stringify({ plain: CANARY }),
        },
      ],
    },
  },
  'a Secret': {
    f: k8s({ kind: 'Secret', data: { plain: base64(CANARY) }, stringData: { other: CANARY } }),
  },
  'a Secret that kubectl applied': {
    f: {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        k8s({
          kind: 'Secret',
          metadata: {
            name: 's',
            annotations: {
              'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
                kind: 'Secret',
                data: { plain: base64(CANARY) },
              }),
            },
          },
        }),
      ],
    },
  },
  'a ConfigMap and a Deployment': {
    'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  settings.json: '{"password": "${CANARY}"}'\n  app.ini: |\n    password = ${CANARY}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  template:\n    spec:\n      containers:\n      - env: [{name: DB_PASSWORD, value: ${CANARY}}]\n        args: [--password, ${CANARY}, --token=${CANARY}]\n`,
    'b.json': k8s({ kind: 'Own', spec: hiding as object }),
  },
};

describe('a secret that is planted in', () => {
  it.each(Object.entries(formats))('%s is nowhere in what is read', (_name, files) => {
    const results = readAll(files);
    expect(results.length).toBeGreaterThan(0);
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    const text = JSON.stringify(results);
    for (const form of encoded) expect(text).not.toContain(form);
  });

  it.each(Object.entries(hiding))('%s leaves a marker', (_name, value) => {
    const state = stateText([managed({ instances: [{ attributes: { a: value } }] })]);
    expect(JSON.stringify(readAll({ state }))).toContain('$redacted');
  });

  it.each([
    `{"version": 4, "password": ${CANARY}}`,
    `{"version": 4, "password": "${CANARY}`,
    `password: ${CANARY}\n  bad: [`,
    `a: 1\na: ${CANARY}`,
    `password: *${CANARY}`,
    `apiVersion: v1\nkind: Secret\nmetadata: {name: "{{ ${CANARY} }}"}\n`,
    `apiVersion: v1\nkind: Secret\ndata: {a: ${CANARY}}\n`,
    CANARY,
    JSON.stringify([CANARY]),
    JSON.stringify({ version: CANARY }),
    JSON.stringify({ version: 4, serial: 1, resources: [{ mode: CANARY }] }),
    JSON.stringify({ format_version: '9.0', values: CANARY }),
    JSON.stringify({ format_version: '1.0', values: { root_module: { resources: [CANARY] } } }),
    JSON.stringify({ version: 4, features: [CANARY], checkpoint: { latest: {} } }),
    JSON.stringify({ version: 3, deployment: { resources: [{ custom: true, urn: CANARY }] } }),
    JSON.stringify({
      AWSTemplateFormatVersion: '2010-09-09',
      Resources: { A: { Properties: CANARY } },
    }),
    JSON.stringify({ StackResources: [CANARY] }),
  ])('what is refused is not quoted: %j', (content) => {
    const failures = failuresOf({ f: content });
    expect(failures).toHaveLength(1);
    expect(JSON.stringify(failures)).not.toContain(CANARY);
  });
});
