import { cachedClassPath, resolveClassPath } from './maven-class-path.ts';
import type { Service } from './service.ts';

/**
 * The jars of each service, cached or from Maven. Maven's runs come one after the other: two at once could write the same file of the local repository.
 */
export function classPaths(
  services: readonly Service[],
  cacheDir: string,
  tool: { readonly javaHome: string; readonly maven: string | undefined },
  signal: AbortSignal,
  report: (line: string) => void,
): (service: Service) => Promise<readonly string[]> {
  let last: Promise<unknown> = Promise.resolve();
  const found = new Map<Service, Promise<readonly string[]>>();
  for (const service of services) {
    const request = { service: service.name, artifacts: service.artifacts, cacheDir };
    const cached = cachedClassPath(request);
    const { maven } = tool;
    if (cached !== undefined || maven === undefined) {
      found.set(service, Promise.resolve(cached ?? []));
      continue;
    }
    const next = last.then(() => {
      report(`asking Maven for the jars of ${service.name}`);
      return resolveClassPath(request, { maven, javaHome: tool.javaHome }, signal);
    });
    last = next.catch(() => undefined);
    found.set(service, next);
  }
  return (service) => found.get(service) ?? Promise.resolve([]);
}
