import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Real data written by others, beside the repository and never in it. */
export const sharedData = (path: string): string =>
  fileURLToPath(new URL(`../../../shared/data/${path}`, import.meta.url));

/** Tests that need the folder skip with this line where it is absent. */
export const hasSharedData = existsSync(sharedData('events'));
