import { stat } from 'node:fs/promises';

/** Another text once the file was written or exchanged. Rejects with the system's error where there is none. */
export const fileVersion = async (file: string): Promise<string> => {
  const { mtimeNs, size, ino } = await stat(file, { bigint: true });
  return `${mtimeNs}-${size}-${ino}`;
};
