import { describe, expect, it } from 'vitest';
import { redactAttributes } from '../../../../src/core/desired/redact.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/model/json.ts';
import { readAll, readOne, type Files } from './reading.ts';
import { managed, stateText } from './state-fixture.ts';

const CANARY = 'c4n4ryXq';
const NAMES = ['FOO', 'STRIPE', 'name', 'value'];
const map = Object.fromEntries(NAMES.map((name) => [name, CANARY]));
const pairs = NAMES.map((name) => ({ name, value: CANARY }));
const Pairs = NAMES.map((Name) => ({ Name, Value: CANARY }));
const state = (type: string, attributes: JsonObject): Files => ({
  f: stateText([managed({ type, instances: [{ attributes: { id: 'i', ...attributes } }] })]),
});
const template = (Type: string, Properties: object): Files => ({
  f: { Resources: { A: { Type, Properties } } },
});
const runtime = 'runtime_environment_variables';

const variables: Readonly<Record<string, Files>> = {
  'a Lambda function': state('aws_lambda_function', { environment: [{ variables: map }] }),
  'a Lambda function of a template': template('AWS::Lambda::Function', {
    Environment: { Variables: map },
  }),
  'containers of a task definition': state('aws_ecs_task_definition', {
    container_definitions: JSON.stringify([{ name: 'app', environment: pairs }]),
  }),
  'containers of a task definition, in capitals': state('aws_ecs_task_definition', {
    container_definitions: JSON.stringify([{ Name: 'app', Environment: Pairs }]),
  }),
  'containers of a template': template('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [{ Name: 'app', Environment: Pairs }],
  }),
  'a CodeBuild project': state('aws_codebuild_project', {
    environment: [{ environment_variable: pairs.map((pair) => ({ ...pair, type: 'PLAINTEXT' })) }],
  }),
  'a CodeBuild project of a template': template('AWS::CodeBuild::Project', {
    Environment: { EnvironmentVariables: Pairs },
  }),
  'an App Runner service': state('aws_apprunner_service', {
    source_configuration: [
      {
        image_repository: [{ image_configuration: [{ [runtime]: map }] }],
        code_repository: [
          { code_configuration: [{ code_configuration_values: [{ [runtime]: map }] }] },
        ],
      },
    ],
  }),
  'an App Runner service of a template': template('AWS::AppRunner::Service', {
    SourceConfiguration: {
      ImageRepository: { ImageConfiguration: { RuntimeEnvironmentVariables: Pairs } },
    },
  }),
  'an Amplify app': state('aws_amplify_app', { environment_variables: map }),
  'an Amplify app of a template': template('AWS::Amplify::App', { EnvironmentVariables: Pairs }),
  'a Beanstalk environment': state('aws_elastic_beanstalk_environment', { setting: pairs }),
  'a Beanstalk environment of a template': template('AWS::ElasticBeanstalk::Environment', {
    OptionSettings: Pairs.map((pair) => ({ ...pair, OptionName: pair.Name })),
  }),
  'a Glue job': state('aws_glue_job', { default_arguments: map }),
  'a stack within a state': state('aws_cloudformation_stack', { parameters: map }),
  'a container group': state('azurerm_container_group', {
    container: [{ environment_variables: map, secure_environment_variables: map }],
  }),
  'a container app': state('azurerm_container_app', {
    template: [{ container: [{ env: pairs }] }],
  }),
  'a static web app': state('azurerm_static_web_app', { app_settings: map }),
  'a Cloud Function': state('google_cloudfunctions_function', { environment_variables: map }),
  'a Cloud Function of the second generation': state('google_cloudfunctions2_function', {
    service_config: [{ environment_variables: map }],
    build_config: [{ environment_variables: map }],
  }),
  'a Cloud Run service': state('google_cloud_run_service', {
    template: [{ spec: [{ containers: [{ env: pairs }] }] }],
  }),
  'a Cloud Run service of the second version': state('google_cloud_run_v2_service', {
    template: [{ containers: [{ env: pairs }] }],
  }),
  'a Batch job': state('aws_batch_job_definition', {
    container_properties: JSON.stringify({ image: 'x', environment: pairs }),
  }),
};

