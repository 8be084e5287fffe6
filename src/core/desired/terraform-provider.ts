/** Whose resource it is, by the provider configuration that a state names. */
export interface TerraformProvider {
  /** A value of `Provider` where Driftline knows the plugin, otherwise the plugin's name, such as `github`. */
  readonly provider: string;
  /** Such as `registry.terraform.io/hashicorp/aws`; absent in states of Terraform before 0.13. */
  readonly source?: string;
}

const PLUGINS: ReadonlyMap<string, string> = new Map([
  ['aws', 'aws'],
  ['awscc', 'aws'],
  ['azurerm', 'azure'],
  ['azuread', 'azure'],
  ['azapi', 'azure'],
  ['google', 'gcp'],
  ['google-beta', 'gcp'],
  ['kubernetes', 'kubernetes'],
  ['kubernetes-alpha', 'kubernetes'],
  ['kubectl', 'kubernetes'],
  ['tfe', 'terraform'],
]);

/**
 * Reads `provider["registry.terraform.io/hashicorp/aws"].alias` and the older `provider.aws.alias`, either after
 * `module.…`. Undefined for any other text.
 */
export const parseProviderConfiguration = (text: string): TerraformProvider | undefined => {
  const source = /(?:^|\.)provider\["([^"\\]+)"\]/.exec(text)?.[1];
  const plugin = source?.split('/').at(-1) ?? /(?:^|\.)provider\.([a-zA-Z0-9_-]+)/.exec(text)?.[1];
  if (plugin === undefined || plugin === '') return undefined;
  return { provider: providerOfPlugin(plugin), ...(source === undefined ? {} : { source }) };
};

/** Reads a source address such as `registry.terraform.io/hashicorp/aws`, or the plugin's name alone. */
export const parseProviderSource = (text: string): TerraformProvider => {
  const plugin = text.split('/').at(-1) ?? text;
  return { provider: providerOfPlugin(plugin), ...(plugin === text ? {} : { source: text }) };
};

/** A value of `Provider` where Driftline knows the plugin, otherwise the plugin's name. */
const providerOfPlugin = (plugin: string): string => PLUGINS.get(plugin) ?? plugin;
