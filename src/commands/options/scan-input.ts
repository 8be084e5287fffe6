import type { Command } from 'commander';
import type { StateLabels, StateWarning } from '../../pipeline/read-desired-states.ts';
import {
  addFormatOptions,
  formatLabels,
  STATES_HELP,
  type FormatOptions,
} from '../desired/format-options.ts';
import { parseEnvironmentName } from '../desired/read-states.ts';

/** States and events in files, as the commands that need no services take them. */
export interface ScanInput extends FormatOptions {
  readonly desired: readonly string[];
  readonly events: readonly string[];
  readonly env: string;
  readonly trustPrincipal: readonly string[];
}

/** What detection is made of: states with what the command line says of them, trust and rules. */
export interface DetectionRequest {
  readonly states: readonly string[];
  readonly labels: Pick<StateLabels, 'environment'> & FormatOptions;
  readonly trustedPrincipals: readonly string[];
  readonly ignoreRulesFile: string | undefined;
}

/** What a person should know of the states that were read. */
export interface DetectionWarnings {
  readonly warnings: readonly StateWarning[];
}

const STDIN = '-';

/** Adds the options, and refuses standard input for both: the second to read it would find nothing. */
export const addScanInput = (command: Command): Command =>
  addFormatOptions(
    command
      .requiredOption('--desired <state...>', STATES_HELP)
      .requiredOption(
        '--events <file...>',
        'audit events (.json, .ndjson, .gz, CloudTrail delivery files): files, folders, globs, or -',
      )
      .option('--env <name>', 'environment of the states', parseEnvironmentName, 'default')
      .option(
        '--trust-principal <pattern...>',
        'principals that may apply code: globs over role ARN, user ARN or e-mail',
        [],
      ),
  ).hook('preAction', () => {
    const { desired, events } = command.opts<ScanInput>();
    if (desired.includes(STDIN) && events.includes(STDIN)) {
      command.error('error: standard input can be given once: --desired - or --events -');
    }
  });

export const detectionRequest = (
  { desired, env, trustPrincipal, ...format }: ScanInput,
  ignoreRulesFile: string | undefined,
): DetectionRequest => ({
  states: desired,
  labels: { environment: env, ...formatLabels(format) },
  trustedPrincipals: trustPrincipal,
  ignoreRulesFile,
});
