import { statSync } from 'node:fs';

/** Another text once one of the files was written or exchanged. Throws the system's error where one is not there. */
const versionOf = (files: readonly string[]): string =>
  files
    .map((file) => {
      const { mtimeNs, size, ino } = statSync(file, { bigint: true });
      return `${mtimeNs}-${size}-${ino}`;
    })
    .join(' ');

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/**
 * A value made of files, made again once one of them has changed: the same object until then. Looks at the files at
 * each call. The first call throws as `make` does; later, files that cannot be used change nothing, and `onRefused` is
 * told of them once.
 */
export const changingFiles = <T>(
  files: readonly string[],
  make: () => T,
  onRefused: (message: string) => void,
): (() => T) => {
  let made: { readonly value: T; version: string } | undefined;
  let refused: string | undefined;
  return () => {
    if (made === undefined) {
      // The version first: a change between the two is seen at the next call.
      const version = versionOf(files);
      made = { value: make(), version };
      return made.value;
    }
    let version: string | undefined;
    try {
      version = versionOf(files);
      if (version !== made.version && version !== refused) {
        made = { value: make(), version };
        refused = undefined;
      }
    } catch (error) {
      const what = version ?? messageOf(error);
      if (refused !== what) onRefused(messageOf(error));
      refused = what;
    }
    return made.value;
  };
};
