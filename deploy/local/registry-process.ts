import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { jvmFlags, PORT_FLAGS, registryUrl, serviceFolder } from './options.ts';
import type { StackOptions } from './options.ts';
import type { JavaClassPath, Launch, Service } from './service.ts';
import { REGISTRY_ARTIFACT } from './versions.ts';

const PROBE_TIMEOUT_MS = 3000;

/** Apicurio Registry, which has the Confluent API. */
export const REGISTRY: Service = {
  name: 'registry',
  artifacts: () => [[REGISTRY_ARTIFACT]],
  ports: (options) => [{ port: options.registryPort, flag: PORT_FLAGS.registryPort }],
  address: registryUrl,
  prepare: (options, java) => Promise.resolve(prepare(options, java)),
  probe: probeRegistry,
};

/** Settings: https://quarkus.io/guides/all-config, and apicurio.* of the registry's configuration reference. */
function prepare(options: StackOptions, java: JavaClassPath): Launch {
  const folder = serviceFolder(options, 'registry');
  mkdirSync(folder, { recursive: true });
  const settings = {
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': options.registryPort,
    // The management interface listens on all addresses otherwise; nothing here asks it.
    'quarkus.management.host': '127.0.0.1',
    'quarkus.management.port': 0,
    'quarkus.http.access-log.enabled': false,
    // A file, since ids have to outlive a restart.
    'apicurio.datasource.url': `jdbc:h2:file:${join(folder, 'data', 'registry')}`,
  };
  return {
    program: join(java.javaHome, 'bin/java'),
    args: [
      ...jvmFlags(options.registryHeapMb, options.quickJvm),
      ...Object.entries(settings).map(([name, value]) => `-D${name}=${value}`),
      '-cp',
      java.jars.join(delimiter),
      'io.quarkus.bootstrap.runner.QuarkusEntryPoint',
    ],
  };
}

async function probeRegistry(port: number): Promise<string | undefined> {
  try {
    const response = await fetch(`${registryUrl(port)}/subjects`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    const body: unknown = await response.json();
    return response.ok && Array.isArray(body)
      ? undefined
      : `what answers at port ${port} is not a schema registry`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}
