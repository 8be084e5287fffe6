/** Who runs the audited API: the values of OCSF `cloud.provider` that Driftline knows tables for. */
export const PROVIDERS = ['aws', 'azure', 'gcp', 'kubernetes', 'terraform'] as const;

export type Provider = (typeof PROVIDERS)[number];
