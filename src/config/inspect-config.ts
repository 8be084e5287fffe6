import { describeOrigin, type ConfigError, type ConfigIssue } from './config-error.ts';
import { unknownVariables } from './load-config.ts';

/** Something about the configuration that has to be changed. */
export interface ConfigFinding {
  readonly state: 'fault' | 'warning';
  readonly subject: string;
  readonly what: string;
  readonly mend: string;
}

const mendOf = ({ key, origin }: ConfigIssue): string => {
  const name = key === '' ? 'it' : key;
  switch (origin.kind) {
    case 'flag':
      return `correct or leave out --set ${origin.name}=…; driftline config reference lists all keys`;
    case 'environment':
      return `unset ${origin.name}, or set it right`;
    case 'file':
      return `correct ${name} in ${origin.name}; driftline config reference lists all keys`;
    case 'default':
      return `give ${name} a value: --set ${name}=…, or in the configuration file`;
  }
};

/** What is wrong with the configuration, where loading it has failed so. */
export const configFaults = (error: ConfigError): readonly ConfigFinding[] =>
  error.issues.map((issue) => ({
    state: 'fault',
    subject: issue.key === '' ? 'configuration file' : issue.key,
    what: `${issue.message} (${describeOrigin(issue.origin)})`,
    mend: mendOf(issue),
  }));

/** Variables that look like keys and set nothing. */
export const variableWarnings = (
  env: Parameters<typeof unknownVariables>[0],
): readonly ConfigFinding[] =>
  unknownVariables(env).map((name) => ({
    state: 'warning',
    subject: `variable ${name}`,
    what: 'is none of the configuration: it sets nothing',
    mend: `unset ${name}; driftline config reference lists all variables`,
  }));
