import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Writable } from 'node:stream';
import type { Diagnosed, Diagnosis } from '../pipeline/diagnose.ts';
import { printLines } from './output/print-lines.ts';
import { terminalText } from './output/terminal-text.ts';

export interface DoctorEnvironment {
  readonly stdout: Writable;
  readonly setExitCode: (code: number) => void;
  readonly signal: AbortSignal;
  readonly diagnose: (
    options: {
      readonly limitMs: number;
      readonly maxDesiredAgeMs: number;
      readonly driftline: (command: string) => string;
    },
    signal: AbortSignal,
  ) => Promise<Diagnosis>;
}

const FORMATS = ['text', 'json'] as const;
const DAY_MS = 86_400_000;

interface Options {
  readonly format: (typeof FORMATS)[number];
  readonly timeout: number;
  readonly maxDesiredAge: number;
  readonly strict?: true;
  readonly config?: string;
  readonly set?: Readonly<Record<string, string>>;
}

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= 100_000)) throw new InvalidArgumentError('Give a positive number.');
  return value;
};

/** `driftline doctor`: exit code 0 where nothing is wrong, 1 where something is, 2 where it could not be run. */
export const registerDoctor = (program: Command, environment: DoctorEnvironment): void => {
  program
    .command('doctor')
    .description(
      'look at all that a deployment needs, change nothing, and print the command that mends each fault; ' +
        'exit code 0: no fault, 1: a fault, 2: it could not be run',
    )
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('text'))
    .option('--timeout <seconds>', 'longest time for each area', positive, 20)
    .option('--max-desired-age <days>', 'warn where desired state is older', positive, 7)
    .option('--strict', 'end with 1 for warnings too')
    .action(async (options: Options) => {
      const diagnosis = await environment.diagnose(
        {
          limitMs: options.timeout * 1_000,
          maxDesiredAgeMs: options.maxDesiredAge * DAY_MS,
          driftline: commandLine(options),
        },
        environment.signal,
      );
      const { fault, warning } = diagnosis.counts;
      const ok = fault === 0 && (options.strict !== true || warning === 0);
      await printLines(
        options.format === 'json' ? [jsonOf(diagnosis, ok)] : textOf(diagnosis),
        environment.stdout,
      );
      environment.setExitCode(ok ? 0 : 1);
    });
};

/** A word that a shell takes as it is, or quoted so. */
const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** Keys whose values nobody should see in a terminal or a log. */
const isSecret = (key: string): boolean => /password|secret|token|hashKey$/i.test(key);

const commandLine = ({ config, set = {} }: Options) => {
  const options = [
    ...(config === undefined ? [] : ['--config', shellWord(config)]),
    ...Object.entries(set).flatMap(([key, value]) => [
      '--set',
      isSecret(key) ? `${key}=…` : shellWord(`${key}=${value}`),
    ]),
  ];
  return (command: string): string => ['driftline', command, ...options].join(' ');
};

const MARKS = { ok: 'ok', warning: 'WARNING', fault: 'FAULT', skipped: 'skipped' } as const;
const WIDTH = 8;

const linesOf = ({ state, subject, what, mend }: Diagnosed): readonly string[] => [
  `${MARKS[state].padEnd(WIDTH)} ${terminalText(subject)}: ${terminalText(what)}`,
  ...(mend === undefined ? [] : [`${' '.repeat(WIDTH)}   mend: ${terminalText(mend)}`]),
];

const textOf = ({ findings, counts }: Diagnosis): readonly string[] => [
  ...findings.flatMap(linesOf),
  '',
  `${counts.fault} faults, ${counts.warning} warnings, ${counts.ok} in order, ${counts.skipped} not looked at`,
];

const jsonOf = ({ findings, counts }: Diagnosis, ok: boolean): string =>
  JSON.stringify({ ok, counts, findings }, undefined, 2);
