import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  OPENSEARCH_CLUSTER_NAME,
  OPENSEARCH_MODULES,
  opensearchSettings,
  renderYaml,
} from './opensearch-settings.ts';
import { pluginArtifacts, writePlugins } from './opensearch-plugins.ts';
import { askAsAdmin, securityLacks, writeSecurityFiles } from './opensearch-security.ts';
import { addressesOf, jvmFlags, PORT_FLAGS, serviceFolder } from './options.ts';
import type { StackOptions } from './options.ts';
import { lastLines, runProgram } from './run-program.ts';
import type { JavaClassPath, Launch, Service } from './service.ts';
import { StackError } from './stack-error.ts';
import { OPENSEARCH_ARTIFACTS } from './versions.ts';

const COMPILE_TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 3000;
const HEALTH = '/_cluster/health';
const SOURCE = fileURLToPath(new URL('OpenSearchNode.java', import.meta.url));
const LOG_SETTINGS = fileURLToPath(new URL('log4j2.properties', import.meta.url));

export const OPENSEARCH: Service = {
  name: 'opensearch',
  artifacts: (options) => [OPENSEARCH_ARTIFACTS, ...pluginArtifacts(options.opensearchPlugins)],
  ports: (options) => [{ port: options.opensearchPort, flag: PORT_FLAGS.opensearchPort }],
  address: (opensearchPort, options) => addressesOf({ ...options, opensearchPort }).opensearch,
  prepare,
  probe: probeOpenSearch,
};

async function prepare(
  options: StackOptions,
  java: JavaClassPath,
  signal: AbortSignal,
): Promise<Launch> {
  const folder = serviceFolder(options, 'opensearch');
  mkdirSync(join(folder, 'config'), { recursive: true });
  writeFileSync(join(folder, 'config/opensearch.yml'), renderYaml(opensearchSettings(options)));
  const { folders, shared } = writePlugins(
    folder,
    options.opensearchPlugins,
    java.further,
    java.jars,
  );
  const security = folders.find(({ name }) => name === 'opensearch-security');
  if (options.opensearchSecurity !== undefined && security !== undefined)
    writeSecurityFiles(folder, options.opensearchSecurity, security.unpacked);
  const classes = await compiledClasses(options, java, signal);
  const jvm = [
    ...jvmFlags(options.opensearchHeapMb, options.quickJvm),
    '--enable-native-access=ALL-UNNAMED',
    `-Dlog4j2.configurationFile=${LOG_SETTINGS}`,
  ];
  const classPath = [classes, ...shared, ...java.jars].join(delimiter);
  return {
    program: join(java.javaHome, 'bin/java'),
    args: [...jvm, '-cp', classPath, 'OpenSearchNode', folder, OPENSEARCH_MODULES.join(',')],
  };
}

/** Compiled once for a source, a JDK and a class path, and then kept: it takes longer than all else before the start. */
async function compiledClasses(
  options: StackOptions,
  java: JavaClassPath,
  signal: AbortSignal,
): Promise<string> {
  const key = createHash('sha256')
    .update([readFileSync(SOURCE, 'utf8'), java.javaHome, ...java.jars].join('\n'))
    .digest('hex')
    .slice(0, 12);
  const folder = join(options.cacheDir, `opensearch-classes-${key}`);
  if (existsSync(join(folder, 'OpenSearchNode.class'))) return folder;
  const draft = `${folder}.${process.pid}`;
  const args = ['-d', draft, '-cp', java.jars.join(delimiter), SOURCE];
  const result = await runProgram(join(java.javaHome, 'bin/javac'), args, {
    timeoutMs: COMPILE_TIMEOUT_MS,
    signal,
  });
  if (signal.aborted)
    throw new StackError('aborted', 'Compiling the OpenSearch launcher was aborted.');
  if (result.exitCode !== 0) {
    throw new StackError(
      'start-failed',
      `${SOURCE} could not be compiled:\n${lastLines(result.output, 12)}`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  return folder;
}

async function ask(port: number, path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
  });
  return response.json();
}

/** Undefined when the node answers and its primaries are there, else what it lacks. */
async function probeOpenSearch(
  port: number,
  { opensearchSecurity }: Pick<StackOptions, 'opensearchSecurity'>,
): Promise<string | undefined> {
  try {
    const body = await (opensearchSecurity === undefined
      ? ask(port, HEALTH)
      : askAsAdmin(port, HEALTH, opensearchSecurity, PROBE_TIMEOUT_MS));
    if (
      typeof body !== 'object' ||
      body === null ||
      !('status' in body) ||
      !('cluster_name' in body)
    ) {
      return `what answers at port ${port} is not OpenSearch`;
    }
    if (body.cluster_name !== OPENSEARCH_CLUSTER_NAME)
      return `the cluster at port ${port} is another one`;
    if (body.status === 'red') return 'its cluster is red';
    return opensearchSecurity === undefined
      ? undefined
      : await securityLacks(port, opensearchSecurity, PROBE_TIMEOUT_MS);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}
