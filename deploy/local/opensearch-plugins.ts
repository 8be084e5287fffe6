import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StackError } from './stack-error.ts';
import { OPENSEARCH_VERSION } from './versions.ts';

/** What the archive of a plugin lacks for a node that has the modules of the distribution on its class path. */
type PluginMend = {
  /** Artifacts, `group:artifact:version`, that it uses and its archive does not hold. */
  readonly needs: readonly string[];
  /** Its own jars, without version, that classes of the node load: they go to the class path. */
  readonly shares: readonly string[];
  /** Plugins that its descriptor demands although it works without them. */
  readonly worksWithout: readonly string[];
};

const SECURITY_ARTIFACT = 'opensearch-security';

/** The Security plugin, as a coordinate for `opensearchPlugins` of the stack's options. */
export const SECURITY_PLUGIN = `org.opensearch.plugin:${SECURITY_ARTIFACT}:${OPENSEARCH_VERSION}.0`;

/** By artifact. A plugin that is not here is taken as its archive is. */
const MENDS: Readonly<Record<string, PluginMend>> = {
  [SECURITY_ARTIFACT]: {
    // Without it every request is answered 500.
    needs: ['org.apache.commons:commons-collections4:4.5.0'],
    // Netty, which is on the class path, reads PEM files by it.
    shares: ['bc-fips', 'bcpkix-fips', 'bcutil-fips'],
    // It is on no public repository.
    worksWithout: ['rule-framework'],
  },
};

const COORDINATE = /^[\w.-]+:([\w.-]+):[\w.-]+$/;

function artifactOf(plugin: string): string {
  const [, artifact] = COORDINATE.exec(plugin) ?? [];
  if (artifact === undefined) {
    throw new StackError(
      'invalid-option',
      `A plugin of OpenSearch must be group:artifact:version; got "${plugin}".`,
    );
  }
  return artifact;
}

/** What Maven has to resolve for the plugins, each set by itself: two sets a plugin, its archive and what that lacks. */
export function pluginArtifacts(plugins: readonly string[]): readonly (readonly string[])[] {
  return plugins.flatMap((plugin) => [
    [`${plugin}:zip`],
    [...(MENDS[artifactOf(plugin)]?.needs ?? [])],
  ]);
}

/** The name of a jar without its version: `netty-codec-4.2.7.Final.jar` is `netty-codec`. */
export function libraryName(jar: string): string {
  return basename(jar).replace(/-\d[\w.-]*\.jar$/, '');
}

/** The descriptor's text with some of the plugins that it demands as optional ones. */
export function withOptional(descriptor: string, plugins: readonly string[]): string {
  return descriptor.replace(/^extended\.plugins=(.*)$/m, (_line, list: string) => {
    const names = list.split(',').map((entry) => {
      const name = entry.trim();
      return plugins.includes(name) ? `${name};optional=true` : name;
    });
    return `extended.plugins=${names.join(',')}`;
  });
}

export type PluginFolder = {
  readonly name: string;
  /** Where its archive is unpacked. */
  readonly unpacked: string;
};

/**
 * Writes the `plugins` folder of a node's home anew: what the node finds there it loads, each plugin by a class loader
 * of its own. Jars are linked; those that the class path has in whatever version are left out, since OpenSearch refuses
 * a class that is in both. Gives the folders, and the jars that belong on the class path.
 */
export function writePlugins(
  home: string,
  plugins: readonly string[],
  /** Jars by set, in the order of `pluginArtifacts`. */
  resolved: readonly (readonly string[])[],
  classPath: readonly string[],
): { readonly folders: readonly PluginFolder[]; readonly shared: readonly string[] } {
  const root = join(home, 'plugins');
  rmSync(root, { recursive: true, force: true });
  const onClassPath = new Set(classPath.map(libraryName));
  const shared: string[] = [];
  const folders = plugins.map((plugin, i): PluginFolder => {
    const [own = [], needed = []] = resolved.slice(2 * i, 2 * i + 2);
    const [first] = own;
    if (first === undefined)
      throw new StackError('resolve-failed', `The archive of ${plugin} holds no jar.`);
    const mend = MENDS[artifactOf(plugin)];
    const unpacked = dirname(first);
    const descriptor = withOptional(
      readFileSync(join(unpacked, 'plugin-descriptor.properties'), 'utf8'),
      mend?.worksWithout ?? [],
    );
    const name = /^name=(.+)$/m.exec(descriptor)?.[1]?.trim() ?? artifactOf(plugin);
    const folder = join(root, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'plugin-descriptor.properties'), descriptor);
    for (const file of readdirSync(unpacked).filter((each) => each.endsWith('.policy')))
      symlinkSync(join(unpacked, file), join(folder, file));
    for (const jar of [...own, ...needed]) {
      if (onClassPath.has(libraryName(jar))) continue;
      if (mend?.shares.includes(libraryName(jar)) === true) shared.push(jar);
      else symlinkSync(jar, join(folder, basename(jar)));
    }
    return { name, unpacked };
  });
  return { folders, shared };
}
