import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addressesOf } from '../local/options.ts';
import type { DemoOptions } from './options.ts';
import { TRUSTED_PRINCIPALS } from './story/accounts.ts';

export const GROUP = 'driftline-demo';

/** The defaults of the service. */
export const TOPICS = {
  auditEvents: 'audit.events',
  desiredState: 'desired.state',
  driftCandidates: 'drift.candidates',
  deadLetters: 'audit.events.dead-letters',
} as const;

const STORY = fileURLToPath(new URL('story', import.meta.url));

/** From the project's folder, so that the name that is published is the same everywhere. */
export const stateFile = (environment: 'prod' | 'staging'): string =>
  `deploy/demo/story/${environment}.tfstate`;

/** Writes the configuration of the demo's service into its data folder; tells where. */
export const writeConfiguration = (options: DemoOptions): string => {
  const { stack } = options;
  const addresses = addressesOf(stack);
  const configuration = {
    kafka: {
      brokers: [addresses.kafka],
      groupId: GROUP,
      setup: { partitions: 3, replicationFactor: 1 },
    },
    opensearch: { nodes: [addresses.opensearch] },
    desired: {
      // Not a secret: the states of the demo are fiction, and their hashes serve one run.
      hashKey: 'larkfield-books-demo-only',
      storeFolder: join(stack.dataDir, 'desired-state'),
    },
    detection: {
      trustedPrincipals: TRUSTED_PRINCIPALS,
      ignoreRulesFile: join(STORY, 'ignore-rules.json'),
    },
    http: { port: options.httpPort },
  };
  const file = join(stack.dataDir, 'driftline.json');
  mkdirSync(stack.dataDir, { recursive: true });
  writeFileSync(file, `${JSON.stringify(configuration, null, 2)}\n`);
  return file;
};

/** Variables that would win over the configuration file are not for the demo's service. */
export const forgetOwnVariables = (env: NodeJS.ProcessEnv): void => {
  for (const name of Object.keys(env)) {
    if (/^DRIFTLINE_(?!STACK_|CI_|DEBUG$)/.test(name)) delete env[name];
  }
};
