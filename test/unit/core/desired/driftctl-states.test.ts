import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readState } from '../../../support/read-state.ts';

const folder = resolve(import.meta.dirname, '../../../../../shared/data/iac/driftctl-states');
const absent = !existsSync(folder);

const readAll = () =>
  globSync('**/*.tfstate', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) =>
      readState(readFileSync(file), {
        source: file,
        environment: 'test',
        publishedTime: 0,
        resourceTypes: new Map(),
        secretHash: () => 'f'.repeat(64),
      }),
    );

describe.skipIf(absent)(`states of driftctl (skipped without ${folder})`, () => {
  it('reads all 304 managed instances of the 151 states', () => {
    const states = readAll().flatMap((result) => (result.ok ? [result.state] : []));
    expect(states).toHaveLength(151);
    expect(states.reduce((sum, { resources }) => sum + resources.length, 0)).toBe(304);
    expect(states.reduce((sum, { skipped }) => sum + skipped.data, 0)).toBe(9);
  });

  it('refuses the files that are no state, with the reason', () => {
    const reasons = readAll().flatMap((result) => (result.ok ? [] : [result.failure.reason]));
    expect(reasons.sort()).toEqual([
      ...['empty', 'empty', 'empty', 'empty'],
      ...['not_a_state', 'not_json'],
    ]);
  });

  it('gives each resource an identity, and each AWS resource the account where an ARN tells it', () => {
    const resources = readAll().flatMap((result) => (result.ok ? result.state.resources : []));
    expect(resources.filter(({ identities }) => identities.length === 0)).toEqual([]);
    const withArn = resources.filter(
      ({ provider, attributes }) =>
        provider === 'aws' &&
        /^arn:aws:[^:]*:[^:]*:\d{12}:/.test(JSON.stringify(attributes['arn'] ?? '').slice(1)),
    );
    expect(withArn.length).toBeGreaterThan(50);
    expect(withArn.filter(({ account }) => account === undefined)).toEqual([]);
  });
});
