import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasSharedData, sharedData } from '../support/shared-data.ts';
import { STRATUS_RESOURCES, stratusAddress, stratusState } from '../support/stratus-state.ts';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
const EVENTS = sharedData('events/stratus-red-team.cloudtrail.ndjson');

interface Line {
  readonly event_id: string;
  readonly outcome: string;
  readonly candidate?: { readonly resource: { readonly address?: string }; readonly kind: string };
}

const scan = (
  ...options: string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, 'scan', ...options],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
  });

// ../shared/data is not part of the repository.
describe.skipIf(!hasSharedData)('driftline scan over the detonations of stratus-red-team', () => {
  let folder = '';
  let lines: readonly Line[] = [];
  let records: readonly { readonly errorCode?: string; readonly eventID: string }[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'driftline-stratus-'));
    const state = join(folder, 'stratus.tfstate');
    await writeFile(state, stratusState());
    const { code, stdout, stderr } = await scan(
      '--desired',
      state,
      '--events',
      EVENTS,
      '--all',
      '--format',
      'ndjson',
    );
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    records = readFileSync(EVENTS, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as (typeof records)[number]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('gives each of the 310 events one line with one outcome', () => {
    expect(lines).toHaveLength(310);
    expect(lines.map(({ event_id }) => event_id.split(':').at(-1))).toEqual(
      records.map(({ eventID }) => eventID),
    );
  });

  it('calls every refused or failed call failed, and no other', () => {
    const failed = lines.flatMap(({ outcome }, at) => (outcome === 'failed' ? [at + 1] : []));
    expect(failed).toEqual(
      records.flatMap(({ errorCode }, at) => (errorCode === undefined ? [] : [at + 1])),
    );
  });

  it('finds each mutating act on a resource of the state, at its address', () => {
    const expected = STRATUS_RESOURCES.flatMap((resource) =>
      resource.lines.map((line) => [line, stratusAddress(resource)] as const),
    );
    const found = expected.map(([line]) => [line, lines[line - 1]?.candidate?.resource.address]);
    expect(found).toEqual(expected);
  });

  it('makes no candidate of an owned resource out of any other event', () => {
    const expected = new Set(STRATUS_RESOURCES.flatMap((resource) => resource.lines));
    const others = lines.flatMap(({ candidate }, at) =>
      candidate?.resource.address !== undefined && !expected.has(at + 1) ? [at + 1] : [],
    );
    expect(others).toEqual([]);
  });
});
