import type { Command } from 'commander';
import type { Writable } from 'node:stream';
import type { Config } from '../config/schema.ts';
import { terminalText } from './output/terminal-text.ts';

interface SetupStep {
  readonly what: string;
  readonly name: string;
  readonly action: 'create' | 'update' | 'none' | 'keep' | 'skip';
  readonly differences: readonly {
    readonly path: string;
    readonly before: string | undefined;
    readonly after: string | undefined;
  }[];
  readonly notes: readonly string[];
}

export interface SetupEnvironment {
  /** Reads the configuration for the options of the command. */
  readonly config: () => Config;
  readonly signal: AbortSignal;
  readonly stdout: Writable;
  readonly setExitCode: (code: number) => void;
  /** Tells of each object before it touches it. */
  readonly setUp: (
    config: Config,
    request: { readonly dryRun: boolean; readonly overwrite: boolean },
    tell: {
      readonly topic: (report: {
        readonly topic: string;
        readonly action: 'created' | 'missing' | 'unchanged' | 'differs';
        readonly notes: readonly string[];
      }) => void;
      readonly schema: (report: { readonly subject: string; readonly action: string }) => void;
      readonly step: (step: SetupStep) => void;
    },
    signal: AbortSignal,
  ) => Promise<void>;
}

const WORDS = {
  create: ['created', 'to create'],
  update: ['updated', 'to update'],
  none: ['unchanged', 'unchanged'],
  keep: ['kept', 'kept'],
  skip: ['skipped', 'skipped'],
} as const;

const LONGEST = 200;

const valueText = (text: string): string =>
  terminalText(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

function* stepLines(step: SetupStep, dryRun: boolean): Generator<string> {
  const { what, name, action, differences, notes } = step;
  yield `${what} ${terminalText(name)}: ${WORDS[action][dryRun ? 1 : 0]}`;
  for (const { path, before, after } of differences) {
    const at = terminalText(path);
    if (before === undefined) yield `  + ${at}: ${valueText(after ?? '')}`;
    else if (after === undefined) yield `  - ${at}: ${valueText(before)}`;
    else yield `  ~ ${at}: ${valueText(before)} → ${valueText(after)}`;
  }
  for (const note of notes) yield `  ${terminalText(note)}`;
}

/**
 * `driftline setup`: creates what is missing and shows each difference before it changes what is there; no topic is
 * changed. Exit code of a dry run: 0 where nothing is to be done, 1 otherwise; 2 on an error.
 */
export const registerSetup = (program: Command, environment: SetupEnvironment): void => {
  program
    .command('setup')
    .description(
      'create topics, schemas, and templates, indexes and policies of OpenSearch; bring those that are there up to date; safe to repeat',
    )
    .option(
      '--dry-run',
      'only show what would be created and changed; exit code 1 where that is something, 0 where it is nothing',
      false,
    )
    .option('--overwrite', 'also replace templates and policies that were edited by hand', false)
    .action(async (options: { readonly dryRun: boolean; readonly overwrite: boolean }) => {
      const { config, setUp, stdout, signal, setExitCode } = environment;
      let toDo = false;
      const print = (line: string): void => void stdout.write(`${line}\n`);
      await setUp(
        config(),
        options,
        {
          topic: ({ topic, action, notes }) => {
            toDo ||= action === 'missing';
            print(`topic ${topic}: ${action === 'missing' ? WORDS.create[1] : action}`);
            for (const note of notes) print(`  ${note}`);
          },
          schema: ({ subject, action }) => print(`schema ${subject}: ${action}`),
          step: (step) => {
            toDo ||= step.action === 'create' || step.action === 'update';
            for (const line of stepLines(step, options.dryRun)) print(line);
          },
        },
        signal,
      );
      if (options.dryRun && toDo) setExitCode(1);
    });
};
