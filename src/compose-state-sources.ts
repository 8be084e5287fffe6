import { homedir } from 'node:os';
import type { Readable } from 'node:stream';
import { createFileStateSource } from './adapters/files/file-state-source.ts';
import { createWatchedPath } from './adapters/files/watched-path.ts';
import { isLocation, parseLocation } from './adapters/state-sources/state-location.ts';
import { createStateSource } from './adapters/state-sources/state-source.ts';
import type { StateSource, WatchableStateSource } from './pipeline/ports.ts';

const remote = (location: string, maxBytes: number): WatchableStateSource =>
  createStateSource(location, { env: process.env, home: homedir(), maxBytes });

/** What a command line names: all paths of the file system, then locations such as `s3://bucket/prefix/`. */
export const stateSource = (
  paths: readonly string[],
  stdin: Readable,
  maxBytes: number,
): StateSource => {
  const files = createFileStateSource({
    paths: paths.filter((path) => !isLocation(path)),
    stdin,
    maxBytes,
  });
  const locations = paths.filter(isLocation).map((location) => remote(location, maxBytes));
  return {
    async *files(signal) {
      yield* files.files(signal);
      for (const location of locations) {
        // With nothing known all is fetched.
        for await (const polled of location.poll(new Map(), signal)) {
          if (!('unchanged' in polled)) yield polled;
        }
      }
    },
  };
};

/** A location that can never give a state. */
class LocationError extends Error {
  readonly code = 'invalid_location';
  readonly retriable = false;
}

/**
 * The same, each once, to be looked at again and again.
 * @throws LocationError
 */
export const watchableSources = (
  paths: readonly string[],
  maxBytes: number,
): readonly WatchableStateSource[] =>
  [...new Set(paths)].map((path) => {
    if (path === '-') throw new LocationError('Standard input ends: it cannot be watched.');
    if (!isLocation(path)) return createWatchedPath(path, maxBytes);
    const parsed = parseLocation(path);
    if (!parsed.ok) throw new LocationError(parsed.message);
    return remote(path, maxBytes);
  });
