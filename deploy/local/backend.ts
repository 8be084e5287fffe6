import { dockerAnswers } from './docker-stack.ts';
import { findJava, findOnPath, MINIMUM_JAVA } from './find-java.ts';
import { cachedClassPath } from './maven-class-path.ts';
import type { Environment, StackOptions } from './options.ts';
import type { Service } from './service.ts';
import { StackError } from './stack-error.ts';

export type Backend =
  | { readonly kind: 'process'; readonly javaHome: string; readonly maven: string | undefined }
  | { readonly kind: 'docker' };

/**
 * Processes where a JDK is installed and the jars are cached or Maven is there to fetch them, else Docker.
 * Throws StackError `tools-missing` where there is neither.
 */
export async function chooseBackend(
  options: StackOptions,
  services: readonly Service[],
  env: Environment,
): Promise<Backend> {
  const java = findJava(env);
  const maven = findOnPath('mvn', env);
  const { cacheDir } = options;
  const isCached = services.every(({ name, artifacts }) =>
    artifacts(options).every(
      (set) => set.length === 0 || cachedClassPath({ service: name, artifacts: set, cacheDir }),
    ),
  );
  if (java !== undefined && (maven !== undefined || isCached))
    return { kind: 'process', javaHome: java.home, maven };
  if (options.opensearchPlugins.length > 0 && services.some(({ name }) => name === 'opensearch')) {
    throw new StackError(
      'tools-missing',
      `OpenSearch with plugins is started from Maven only: install mvn and a JDK ${MINIMUM_JAVA} or later.`,
    );
  }
  if (await dockerAnswers()) return { kind: 'docker' };
  const missing = [
    java === undefined
      ? `no JDK ${MINIMUM_JAVA} or later (JAVA_HOME, PATH and the usual folders were searched)`
      : undefined,
    maven === undefined ? 'no mvn on PATH' : undefined,
    'no Docker engine with the compose plugin that answers',
  ].filter((line) => line !== undefined);
  throw new StackError(
    'tools-missing',
    `${services.map(({ name }) => name).join(' and ')} cannot be started: ${missing.join('; ')}. Install Maven and a JDK ${MINIMUM_JAVA} or later, or Docker with compose.`,
  );
}
