/** Where a value of the configuration came from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'flag'; readonly name: string };

export interface ConfigIssue {
  /** Dotted path of the key; empty for the configuration file as a whole. */
  readonly key: string;
  /** What is wrong and what to do, without the value. */
  readonly message: string;
  readonly origin: Origin;
}

export const describeOrigin = (origin: Origin): string => {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'file':
      return `file ${origin.name}`;
    case 'environment':
      return `environment variable ${origin.name}`;
    case 'flag':
      return `flag ${origin.name}`;
  }
};

const lineOf = (issue: ConfigIssue): string =>
  `${issue.key === '' ? '' : `${issue.key}: `}${issue.message} (${describeOrigin(issue.origin)})`;

/** The configuration cannot be used; holds every issue found, not only the first. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
  readonly retriable = false;
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    super(
      `The configuration is not valid:\n${issues.map((issue) => `- ${lineOf(issue)}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.issues = issues;
  }
}

const CODES: readonly string[] = [
  'config_invalid',
  'json_file_invalid',
  'ignore_rules_invalid',
  'provider_tables_invalid',
  'certificate_file',
];

/** Whether an error says that the configuration, or a file it names, cannot be used. */
export const isConfigurationFault = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && CODES.includes(String(error.code));
