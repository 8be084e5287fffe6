import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  FALCO_EVENTS,
  falcoAddress,
  falcoEvents,
  falcoManifests,
} from '../support/falco-manifests.ts';
import { hasSharedData } from '../support/shared-data.ts';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

interface Line {
  readonly event_id: string;
  readonly outcome: string;
  readonly candidate?: { readonly resource: { readonly address?: string }; readonly kind: string };
}

const scan = (...options: string[]): Promise<{ readonly code: number; readonly stdout: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'scan', ...options], (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout });
    });
  });

// ../shared/data is not part of the repository.
describe.skipIf(!hasSharedData)('driftline scan over the Kubernetes audit events of Falco', () => {
  let folder = '';
  let lines: readonly Line[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'driftline-falco-'));
    const manifests = join(folder, 'manifests.json');
    await writeFile(manifests, falcoManifests());
    const options = [
      '--desired',
      manifests,
      '--events',
      FALCO_EVENTS,
      '--all',
      '--format',
      'ndjson',
    ];
    const { code, stdout } = await scan(...options);
    expect(code).toBe(1);
    lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('gives each event one outcome', () => {
    const counts = new Map<string, number>();
    for (const { outcome } of lines) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ candidate: 37, read: 1, runtime: 2, service: 11 });
  });

  it('finds the object of each act of a person, at its address, and no other', () => {
    const acts = falcoEvents();
    expect(lines.map(({ candidate }) => candidate?.resource.address)).toEqual(
      acts.map((act, at) => (lines[at]?.outcome === 'candidate' ? falcoAddress(act) : undefined)),
    );
    const kinds = lines.map(({ candidate }, at) => [acts[at]?.verb, candidate?.kind]);
    for (const [verb, kind] of kinds) {
      if (kind !== undefined) expect(kind === 'deleted').toBe(verb === 'delete');
    }
  });
});
