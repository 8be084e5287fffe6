import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What a path of the command line denotes: files in a stable order, or why none. */
export type ResolvedPath =
  | {
      readonly ok: true;
      readonly files: readonly string[];
      /** By the path or its glob, rather than by a folder. */
      readonly isNamed: boolean;
    }
  | {
      readonly ok: false;
      readonly reason: 'not_found' | 'no_match' | 'not_readable';
      readonly message: string;
    };

/**
 * Resolves a file, a folder (all files below with one of the `suffixes`, but for those of tools) or a glob.
 * A path that exists is taken as it is, even with the characters of a glob.
 */
export const resolveInputPath = async (
  path: string,
  suffixes: readonly string[],
): Promise<ResolvedPath> => {
  const kind = await kindOf(path);
  if (kind === 'file') return { ok: true, files: [path], isNamed: true };
  if (kind === 'folder') return listFolder(path, suffixes);
  if (kind === 'absent' && /[*?[{]/.test(path)) {
    const matches: string[] = [];
    for await (const match of glob(path)) if ((await kindOf(match)) === 'file') matches.push(match);
    return matches.length > 0
      ? { ok: true, files: matches.sort(), isNamed: true }
      : { ok: false, reason: 'no_match', message: 'No file matches the pattern.' };
  }
  return kind === 'absent'
    ? { ok: false, reason: 'not_found', message: 'There is no such file or folder.' }
    : { ok: false, reason: 'not_readable', message: `It cannot be read (${kind.code}).` };
};

const TOOL_FOLDERS: ReadonlySet<string> = new Set(['.terraform', '.git', 'node_modules']);

const listFolder = async (folder: string, suffixes: readonly string[]): Promise<ResolvedPath> => {
  const files: string[] = [];
  const exclude = (name: string): boolean => name.split('/').some((part) => TOOL_FOLDERS.has(part));
  for await (const name of glob(`**/*{${suffixes.join(',')}}`, { cwd: folder, exclude })) {
    const file = join(folder, name);
    // What cannot be reached must be reported later, so only what is known to be a folder is left out.
    if ((await kindOf(file)) !== 'folder') files.push(file);
  }
  return files.length > 0
    ? { ok: true, files: files.sort(), isNamed: false }
    : {
        ok: false,
        reason: 'no_match',
        message: `The folder holds no file that ends in ${suffixes.join(', ')}.`,
      };
};

type PathKind = 'file' | 'folder' | 'absent' | { readonly code: string };

const kindOf = async (path: string): Promise<PathKind> => {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : { code };
  }
};
