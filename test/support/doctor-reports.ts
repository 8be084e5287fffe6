import { appendFileSync } from 'node:fs';
import { expect } from 'vitest';
import { composeDoctor } from '../../src/compose-doctor.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { runDriftlineCommand } from './driftline-process.ts';

interface Finding {
  readonly area: string;
  readonly state: string;
  readonly subject: string;
  readonly what: string;
  readonly mend?: string;
}

interface Report {
  readonly code: number | null;
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

export const doctorProcess = async (args: readonly string[]): Promise<Report> => {
  const { code, stdout, stderr } = await runDriftlineCommand([
    'doctor',
    '--format',
    'json',
    '--timeout',
    '60',
    ...args,
  ]);
  if (!stdout.startsWith('{')) throw new Error(`no report: ${stdout}${stderr}`);
  return record({ code, ...(JSON.parse(stdout) as Omit<Report, 'code'>) });
};

const isOption = (word: string | undefined): boolean => word === '--set';

/** The same without a process of its own, which takes seconds to start on a busy machine. */
export const doctor = async (settings: readonly string[]): Promise<Report> => {
  const flags = Object.fromEntries(
    settings.flatMap((word, position) => {
      if (!isOption(settings[position - 1])) return [];
      const at = word.indexOf('=');
      return [[word.slice(0, at), word.slice(at + 1)]];
    }),
  );
  const diagnose = composeDoctor(() => loadConfig({ env: {}, flags }));
  const options = {
    limitMs: 60_000,
    maxDesiredAgeMs: 7 * 86_400_000,
    driftline: (command: string) => ['driftline', command, ...settings].join(' '),
  };
  const { findings, counts } = await diagnose(options, new AbortController().signal);
  const ok = counts.fault === 0;
  return record({ code: ok ? 0 : 1, ok, findings });
};

/** What is wrong, without what is right and what the test stack has no plugin for. */
export const wrong = ({ findings }: Report): readonly Finding[] =>
  findings.filter(
    ({ state, subject }) => state !== 'ok' && state !== 'skipped' && !subject.startsWith('plugin '),
  );

/** DRIFTLINE_TEST_DOCTOR_RECORD names a file: what each broken set-up gave, for deploy/DOCTOR.md. */
const RECORD = process.env['DRIFTLINE_TEST_DOCTOR_RECORD'];

const record = (report: Report): Report => {
  if (RECORD === undefined) return report;
  const name = expect.getState().currentTestName?.split(' > ').at(-1) ?? '';
  const lines = wrong(report).flatMap(({ state, subject, what, mend = '' }) => [
    `${state.toUpperCase().padEnd(8)} ${subject}: ${what}`,
    `            mend: ${mend.replace(/^(driftline .*?)( --set \S+)+/, '$1 …')}`,
  ]);
  const body = lines.length === 0 ? ['nothing'] : lines;
  appendFileSync(RECORD, [`### ${name}`, '', '```', ...body, '```', '', ''].join('\n'));
  return report;
};
