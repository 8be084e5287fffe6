import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startStack, stopStack } from '../../../deploy/local/stack.ts';
import { faultStackOptions } from '../support/fault-stack.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

/**
 * Breaks a copy of the project on purpose, one way at a time, and runs the fault test that guards against it,
 * which has to fail there and to say why. Ends with 1 where a mutant survives. Arguments: words of the names of mutants; default all.
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
/** Characters of a failure. */
const SHOWN = 200;

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

/** What the mutant's test said when it failed; undefined where it did not fail. */
const failureOf = (folder: string, mutant: Mutant, env: NodeJS.ProcessEnv): string | undefined => {
  const report = join(folder, 'report.json');
  spawnSync(
    process.execPath,
    [
      join(folder, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--project', 'faults', mutant.testFile, '-t', mutant.test],
      ...['--reporter=json', `--outputFile=${report}`],
    ],
    { cwd: folder, env, stdio: 'ignore', timeout: RUN_LIMIT_MS },
  );
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as TestReport;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const found = results.find(({ title }) => title === mutant.test);
  if (found === undefined)
    throw new Error(`There is no test ${mutant.test} in ${mutant.testFile}.`);
  return found.status === 'failed' ? (found.failureMessages[0] ?? '') : undefined;
};

const verdictOf = (failure: string | undefined, { tells }: Mutant): string => {
  if (failure === undefined) return 'SURVIVED';
  const at = failure.indexOf(tells);
  return at < 0
    ? `FAILED FOR ANOTHER REASON: ${failure.slice(0, SHOWN)}`
    : `killed: ${failure.slice(at, at + SHOWN).split(/[;\n]/)[0]}`;
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
      const verdict = verdictOf(failureOf(folder, mutant, env), mutant);
      if (!verdict.startsWith('killed')) survivors += 1;
      process.stdout.write(`${mutant.name}\n  ${mutant.test}: ${verdict}\n`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
} finally {
  if (process.env['DRIFTLINE_FAULT_STACK_KEEP'] !== '1') await stopStack(stack);
}
process.stdout.write(`${chosen.length} mutants, ${survivors} survived\n`);
process.exitCode = survivors === 0 && chosen.length > 0 ? 0 : 1;
