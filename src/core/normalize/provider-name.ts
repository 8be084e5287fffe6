import type { Provider } from '../model/provider.ts';

const PROVIDER_NAMES: ReadonlyMap<string, Provider> = new Map([
  ['aws', 'aws'],
  ['amazon web services', 'aws'],
  ['azure', 'azure'],
  ['microsoft azure', 'azure'],
  ['microsoft', 'azure'],
  ['gcp', 'gcp'],
  ['google', 'gcp'],
  ['google cloud', 'gcp'],
  ['google cloud platform', 'gcp'],
  ['kubernetes', 'kubernetes'],
  ['k8s', 'kubernetes'],
  ['terraform', 'terraform'],
]);

/** The provider that an OCSF `cloud.provider` means, in any case; undefined for one without a name here. */
export const providerNamed = (name: string | undefined): Provider | undefined =>
  name === undefined ? undefined : PROVIDER_NAMES.get(name.toLowerCase());
