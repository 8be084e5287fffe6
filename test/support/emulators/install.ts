import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Kept between runs: nothing of it is part of the checkout. */
export const EMULATORS = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'driftline',
  'emulators',
);

const LIMIT_MS = 150_000;

/** Fills a folder once: whole, or not at all. */
const installed = async (
  name: string,
  install: (folder: string) => Promise<unknown>,
): Promise<string> => {
  const folder = join(EMULATORS, name);
  if (existsSync(folder)) return folder;
  await mkdir(EMULATORS, { recursive: true });
  const draft = await mkdtemp(join(EMULATORS, '.draft-'));
  try {
    await install(draft);
    await rename(draft, folder).catch((error: unknown) => {
      // Another run was faster.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
};

/** Python packages below a folder that PYTHONPATH can name. */
export const pipInstalled = (name: string, packages: readonly string[]): Promise<string> =>
  installed(name, (folder) =>
    run('python3', ['-m', 'pip', 'install', '--quiet', '--target', folder, ...packages], {
      timeout: LIMIT_MS,
    }),
  );

/**
 * npm packages below the `node_modules` of a folder.
 * @param unused dependencies that what is tested never calls: an empty package takes their place
 */
export const npmInstalled = (
  name: string,
  packages: readonly string[],
  unused: readonly string[],
): Promise<string> =>
  installed(name, async (folder) => {
    await mkdir(join(folder, 'nothing'));
    await writeFile(
      join(folder, 'nothing', 'package.json'),
      '{"name":"nothing","version":"1.0.0","main":"index.js"}',
    );
    await writeFile(join(folder, 'nothing', 'index.js'), 'module.exports = {};');
    const overrides = Object.fromEntries(unused.map((each) => [each, 'file:./nothing']));
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, overrides }));
    const quick = ['--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', ['install', '--prefix', folder, '--loglevel=error', ...quick, ...packages], {
      timeout: LIMIT_MS,
      cwd: folder,
    });
  });
