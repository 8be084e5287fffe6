import { Command } from 'commander';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { registerQuery } from '../../../../src/commands/query.ts';
import type { FoundDocument, Search } from '../../../../src/questions/search.ts';

const documentOf = (id: string, time: number, matched: readonly string[]): FoundDocument => ({
  index: 'i',
  id,
  source: { time, metadata: { uid: id } },
  matched,
});

it('gives the newest applies near more than 100 candidates, in order and no more than asked for', async () => {
  const candidates = Array.from({ length: 150 }, (_, n) => ({
    ...documentOf(`c${n}`, 1_000 - n, []),
    source: { candidate_id: `c${n}`, time: 1_000 - n, resource: { key: 'k' } },
  }));
  // The applies near the first hundred, and those near the rest.
  const parts = [
    [
      ...Array.from({ length: 149 }, (_, n) => documentOf(`a${n}`, 900 - 2 * n, ['c1'])),
      documentOf('both', 1, ['c99']),
    ],
    [
      ...Array.from({ length: 149 }, (_, n) => documentOf(`b${n}`, 901 - 2 * n, ['c101'])),
      documentOf('both', 1, ['c100']),
    ],
  ];
  const search: Search = {
    list: async ({ index, limit }) => ({
      documents: (index === 'driftCandidates' ? candidates : (parts.shift() ?? [])).slice(0, limit),
      more: false,
    }),
    once: async () => ({}),
    ifThere: async () => undefined,
  };
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const program = new Command('driftline').exitOverride();
  registerQuery(program, {
    stdout,
    stderr,
    setExitCode: () => undefined,
    clock: () => 0,
    withSearch: async (_timeout, work) => work(search),
  });
  const args = ['query', 'applies', '--limit', '150', '--format', 'ndjson'];
  await program.parseAsync(args, { from: 'user' });
  const lines = String(stdout.read()).trimEnd().split('\n');
  const times = lines.map((line) => (JSON.parse(line) as { readonly time: number }).time);
  expect(times).toEqual(Array.from({ length: 150 }, (_, n) => 901 - n));
  expect(String(stderr.read())).toContain('there are more than 150; raise --limit');
});
