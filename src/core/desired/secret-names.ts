const SECRET_NAME = new RegExp(
  '(^|_)(' +
    [
      'passwords?|passwd|passphrase|pwd|psk|credentials?|secret|token|bcrypt_hash',
      'secret_(string|binary|value|key|data|access_key)',
      '(api|access|account|shared|auth|client|master|primary|secondary|preshared|pre_shared|raw)_key(_value)?|apikey',
      'private_key(_pem|_openssh|_pem_pkcs8|_data)?',
      'connection_string|sas_url|sas_token|kube_config|kube_config_raw|dockerconfigjson',
    ].join('|') +
    ')(_v4|_wo|_base64|_encrypted|_plaintext|_hash)?$',
);

const MAX_CACHED = 10_000;
const known = new Map<string, boolean>();

/** Whether an attribute or key of this name holds a secret, whatever its type: `db_password`, `clientSecret`, `API-KEY`. */
export const isSecretName = (name: string): boolean => {
  const cached = known.get(name);
  if (cached !== undefined) return cached;
  const found = SECRET_NAME.test(
    name
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/[-.\s]/g, '_')
      .toLowerCase(),
  );
  if (known.size >= MAX_CACHED) known.clear();
  // A long name is no attribute's, and would fill the memory.
  if (name.length <= 100) known.set(name, found);
  return found;
};

/**
 * Attributes that hold a secret under a plain name. Providers mark these in their schema, which Terraform does not
 * write into the state before 1.9, and Driftline has no table for all of these providers.
 */
export const SECRET_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  random_password: ['result', 'bcrypt_hash'],
  random_bytes: ['base64', 'hex'],
  kubernetes_secret: ['data', 'binary_data'],
  kubernetes_secret_v1: ['data', 'binary_data'],
  kubernetes_secret_v1_data: ['data'],
  aws_ssm_parameter: ['value'],
  aws_iam_access_key: ['secret'],
  azurerm_key_vault_secret: ['value'],
  google_secret_manager_secret_version: ['secret_data'],
  github_actions_secret: ['plaintext_value', 'encrypted_value'],
  tfe_variable: ['value'],
  vault_generic_secret: ['data', 'data_json'],
};
