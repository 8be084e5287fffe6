import type { ActorVerdict, CandidateKind, Change } from '../model/drift-candidate.ts';

export interface SummarySubject {
  readonly kind: CandidateKind;
  readonly operation: string;
  readonly actor: ActorVerdict;
  readonly changes: readonly Change[];
  readonly identity: string;
  readonly address: string | undefined;
  readonly environment: string | undefined;
  readonly account: string | undefined;
}

const MOST_PATHS = 3;

const through = (actor: ActorVerdict): string => {
  const trusted = actor.trusted ? ' as a pipeline identity' : '';
  switch (actor.class) {
    case 'console':
      return `${trusted} through the console`;
    case 'cli_sdk':
      return `${trusted} through a command line or SDK`;
    case 'iac_pipeline':
      return ' with an IaC tool, but is not trusted to apply code';
    case 'iac_service':
      return ' through an IaC service, but is not trusted to apply code';
    case 'cloud_service':
    case 'k8s_controller':
    case 'unknown':
      return trusted;
  }
};

const attributesOf = (changes: readonly Change[]): string => {
  const [first] = changes;
  if (first !== undefined && changes.length === 1) return first.path;
  const paths = [...new Set(changes.map((change) => change.path))];
  const named = paths.slice(0, MOST_PATHS).join(', ');
  return paths.length > MOST_PATHS ? `${named} and ${paths.length - MOST_PATHS} more` : named;
};

const deed = (subject: SummarySubject): string => {
  const { kind, address, environment, identity, account } = subject;
  const where = environment === undefined ? '' : ` (${environment})`;
  const resource = `${address ?? identity}${where}`;
  switch (kind) {
    case 'deleted':
      return `deleted ${resource}`;
    case 'unmanaged':
      return `created ${identity}${account === undefined ? '' : ` in account ${account}`}, which no code owns,`;
    case 'restored':
      return `set ${attributesOf(subject.changes)} of ${resource} to what code says`;
    case 'changed': {
      const differing = subject.changes.filter((change) => change.verdict !== 'equals_desired');
      return differing.length === 0
        ? `changed ${resource}`
        : `changed ${attributesOf(differing)} of ${resource}`;
    }
  }
};

/**
 * One sentence that says what happened, such as `alice@example.com changed ingress of aws_security_group.web (prod)
 * through the console: AuthorizeSecurityGroupIngress`.
 */
export const summarize = (subject: SummarySubject): string => {
  const who = subject.actor.name ?? subject.actor.principal ?? 'An unknown actor';
  return `${who} ${deed(subject)}${through(subject.actor)}: ${subject.operation}`;
};
