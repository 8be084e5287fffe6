import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ServiceName } from './options.ts';
import { lastLines, runProgram } from './run-program.ts';
import { StackError } from './stack-error.ts';

export type ClassPathRequest = {
  readonly service: ServiceName;
  readonly artifacts: readonly string[];
  readonly cacheDir: string;
};

export type MavenTool = { readonly maven: string; readonly javaHome: string };

/** A first run may download some 200 MB. */
const RESOLVE_TIMEOUT_MS = 600_000;

/** The jars of an earlier resolution of the same artifacts, if each of them is still there. */
export function cachedClassPath(request: ClassPathRequest): readonly string[] | undefined {
  const file = cacheFile(request);
  if (!existsSync(file)) return undefined;
  const jars = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return jars.length > 0 && jars.every((jar) => existsSync(jar)) ? jars : undefined;
}

/**
 * Asks Maven for the jars of the artifacts and their dependencies, first without the network, and caches the answer.
 * An archive (`group:artifact:version:type:classifier`, alone) is unpacked into the cache; its jars are those at its top.
 * Throws StackError `resolve-failed` or `aborted`.
 */
export async function resolveClassPath(
  request: ClassPathRequest,
  tool: MavenTool,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const folder = join(request.cacheDir, `${request.service}-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const pom = join(folder, 'pom.xml');
  const output = join(folder, 'class-path.txt');
  const archive = request.artifacts.find(isArchive);
  writeFileSync(pom, renderPom(request.service, archive === undefined ? request.artifacts : []));
  const goal =
    archive === undefined
      ? ['dependency:build-classpath', `-Dmdep.outputFile=${output}`]
      : ['dependency:unpack', `-Dartifact=${archive}`, `-DoutputDirectory=${folder}`];
  const args = ['-q', '-B', '-Dstyle.color=never', '-f', pom, ...goal];
  const limits = {
    timeoutMs: RESOLVE_TIMEOUT_MS,
    signal,
    env: { ...process.env, JAVA_HOME: tool.javaHome },
  };
  let result = await runProgram(tool.maven, ['-o', ...args], limits);
  if (result.exitCode !== 0 && !signal.aborted) result = await runProgram(tool.maven, args, limits);
  if (signal.aborted)
    throw new StackError('aborted', `Finding the jars of ${request.service} was aborted.`);
  if (result.exitCode !== 0) {
    throw new StackError(
      'resolve-failed',
      `Maven could not resolve ${request.artifacts.join(', ')}. Check the network and the Maven settings. It said:\n${mavenErrors(result.output)}`,
    );
  }
  const jars =
    archive === undefined
      ? readFileSync(output, 'utf8').trim().split(delimiter)
      : jarsIn(keepUnpacked(request, folder));
  const draft = `${cacheFile(request)}.${process.pid}`;
  writeFileSync(draft, `${jars.join('\n')}\n`);
  renameSync(draft, cacheFile(request));
  return jars;
}

function isArchive(artifact: string): boolean {
  return artifact.split(':').length > 3;
}

/** Gives what was unpacked the name that it keeps. */
function keepUnpacked(request: ClassPathRequest, folder: string): string {
  const kept = cacheFile(request).replace(/\.class-path$/, '');
  rmSync(kept, { recursive: true, force: true });
  renameSync(folder, kept);
  return kept;
}

function jarsIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jar'))
    .map((name) => join(folder, name));
}

/** A Maven project that depends on the artifacts (`group:artifact:version`) and has no code. */
export function renderPom(name: string, artifacts: readonly string[]): string {
  const dependencies = artifacts.map((artifact) => {
    const [group, id, version] = artifact.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version></dependency>`;
  });
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    '<modelVersion>4.0.0</modelVersion>',
    `<groupId>driftline.local</groupId><artifactId>${name}</artifactId><version>1</version><packaging>pom</packaging>`,
    `<dependencies>${dependencies.join('')}</dependencies>`,
    '</project>',
    '',
  ].join('\n');
}

/** The first error lines: advice follows them, and warnings of the JVM come before and after. */
function mavenErrors(output: string): string {
  const errors = [...output.matchAll(/\[ERROR\] .+/g)].map(([line]) => line);
  return errors.length === 0 ? lastLines(output, 12) : errors.slice(0, 2).join('\n');
}

function cacheFile(request: ClassPathRequest): string {
  const key = createHash('sha256').update(request.artifacts.join('\n')).digest('hex').slice(0, 12);
  return join(request.cacheDir, `${request.service}-${key}.class-path`);
}
