import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Environment } from './options.ts';

export type JavaHome = { readonly home: string; readonly major: number };

/** OpenSearch 3 runs on 21 and later; Kafka 4 on 17 and later. One JDK serves both. */
export const MINIMUM_JAVA = 21;

/** The major version in a Java version text: `1.8.0_292` is 8, `25.0.3` and `25-ea` are 25. */
export function javaMajor(version: string): number | undefined {
  const match = /^(?:1\.)?(\d+)(?:[.\-+_].*)?$/.exec(version.trim());
  return match === null ? undefined : Number(match[1]);
}

/** The major version told by the `release` file of a Java home (its line `JAVA_VERSION="25.0.3"`). */
export function releaseMajor(release: string): number | undefined {
  const match = /^JAVA_VERSION="([^"]+)"/m.exec(release);
  return match?.[1] === undefined ? undefined : javaMajor(match[1]);
}

/** The first JDK (with a compiler) of MINIMUM_JAVA or later: JAVA_HOME, then PATH, then the usual folders, newest first. */
export function findJava(env: Environment): JavaHome | undefined {
  for (const home of [env['JAVA_HOME'], homeOnPath(env)]) {
    const java = home === undefined ? undefined : inspect(home);
    if (java !== undefined) return java;
  }
  return installedHomes()
    .map(inspect)
    .filter((java) => java !== undefined)
    .sort((a, b) => b.major - a.major)[0];
}

/** The path of a program on PATH, or undefined. */
export function findOnPath(program: string, env: Environment): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

function homeOnPath(env: Environment): string | undefined {
  const java = findOnPath('java', env);
  return java === undefined ? undefined : dirname(dirname(realpathSync(java)));
}

function inspect(home: string): JavaHome | undefined {
  if (!['bin/java', 'bin/javac', 'release'].every((part) => existsSync(join(home, part))))
    return undefined;
  const major = releaseMajor(readFileSync(join(home, 'release'), 'utf8'));
  return major !== undefined && major >= MINIMUM_JAVA ? { home, major } : undefined;
}

function installedHomes(): readonly string[] {
  const mac = 'Contents/Home';
  return [
    ...children('/usr/lib/jvm'),
    ...children('/opt/java'),
    ...children(join(homedir(), '.sdkman/candidates/java')),
    ...children(join(homedir(), '.jdks')),
    ...children('/Library/Java/JavaVirtualMachines').map((folder) => join(folder, mac)),
    ...children('/opt/homebrew/opt')
      .filter((folder) => folder.includes('openjdk'))
      .map((folder) => join(folder, 'libexec/openjdk.jdk', mac)),
  ];
}

function children(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
