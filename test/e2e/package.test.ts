import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const programExists = existsSync(join(root, 'src', 'main.ts'));
const limit = 4 * 60_000;

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** The environment of a user's shell: no Node of this checkout, nothing of the npm that runs us. */
function userEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('npm_') && name !== 'NODE_OPTIONS' && name !== 'NODE_ENV',
  );
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path };
}

describe.skipIf(!programExists)('the packed package', () => {
  const env = userEnvironment();
  const options = (cwd: string) => ({ cwd, env, timeout: limit, killSignal: 'SIGKILL' as const });
  let folder = '';
  let packed: Packed;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'driftline-package-'));
    const into = ['--pack-destination', folder];
    const { stdout } = await run('npm', ['pack', '--json', '--silent', ...into], options(root));
    const [first] = Object.values(JSON.parse(stdout) as Record<string, Packed>);
    if (first === undefined) throw new Error(`npm pack reported no package: ${stdout}`);
    packed = first;
    // Without a prefix npm installs into the nearest folder above that has a node_modules.
    const install = ['install', '--no-progress', '--prefix', folder];
    await run('npm', [...install, join(folder, packed.filename)], options(folder));
  }, limit);

  afterAll(async () => {
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  it('holds the build, the launcher, the schemas and the tables, and no source or test', () => {
    const paths = packed.files.map((file) => file.path);
    expect(paths).toEqual(
      expect.arrayContaining(['LICENSE', 'dist/main.js', 'package.json', 'src/driftline.cjs']),
    );
    expect(paths.some((path) => path.startsWith('schemas/'))).toBe(true);
    expect(paths.some((path) => path.startsWith('config/'))).toBe(true);
    expect(paths.some((path) => path.startsWith('deploy/opensearch/alerting/'))).toBe(true);
    expect(paths.filter((path) => /^test\/|^deploy\/(?!opensearch\/)|\.ts$/.test(path))).toEqual(
      [],
    );
  });

  it('runs in an empty folder, on the Node that its peer dependency brings', async () => {
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    const { stdout } = await run('npx', ['driftline', '--version'], options(folder));
    expect(stdout.trim()).toBe(manifest.version);
  });

  it('names the available commands in its help', async () => {
    const { stdout } = await run('npx', ['driftline', '--help'], options(folder));
    expect(stdout).toContain('Usage: driftline');
  });

  it('starts without the optional packages of traces, and names them where traces are asked for', async () => {
    // It is read after the packages are loaded, and ends the command at once.
    const noCertificate = ['kafka.ssl.enabled=true', 'kafka.ssl.caFile=package.json'];
    const args = ['driftline', 'run', ...noCertificate.flatMap((setting) => ['--set', setting])];
    await expect(run('npx', args, options(folder))).rejects.toThrow(/does not hold a certificate/);
    const traced = [...args, '--set', 'traces.enabled=true'];
    await expect(run('npx', traced, options(folder))).rejects.toThrow(
      /npm install @opentelemetry\/api/,
    );
  });
});
