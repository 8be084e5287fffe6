import type { Command } from 'commander';
import type { Writable } from 'node:stream';
import type { Config } from '../config/schema.ts';

export interface SetupEnvironment {
  /** Reads the configuration for the options of the command. */
  readonly config: () => Config;
  readonly signal: AbortSignal;
  readonly stdout: Writable;
  readonly setUp: (
    config: Config,
    signal: AbortSignal,
  ) => Promise<{
    readonly topics: readonly {
      readonly topic: string;
      readonly action: string;
      readonly notes: readonly string[];
    }[];
    readonly schemas: readonly { readonly subject: string; readonly action: string }[];
    readonly templates: readonly { readonly name: string; readonly action: string }[];
  }>;
}

/** `driftline setup`: creates what is missing, says what it did, and changes no topic that is there. */
export const registerSetup = (program: Command, environment: SetupEnvironment): void => {
  program
    .command('setup')
    .description('create the topics, schemas and index templates that are missing; safe to repeat')
    .action(async () => {
      const report = await environment.setUp(environment.config(), environment.signal);
      for (const { topic, action, notes } of report.topics) {
        environment.stdout.write(`topic ${topic}: ${action}\n`);
        for (const note of notes) environment.stdout.write(`  ${note}\n`);
      }
      for (const { subject, action } of report.schemas) {
        environment.stdout.write(`schema ${subject}: ${action}\n`);
      }
      for (const { name, action } of report.templates) {
        environment.stdout.write(`index template ${name}: ${action}\n`);
      }
    });
};
