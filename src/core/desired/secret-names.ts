import { keptByName } from '../model/bounded-cache.ts';

/** Whatever the type of the value. */
const SECRET_NAME = new RegExp(
  '(^|_)(' +
    [
      '\\w*password|passwords|\\w*passwd|\\w*passphrase|pwd|psk|credentials?|secret|token|bcrypt_hash',
      'secret_(string|binary|value|key|data|access_key)',
      '(api|access|account|shared|auth|client|master|primary|secondary|preshared|pre_shared|raw)_key(_value)?|apikey',
      'private_key(_pem|_openssh|_pem_pkcs8|_data)?',
      'connection_string|sas_url|sas_token|kube_config|kube_config_raw|dockerconfigjson',
    ].join('|') +
    ')(_v4|_wo|_base64|_encrypted|_plaintext|_hash)?$',
);

/** Of a text or number: as names of blocks these say nothing. */
const SECRET_SCALAR_NAME =
  /(^|_)((pg|db|my|sql|mysql|user|root|admin|redis)?pass|salt|jwt|dsn|webhook(_ur[il])?|(signing|hmac|license|session|cookie)_key)$/;

/** As variables are written; a key in capitals is one that opens something. */
const VARIABLE_KEY = /^[A-Z][A-Z0-9_]*_KEY(_[0-9]+)?$/;
const PLAIN_KEY =
  /(^|_)(PUBLIC|PUB|KMS|CMK|HOST|PARTITION|SORT|HASH|RANGE|CACHE|OBJECT|BUCKET|S3|FILE|ROUTING|PRIMARY|FOREIGN|INDEX|TAG|LABEL|STATE|LOCK|TRANSLATION)_KEY(_[0-9]+)?$/;

const MAX_CACHED = 10_000;

const remembered = (test: (name: string) => boolean): ((name: string) => boolean) =>
  keptByName(test, MAX_CACHED);

const snakeCased = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[-.\s]/g, '_')
    .toLowerCase();

/** Whether an attribute or key of this name holds a secret, whatever its type: `db_password`, `clientSecret`, `API-KEY`. */
export const isSecretName = remembered((name) => SECRET_NAME.test(snakeCased(name)));

/** Whether a text or number of this name is a secret, also as a variable: `REDIS_PASS`, `ENCRYPTION_KEY`, `signing_salt`. */
export const isSecretScalarName = remembered(
  (name) =>
    isSecretName(name) ||
    SECRET_SCALAR_NAME.test(snakeCased(name)) ||
    (VARIABLE_KEY.test(name) && !PLAIN_KEY.test(name)),
);

/**
 * Attributes that hold a secret under a plain name, as paths. Providers mark these in their schema, which Terraform
 * does not write into the state before 1.9, and Driftline has no table for all of these providers. `*` stands for the
 * values of variables, which anybody may set to a secret under any name; attributes called `environment_variables` are
 * known to hold such (`secret-paths.ts`).
 */
export const SECRET_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  random_password: ['result', 'bcrypt_hash'],
  random_bytes: ['base64', 'hex'],
  kubernetes_secret: ['data', 'binary_data'],
  kubernetes_secret_v1: ['data', 'binary_data'],
  kubernetes_secret_v1_data: ['data'],
  aws_api_gateway_api_key: ['value'],
  aws_appsync_api_key: ['key'],
  aws_batch_job_definition: [
    'container_properties.environment.*',
    'container_properties.Environment.*',
  ],
  aws_cloudformation_stack: ['parameters.*'],
  aws_cloudwatch_event_connection: [
    'auth_parameters.api_key.value',
    'auth_parameters.invocation_http_parameters.body.value',
    'auth_parameters.invocation_http_parameters.header.value',
    'auth_parameters.invocation_http_parameters.query_string.value',
    'auth_parameters.oauth.oauth_http_parameters.body.value',
    'auth_parameters.oauth.oauth_http_parameters.header.value',
    'auth_parameters.oauth.oauth_http_parameters.query_string.value',
  ],
  aws_ecs_task_definition: [
    'container_definitions.environment.*',
    'container_definitions.Environment.*',
  ],
  aws_elastic_beanstalk_configuration_template: ['setting.*', 'option_settings.*'],
  aws_elastic_beanstalk_environment: ['setting.*', 'all_settings.*', 'option_settings.*'],
  aws_glue_job: ['default_arguments.*', 'non_overridable_arguments.*'],
  aws_iam_access_key: ['secret'],
  aws_lambda_function: ['environment.variables.*'],
  aws_ssm_parameter: ['value'],
  aws_sagemaker_model: [
    'container.environment.*',
    'containers.environment.*',
    'primary_container.environment.*',
  ],
  aws_vpn_connection: ['customer_gateway_configuration'],
  azurerm_container_app: ['template.container.env.*', 'template.init_container.env.*'],
  azurerm_container_app_job: ['template.container.env.*', 'template.init_container.env.*'],
  azurerm_key_vault_secret: ['value'],
  google_cloud_run_service: ['template.spec.containers.env.*'],
  google_cloud_run_v2_job: ['template.template.containers.env.*'],
  google_cloud_run_v2_service: ['template.containers.env.*'],
  google_secret_manager_secret_version: ['secret_data'],
  github_actions_secret: ['plaintext_value', 'encrypted_value'],
  tfe_variable: ['value'],
  vault_generic_secret: ['data', 'data_json'],
};
