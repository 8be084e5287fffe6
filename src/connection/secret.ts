import { readFileSync } from 'node:fs';
import { changingFiles } from './changing-files.ts';

/**
 * A secret: as given, or what its file holds now without one line end at its end. An empty file is refused like one
 * that cannot be read. The first call throws.
 */
export const changingSecret = (
  given: string | undefined,
  file: string | undefined,
  onRefused: (message: string) => void,
): (() => string | undefined) => {
  if (file === undefined) return () => given;
  return changingFiles(
    [file],
    () => {
      const secret = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
      if (secret === '') throw new Error(`${file} is empty`);
      return secret;
    },
    onRefused,
  );
};
