import { join } from 'node:path';
import { cachedClassPath, resolveClassPath } from './maven-class-path.ts';
import type { StackOptions } from './options.ts';
import type { Service } from './service.ts';
import { withLock } from './start-lock.ts';

type JarSets = readonly (readonly string[])[];

/** Longer than a first run, which downloads everything. */
const LOCK_TIMEOUT_MS = 900_000;

/**
 * The jars of each service by set of artifacts, cached or from Maven. Maven's runs come one after the other, those of other processes too: two at once could write the same file of the local repository.
 */
export function classPaths(
  services: readonly Service[],
  options: StackOptions,
  tool: { readonly javaHome: string; readonly maven: string | undefined },
  signal: AbortSignal,
  report: (line: string) => void,
): (service: Service) => Promise<JarSets> {
  let last: Promise<unknown> = Promise.resolve();
  const { maven, javaHome } = tool;
  const jarsOf = (service: Service, artifacts: readonly string[]): Promise<readonly string[]> => {
    const request = { service: service.name, artifacts, cacheDir: options.cacheDir };
    const cached = artifacts.length === 0 ? [] : cachedClassPath(request);
    if (cached !== undefined || maven === undefined) return Promise.resolve(cached ?? []);
    const next = last.then(() =>
      withLock(join(options.cacheDir, 'maven'), LOCK_TIMEOUT_MS, async () => {
        const meanwhile = cachedClassPath(request);
        if (meanwhile !== undefined) return meanwhile;
        report(`asking Maven for the jars of ${service.name}`);
        return resolveClassPath(request, { maven, javaHome }, signal);
      }),
    );
    last = next.catch(() => undefined);
    return next;
  };
  const found = new Map<Service, Promise<JarSets>>();
  for (const service of services) {
    const sets = service.artifacts(options).map((set) => jarsOf(service, set));
    found.set(service, Promise.all(sets));
  }
  return (service) => found.get(service) ?? Promise.resolve([]);
}
