import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  cachedClassPath,
  renderPom,
  resolveClassPath,
} from '../../../deploy/local/maven-class-path.ts';

/**
 * Stands for Maven: writes the class path in $JARS to the file that the last argument names, or unpacks an archive of
 * one jar into the folder that it names; without $JARS, fails.
 */
const MAVEN = `#!/bin/sh
for last; do :; done
[ -n "$JARS" ] || { echo "no such artifact"; exit 1; }
case "$last" in
-DoutputDirectory=*) : > "\${last#-DoutputDirectory=}/run.jar";;
*) printf '%s' "$JARS" > "\${last#-Dmdep.outputFile=}";;
esac
`;

describe('the class path of a service', () => {
  let folder: string;
  let jar: string;
  let maven: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'driftline-maven-'));
    jar = join(folder, 'a.jar');
    maven = join(folder, 'mvn');
    writeFileSync(jar, '');
    writeFileSync(maven, MAVEN, { mode: 0o755 });
  });

  afterEach(() => {
    delete process.env['JARS'];
    rmSync(folder, { recursive: true, force: true });
  });

  const request = (artifacts: readonly string[]) => ({
    service: 'kafka' as const,
    artifacts,
    cacheDir: folder,
  });
  const resolve = (artifacts: readonly string[]) =>
    resolveClassPath(
      request(artifacts),
      { maven, javaHome: '/java' },
      new AbortController().signal,
    );

  it('is found once and then cached for the same artifacts only', async () => {
    process.env['JARS'] = `${jar}:${maven}`;
    expect(cachedClassPath(request(['g:a:1']))).toBeUndefined();
    expect(await resolve(['g:a:1'])).toEqual([jar, maven]);
    expect(cachedClassPath(request(['g:a:1']))).toEqual([jar, maven]);
    expect(cachedClassPath(request(['g:a:2']))).toBeUndefined();
  });

  it('is not taken from the cache when a jar is gone', async () => {
    process.env['JARS'] = jar;
    await resolve(['g:a:1']);
    rmSync(jar);
    expect(cachedClassPath(request(['g:a:1']))).toBeUndefined();
  });

  it('is what lies at the top of an archive, which is unpacked and kept', async () => {
    process.env['JARS'] = 'any';
    const [run, ...rest] = await resolve(['g:a:1:tar.gz:all']);
    expect(run).toMatch(/kafka-\w{12}\/run\.jar$/);
    expect(rest).toEqual([]);
    expect(cachedClassPath(request(['g:a:1:tar.gz:all']))).toEqual([run]);
  });

  it('fails with what Maven said', async () => {
    await expect(resolve(['g:a:1'])).rejects.toMatchObject({
      code: 'resolve-failed',
      retriable: true,
      message: expect.stringMatching(/g:a:1[^]*no such artifact/) as unknown,
    });
  });
});

describe('renderPom', () => {
  it('names each artifact as a dependency', () => {
    expect(renderPom('kafka', ['g:a:1', 'h:b:2'])).toContain(
      '<dependency><groupId>h</groupId><artifactId>b</artifactId><version>2</version></dependency>',
    );
  });
});
