import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  libraryName,
  pluginArtifacts,
  SECURITY_PLUGIN,
  withOptional,
  writePlugins,
} from '../../../deploy/local/opensearch-plugins.ts';

describe('the plugins of a node', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'driftline-plugins-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** An archive as Maven has unpacked it. */
  const unpacked = (name: string, jars: readonly string[]): readonly string[] => {
    const where = join(folder, `unpacked-${name}`);
    mkdirSync(where);
    writeFileSync(
      join(where, 'plugin-descriptor.properties'),
      `name=${name}\nextended.plugins=job-runner,rule-framework\n`,
    );
    return jars.map((jar) => {
      writeFileSync(join(where, jar), jar);
      return join(where, jar);
    });
  };

  it('are folders of linked jars under the names of their descriptors', () => {
    const jars = unpacked('watcher', ['watcher-1.0.jar', 'lib-2.1.jar']);
    const { folders, shared } = writePlugins(
      folder,
      ['org.example:the-watcher:1.0'],
      [jars, []],
      [],
    );
    expect(folders.map(({ name }) => name)).toEqual(['watcher']);
    expect(shared).toEqual([]);
    const written = join(folder, 'plugins/watcher');
    expect(readdirSync(written).sort()).toEqual([
      'lib-2.1.jar',
      'plugin-descriptor.properties',
      'watcher-1.0.jar',
    ]);
    expect(readFileSync(join(written, 'lib-2.1.jar'), 'utf8')).toBe('lib-2.1.jar');
  });

  it('leave out what the class path has in another version', () => {
    const jars = unpacked('watcher', ['watcher-1.0.jar', 'netty-codec-4.2.7.Final.jar']);
    writePlugins(folder, ['org.example:watcher:1.0'], [jars, []], ['/m2/netty-codec-4.2.6.jar']);
    expect(existsSync(join(folder, 'plugins/watcher/watcher-1.0.jar'))).toBe(true);
    expect(existsSync(join(folder, 'plugins/watcher/netty-codec-4.2.7.Final.jar'))).toBe(false);
  });

  it('get what their archive lacks, and hand the class path what the node loads by itself', () => {
    const jars = unpacked('opensearch-security', ['security-3.jar', 'bc-fips-2.1.2.jar']);
    const needed = join(folder, 'commons-collections4-4.5.0.jar');
    writeFileSync(needed, '');
    const { shared } = writePlugins(folder, [SECURITY_PLUGIN], [jars, [needed]], []);
    expect(shared).toEqual([join(folder, 'unpacked-opensearch-security/bc-fips-2.1.2.jar')]);
    expect(readdirSync(join(folder, 'plugins/opensearch-security'))).toContain(
      'commons-collections4-4.5.0.jar',
    );
    expect(
      readFileSync(
        join(folder, 'plugins/opensearch-security/plugin-descriptor.properties'),
        'utf8',
      ),
    ).toContain('extended.plugins=job-runner,rule-framework;optional=true\n');
  });

  it('go when they are no longer asked for', () => {
    const jars = unpacked('watcher', ['watcher-1.0.jar']);
    writePlugins(folder, ['org.example:watcher:1.0'], [jars, []], []);
    writePlugins(folder, [], [], []);
    expect(existsSync(join(folder, 'plugins'))).toBe(false);
  });

  it('are asked of Maven as an archive and what it lacks', () => {
    expect(pluginArtifacts(['org.example:watcher:1.0'])).toEqual([
      ['org.example:watcher:1.0:zip'],
      [],
    ]);
    expect(pluginArtifacts([SECURITY_PLUGIN])[1]).toHaveLength(1);
  });

  it('must be named by group, artifact and version', () => {
    expect(() => pluginArtifacts(['watcher'])).toThrow(
      'A plugin of OpenSearch must be group:artifact:version; got "watcher".',
    );
  });
});

describe('withOptional', () => {
  it('keeps the marks that are there', () => {
    expect(withOptional('extended.plugins=a;optional=true,b', ['b'])).toBe(
      'extended.plugins=a;optional=true,b;optional=true',
    );
  });
});

describe('libraryName', () => {
  it('drops the version, not digits of the name', () => {
    expect(libraryName('/x/httpcore5-h2-5.3.4.jar')).toBe('httpcore5-h2');
    expect(libraryName('guava-33.5.0-jre.jar')).toBe('guava');
  });
});