describe('variables of', () => {
  it.each(Object.entries(variables))('%s keep their names and lose their values', (_, files) => {
    const text = JSON.stringify(readAll(files));
    expect(text).not.toContain(CANARY);
    for (const name of NAMES) expect(text).toContain(name);
    expect(text).toContain('$redacted');
  });

  it('headers of an event connection are hidden, whether or not they say that they are secret', () => {
    const header = [{ key: 'X-Own', value: CANARY, is_value_secret: true }];
    const parameters = [{ invocation_http_parameters: [{ header }] }];
    const [found] = readOne(
      state('aws_cloudwatch_event_connection', { auth_parameters: parameters }),
    ).resources;
    expect(JSON.stringify(found?.attributes)).toContain('X-Own');
    expect(JSON.stringify(found?.attributes)).not.toContain(CANARY);
  });

  it('a function are told apart by their hash', () => {
    const environment = [{ variables: { SAME: 'aa', OTHER: 'bbb' } }];
    const [found] = readOne(state('aws_lambda_function', { environment })).resources;
    expect(found?.attributes['environment']).toEqual([
      {
        variables: {
          SAME: { $redacted: 'hmac-sha256:h2' },
          OTHER: { $redacted: 'hmac-sha256:h3' },
        },
      },
    ]);
  });

  it('another JSON text of the same type stay as code wrote them', () => {
    const files = state('aws_ecs_task_definition', {
      container_definitions: '[ {"name": "app",  "image": "x:1"} ]',
    });
    expect(readOne(files).resources[0]?.attributes['container_definitions']).toBe(
      '[ {"name": "app",  "image": "x:1"} ]',
    );
  });
});

const secrets: Readonly<Record<string, JsonValue>> = {
  ...Object.fromEntries(
    [
      ...['STRIPE_KEY', 'ENCRYPTION_KEY', 'REDIS_PASS', 'PGPASS', 'PGPASSWORD', 'SIGNING_SALT'],
      ...['JWT', 'SLACK_WEBHOOK', 'SLACK_WEBHOOK_URL', 'SENTRY_DSN', 'signing_key', 'dbpassword'],
    ].flatMap((name) => [
      [name, { [name]: CANARY }],
      [`${name} in a pair`, { x: [{ name, value: CANARY }] }],
      [`${name} in a script`, `#!/bin/sh\nexport ${name}=${CANARY}\n`],
    ]),
  ),
  'a Slack webhook': `https://hooks.slack.com/services/T0/B0/${CANARY}`,
  'connection attributes': `useSSL=true;password=${CANARY};x=1`,
  'connection attributes behind another': `extra: user=a password=${CANARY}`,
  'the only part of a JDBC query': `jdbc:postgresql://h:5432/db?password=${CANARY}`,
  'a part of a JDBC query': `jdbc:postgresql://h:5432/db?user=a&password=${CANARY}&ssl=true`,
  'a URL in an assignment': `url=https://h/p?access_key=${CANARY}`,
  'a short bearer token': `Bearer ${CANARY}`,
  'a header': `Authorization: Bearer abcdef${CANARY}`,
  XML: `<db><user>a</user><password>${CANARY}</password></db>`,
};

/** What identity, comparison and reading need. */
const plain: JsonObject = {
  kms_key_id: 'arn:aws:kms:eu-west-1:111111111111:key/9d2f0a3c-1111-2222-3333-444455556666',
  kms_master_key_id: '9d2f0a3c-1111-2222-3333-444455556666',
  encryption_key: [{ id: 'alias/own', type: 'KMS' }],
  key_name: 'deployer',
  key_id: 'K1',
  key_pair_id: 'key-0a1b2c3d4e5f60718',
  public_key: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 deployer',
  ssh_public_key_id: 'APKA1',
  secret_arn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app-x1',
  hash_key: 'pk',
  range_key: 'sk',
  authorization: 'AWS_IAM',
  description: 'Rejects a bearer authentication without a token',
  bypass: 'x',
  compass: 'x',
  webhook: [{ url: 'https://example.com/x' }],
  token_validity_units: 'minutes',
  variables: {
    KMS_KEY: 'alias/own',
    SSH_PUBLIC_KEY: 'ssh-rsa AAAA',
    PARTITION_KEY: 'pk',
    KEY_NAME: 'deployer',
    SECRET_KEY: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app-x1',
  },
  tags: { Name: 'primary', 'kubernetes.io/cluster/x': 'owned' },
  url: 'https://example.com/a?user=b&page=2',
  statement: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app-*',
};

describe('a secret', () => {
  it.each(Object.entries(secrets))('is told by its name or form: %s', (_, value) => {
    const text = JSON.stringify(redactAttributes({ settings: value }, [], undefined));
    expect(text).not.toContain(CANARY);
  });

  it('is the value of an API key of API Gateway', () => {
    const files = state('aws_api_gateway_api_key', { name: 'n', value: CANARY });
    expect(JSON.stringify(readAll(files))).not.toContain(CANARY);
  });

  it.each(Object.entries(plain))('is not seen in a plain %s', (name, value) => {
    expect(redactAttributes({ [name]: value }, [], undefined)).toEqual({ [name]: value });
  });
});
