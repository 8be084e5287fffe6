import { Command, CommanderError } from 'commander';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { registerQuery } from '../../../../src/commands/query.ts';
import type { ListSearch } from '../../../../src/questions/list-search.ts';
import type { Search } from '../../../../src/questions/search.ts';

/** Runs `driftline query` on an OpenSearch that holds nothing: what was asked of it, and what was refused. */
const ask = async (...args: readonly string[]) => {
  const asked: ListSearch[] = [];
  let refusal = '';
  const nothing: Search = {
    list: async (search) => {
      asked.push(search);
      return { documents: [], more: false };
    },
    once: async () => ({}),
    ifThere: async () => undefined,
  };
  const program = new Command('driftline')
    .exitOverride()
    .configureOutput({ writeErr: (text) => (refusal += text) });
  registerQuery(program, {
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    setExitCode: () => undefined,
    clock: () => Date.UTC(2026, 10, 21, 20),
    withSearch: async (_timeout, work) => work(nothing),
  });
  try {
    await program.parseAsync(['query', ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return { asked, refusal };
};

it.each([
  [['candidates', '--env', ''], /--env.*empty/],
  [['candidates', '--env', ','], /--env.*none of them empty/],
  [['events', '--env', 'prod,'], /--env.*none of them empty/],
  [['candidates', '--principal', ''], /'--principal <name>' is empty/],
  [['candidates', '--change-set', ' '], /'--change-set <id>' is empty/],
  [['events', '--account', ''], /'--account <id>' is empty/],
  [['question', 'console-acts', '--account', ''], /'--account <id>' is empty/],
  [['applies', '--candidate', ''], /'--candidate <id>' is empty/],
  [['actor', ''], /argument 'name' is empty/],
  [['resource', ' '], /argument 'name' is empty/],
  [['around', ''], /argument '\w+' is empty/],
  [['candidates', '--since', '24h', '--until', '48h'], /--since must be the earlier one/],
  [['actor', 'ada', '--since', 'now', '--until', 'now'], /--since must be the earlier one/],
  [['events', '--raw'], /--format ndjson/],
])('refuses %j before it searches', async (args, problem) => {
  const { asked, refusal } = await ask(...args);
  expect(refusal).toMatch(problem);
  expect(asked).toEqual([]);
});

it.each([
  [['candidates', '--env', 'prod', '--since', '48h', '--until', '24h']],
  [['events', '--raw', '--format', 'ndjson']],
  [['actor', 'ada']],
])('asks %j', async (args) => {
  const { asked, refusal } = await ask(...args);
  expect(refusal).toBe('');
  expect(asked.length).toBeGreaterThan(0);
});

it('takes names with blanks around them', async () => {
  const { asked } = await ask('candidates', '--env', 'prod, staging');
  expect(asked[0]?.where).toEqual([{ terms: { 'resource.environment': ['prod', 'staging'] } }]);
});
