import { Command } from 'commander';
import { Writable } from 'node:stream';
import { registerQuery } from '../../src/commands/query.ts';
import { configSources } from '../../src/commands/config.ts';
import { composeQuery } from '../../src/compose-query.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { JsonObject } from '../../src/core/model/json.ts';

const collecting = (into: string[]): Writable =>
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      into.push(chunk.toString());
      done();
    },
  });

export interface QueryAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | undefined;
}

/** Runs `driftline query` in this process, on the deployment of these settings. */
export const queryCommand =
  (settings: readonly string[]) =>
  async (...args: readonly string[]): Promise<QueryAnswer> => {
    const out: string[] = [];
    const err: string[] = [];
    let code: number | undefined;
    const set = Object.fromEntries(
      settings
        .filter((each) => each !== '--set')
        .map((each) => {
          const at = each.indexOf('=');
          return [each.slice(0, at), each.slice(at + 1)];
        }),
    ) as Readonly<Record<string, string>>;
    const program = new Command('driftline')
      .exitOverride()
      .configureOutput({ writeErr: (text) => err.push(text) });
    registerQuery(program, {
      stdout: collecting(out),
      stderr: collecting(err),
      setExitCode: (given) => {
        code = given;
      },
      clock: Date.now,
      withSearch: composeQuery(
        () => loadConfig(configSources({ set })),
        new AbortController().signal,
        () => performance.now(),
      ),
    });
    await program.parseAsync(['query', ...args], { from: 'user' });
    return { stdout: out.join(''), stderr: err.join(''), code };
  };

/** The rows or documents of an answer in ndjson. */
export const jsonLines = ({ stdout }: QueryAnswer): readonly JsonObject[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject);
