import { Command } from 'commander';
import { PassThrough, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { registerDesired } from '../../../src/commands/desired.ts';
import { readEnvironmentRules } from '../../../src/config/environment-rules-file.ts';
import { compileEnvironmentRules } from '../../../src/core/desired/environment-words.ts';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type {
  AddressMapping,
  ExpectedDifference,
} from '../../../src/core/model/environment-rules.ts';
import type { DesiredStateTopic } from '../../../src/pipeline/ports.ts';
import { readDesiredStates } from '../../../src/pipeline/read-desired-states.ts';
import { context } from '../core/desired/state-fixture.ts';

/** Milliseconds since the epoch, as the commands see it. */
export const NOW = 1_770_000_000_000;

interface WrittenChanges {
  readonly upserts: readonly DesiredResource[];
  readonly tombstones: readonly string[];
}

interface Ran {
  readonly exit: readonly number[];
  readonly written: readonly WrittenChanges[];
  readonly calls: readonly string[];
  readonly out: string;
  readonly err: string;
}

/** Runs `driftline desired …` on files and a topic in memory. */
export const runDesired = async (
  args: readonly string[],
  files: Readonly<Record<string, string>>,
  held: ReadonlyMap<string, DesiredResource> = new Map(),
  stdout: Writable = new PassThrough(),
  hasHashKey = true,
): Promise<Ran> => {
  const { secretHash, ...keyless } = context();
  const stderr = new PassThrough();
  const written: WrittenChanges[] = [];
  const calls: string[] = [];
  const exit: number[] = [];
  const topic: Omit<DesiredStateTopic<never>, 'held'> = {
    catchUp: async () => void calls.push('catchUp'),
    begin: async (scope) => {
      calls.push(`begin ${scope}`);
      return {
        write: async ({ upserts, tombstones }) =>
          void written.push({ upserts: [...upserts], tombstones }),
        close: async () => void calls.push('end'),
      };
    },
    close: async () => void calls.push('close'),
  };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerDesired(program, {
    stdout,
    stderr,
    setExitCode: (code) => exit.push(code),
    signal: new AbortController().signal,
    readStates: ({ paths, environment }) =>
      readDesiredStates(
        {
          async *files() {
            for (const source of paths)
              yield { ok: true, source, content: Buffer.from(files[source] ?? '') };
          },
        },
        { ...keyless, ...(hasHashKey && secretHash ? { secretHash } : {}), environment },
        new AbortController().signal,
      ),
    watch: async () => undefined,
    index: async () => undefined,
    report: () => undefined,
    openTopic: async (_signal, keep) => {
      calls.push('open');
      const kept = [...held].flatMap(([key, resource]) => {
        const part = keep(resource);
        return part === undefined ? [] : [[key, part] as const];
      });
      return { ...topic, held: new Map(kept) };
    },
    clock: () => NOW,
    comparisonRules: ({ map, expect }) => ({
      rules: compileEnvironmentRules(readEnvironmentRules('config')),
      mapping: map === undefined ? [] : (JSON.parse(files[map] ?? '') as AddressMapping[]),
      expected:
        expect === undefined ? [] : (JSON.parse(files[expect] ?? '') as ExpectedDifference[]),
    }),
  });
  await program.parseAsync(['desired', ...args], { from: 'user' });
  stderr.end();
  stdout.end();
  return {
    exit,
    written,
    calls,
    out: stdout instanceof PassThrough ? await text(stdout) : '',
    err: await text(stderr),
  };
};
