import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startStack, stopStack } from '../../../deploy/local/stack.ts';
import { faultStackOptions } from '../support/fault-stack.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

/**
 * Breaks a copy of the project on purpose, one way at a time, and runs the fault tests that guard against it: each of
 * them has to fail there. Ends with 1 where a mutant survives. Arguments: words of the names of mutants; default all.
 */
const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
const COPIED = [
  'src',
  'test',
  'deploy',
  'schemas',
  'config',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
];
const RUN_LIMIT_MS = 600_000;

interface TestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** A copy of the project with the mutant's change in it. Throws where the change no longer fits the source. */
const mutated = (mutant: Mutant): string => {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-mutant-'));
  for (const name of COPIED) cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  const file = join(folder, mutant.file);
  const source = readFileSync(file, 'utf8');
  if (source.split(mutant.find).length !== 2) {
    throw new Error(
      `"${mutant.name}" does not fit ${mutant.file} any more: mend test/faults/mutants/mutants.ts.`,
    );
  }
  writeFileSync(
    file,
    source.replace(mutant.find, () => mutant.replace),
  );
  return folder;
};

/** Why each test of the mutant failed; undefined for one that did not. */
const failures = (
  folder: string,
  { tests }: Mutant,
  env: NodeJS.ProcessEnv,
): readonly (readonly [string, string | undefined])[] => {
  const report = join(folder, 'report.json');
  spawnSync(
    process.execPath,
    [
      join(folder, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--project', 'faults', tests.file, '-t', tests.names.join('|')],
      ...['--reporter=json', `--outputFile=${report}`],
    ],
    { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'], timeout: RUN_LIMIT_MS },
  );
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as TestReport;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  return tests.names.map((name) => {
    const found = results.find(({ title }) => title === name);
    if (found === undefined) throw new Error(`There is no test ${name} in ${tests.file}.`);
    return [name, found.status === 'failed' ? (found.failureMessages[0] ?? '') : undefined];
  });
};

/** The violations, or else the first line: what the test has told of the defect. */
const reasonOf = (message: string): string => {
  const told = [...message.matchAll(/(I\d|candidates|not caught up)[^\n"]*/g)].map(
    ([text]) => text,
  );
  return told[0]?.slice(0, 160) ?? message.split('\n')[0]?.slice(0, 160) ?? '';
};

const words = process.argv.slice(2);
const chosen = MUTANTS.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
const stack = faultStackOptions(process.env);
const env = {
  ...process.env,
  DRIFTLINE_STACK_CACHE_DIR: stack.cacheDir,
  DRIFTLINE_FAULT_STACK_DATA_DIR: stack.dataDir,
  DRIFTLINE_FAULT_STACK_KEEP: '1',
};
let survivors = 0;
try {
  await startStack(stack);
  for (const mutant of chosen) {
    const folder = mutated(mutant);
    try {
      for (const [test, failure] of failures(folder, mutant, env)) {
        if (failure === undefined) survivors += 1;
        const verdict = failure === undefined ? 'SURVIVED' : `killed: ${reasonOf(failure)}`;
        process.stdout.write(`${mutant.name}\n  ${test}: ${verdict}\n`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
} finally {
  if (process.env['DRIFTLINE_FAULT_STACK_KEEP'] !== '1') await stopStack(stack);
}
process.stdout.write(`${chosen.length} mutants, ${survivors} survived\n`);
process.exitCode = survivors === 0 && chosen.length > 0 ? 0 : 1;
