import { createHash } from 'node:crypto';

/** Below what LMDB takes as a key. */
const MAX_KEY_BYTES = 500;

/** The key that an account of a provider is counted under. */
export const accountKey = (provider: string, account: string): Buffer => {
  const text = Buffer.from(`${provider}\n${account}`);
  return text.length <= MAX_KEY_BYTES ? text : createHash('sha256').update(text).digest();
};
