import { createHmac } from 'node:crypto';
import type { SecretHash } from '../../core/model/redacted-value.ts';

/** The keyed hash of secrets, from `desired.hashKey`. Publishers and workers must have the same key. */
export const createSecretHash =
  (key: string): SecretHash =>
  (text) =>
    createHmac('sha256', key).update(text, 'utf8').digest('hex');
