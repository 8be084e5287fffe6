import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { registerCoverage } from '../../../src/commands/coverage.ts';
import type { ProviderCoverage } from '../../../src/core/table-coverage.ts';

const FOUND: readonly ProviderCoverage[] = [
  {
    provider: 'aws',
    everyResource: false,
    operations: 200,
    identity: 150,
    attributes: 50,
    rows: 160,
    rowsBeyondModels: 10,
    services: [{ service: 'ec2', operations: 200, identity: 150, attributes: 50 }],
  },
  {
    provider: 'kubernetes',
    everyResource: true,
    operations: 0,
    identity: 0,
    attributes: 0,
    rows: 0,
    rowsBeyondModels: 0,
    services: [],
  },
];

const printed = async (...options: readonly string[]): Promise<string> => {
  const stdout = new PassThrough();
  const program = new Command();
  registerCoverage(program, { stdout, coverage: () => FOUND });
  await program.parseAsync(['coverage', ...options], { from: 'user' });
  stdout.end();
  return text(stdout);
};

describe('driftline coverage', () => {
  it('prints a line for each provider, and one for each service where asked', async () => {
    const lines = (await printed()).split('\n').map((line) => line.split(/\s{2,}/));
    expect(lines[1]).toEqual(['aws', 'all', '200', '150 (75.0 %)', '50 (25.0 %)', '160', '10']);
    expect(lines[2]?.slice(0, 5)).toEqual(['kubernetes', 'all', '-', 'every', '-']);
    expect(await printed()).not.toContain('ec2');
    expect(await printed('--services')).toMatch(/aws +ec2 +200 +150/);
  });

  it('prints JSON with the services', async () => {
    const { providers } = JSON.parse(await printed('--format', 'json')) as {
      readonly providers: readonly unknown[];
    };
    expect(providers[0]).toEqual({
      provider: 'aws',
      every_resource: false,
      operations: 200,
      identity: 150,
      attributes: 50,
      rows: 160,
      rows_beyond_models: 10,
      services: [{ service: 'ec2', operations: 200, identity: 150, attributes: 50 }],
    });
  });
});
