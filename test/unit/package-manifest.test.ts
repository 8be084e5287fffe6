import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Manifest {
  readonly version?: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<Record<string, Manifest>>;
}

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

describe('the package', () => {
  it('brings the Node that it is tested on, not the newest major version', () => {
    const manifest = read('package.json') as Manifest;
    const { packages } = read('package-lock.json') as Lock;
    const tested = packages['node_modules/node']?.version?.split('.')[0];
    expect(manifest.peerDependencies?.['node']).toBe(`^${tested}.0.0`);
    expect(packages['']?.peerDependencies).toEqual(manifest.peerDependencies);
  });
});
