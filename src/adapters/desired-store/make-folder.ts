import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const makeOne = (folder: string, mode: number): void => {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process was quicker.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
};

/**
 * Makes a folder and those above it that are missing. The recursive `mkdirSync` of Node 24 never returns where the
 * system denies a folder with ENOENT below one that is there, as in /proc.
 */
export const makeFolder = (folder: string, mode = 0o777): void => {
  const missing: string[] = [];
  let at = resolve(folder);
  while (!existsSync(at) && dirname(at) !== at) {
    missing.push(at);
    at = dirname(at);
  }
  for (const path of missing.reverse()) makeOne(path, mode);
};
