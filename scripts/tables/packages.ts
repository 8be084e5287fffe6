import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One package manager's way to fetch a package and to unpack it. */
interface Ecosystem {
  readonly fetch: (name: string, version: string, folder: string) => Promise<unknown>;
  readonly unpack: (archive: string, folder: string) => Promise<unknown>;
}

const ECOSYSTEMS: Readonly<Record<'npm' | 'pip', Ecosystem>> = {
  npm: {
    fetch: (name, version, folder) =>
      run('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', folder]),
    unpack: (archive, folder) =>
      run('tar', ['-xzf', archive, '-C', folder, '--strip-components=1']),
  },
  pip: {
    fetch: (name, version, folder) =>
      run('pip', ['download', '--quiet', '--no-deps', `${name}==${version}`, '--dest', folder]),
    unpack: (archive, folder) => run('python3', ['-m', 'zipfile', '-e', archive, folder]),
  },
};

/** Name to version, by package manager: the public models that the tables are generated from. */
export type PackageVersions = Readonly<Record<'npm' | 'pip', Readonly<Record<string, string>>>>;

export const readPackageVersions = (): PackageVersions =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'packages.json'), 'utf8')) as PackageVersions;

const fetchOne = async (
  { fetch, unpack }: Ecosystem,
  name: string,
  version: string,
  cache: string,
): Promise<string> => {
  const folder = join(cache, `${name.replaceAll(/[@/]/g, '_')}-${version}`);
  if (existsSync(folder)) return folder;
  // Unpacked beside and moved, so that a folder that is there is whole.
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(join(partial, 'archive'), { recursive: true });
  await fetch(name, version, join(partial, 'archive'));
  const [archive] = readdirSync(join(partial, 'archive'));
  if (archive === undefined) throw new Error(`${name} ${version}: nothing was downloaded.`);
  mkdirSync(join(partial, 'content'));
  await unpack(join(partial, 'archive', archive), join(partial, 'content'));
  renameSync(join(partial, 'content'), folder);
  rmSync(partial, { recursive: true, force: true });
  return folder;
};

/**
 * The folders of all packages by name, fetched by npm and pip where the cache does not hold them.
 * @throws Error of the package manager where a package cannot be had.
 */
export const fetchPackages = async (
  versions: PackageVersions,
  cache: string,
): Promise<ReadonlyMap<string, string>> => {
  const folders = new Map<string, string>();
  for (const manager of ['npm', 'pip'] as const) {
    for (const [name, version] of Object.entries(versions[manager])) {
      folders.set(name, await fetchOne(ECOSYSTEMS[manager], name, version, cache));
    }
  }
  return folders;
};
