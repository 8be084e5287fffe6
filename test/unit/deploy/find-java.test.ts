import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findJava, javaMajor, releaseMajor } from '../../../deploy/local/find-java.ts';

describe('javaMajor', () => {
  it.each([
    ['1.8.0_292', 8],
    ['17.0.15', 17],
    ['21', 21],
    ['25-ea', 25],
    ['25.0.3+9-LTS', 25],
  ])('reads %s as %i', (version, major) => {
    expect(javaMajor(version)).toBe(major);
  });

  it('reads nothing in a text that is no version', () => {
    expect(javaMajor('unknown')).toBeUndefined();
  });
});

describe('releaseMajor', () => {
  it('reads the version line among others', () => {
    expect(releaseMajor('IMPLEMENTOR="x"\nJAVA_VERSION="21.0.4"\nJAVA_VERSION_DATE="2024"\n')).toBe(
      21,
    );
  });

  it('finds no version in a file without that line', () => {
    expect(releaseMajor('JAVA_VERSION_DATE="2024-07-16"\n')).toBeUndefined();
  });
});

describe('findJava', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'driftline-java-'));
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  function install(
    name: string,
    version: string,
    programs: readonly string[] = ['java', 'javac'],
  ): string {
    const home = join(root, name);
    mkdirSync(join(home, 'bin'), { recursive: true });
    for (const program of programs) writeFileSync(join(home, 'bin', program), '');
    writeFileSync(join(home, 'release'), `JAVA_VERSION="${version}"\n`);
    return home;
  }

  it('prefers JAVA_HOME to the java on PATH', () => {
    const own = install('own', '21.0.1');
    const onPath = install('path', '25');
    expect(findJava({ JAVA_HOME: own, PATH: join(onPath, 'bin') })).toEqual({
      home: own,
      major: 21,
    });
  });

  it('passes over a JAVA_HOME that is too old', () => {
    const old = install('old', '17.0.15');
    const onPath = install('path', '22.0.2');
    expect(findJava({ JAVA_HOME: old, PATH: join(onPath, 'bin') })).toEqual({
      home: onPath,
      major: 22,
    });
  });

  it('passes over a runtime without a compiler', () => {
    const runtime = install('jre', '24', ['java']);
    const onPath = install('path', '23');
    expect(findJava({ JAVA_HOME: runtime, PATH: join(onPath, 'bin') })).toEqual({
      home: onPath,
      major: 23,
    });
  });
});
