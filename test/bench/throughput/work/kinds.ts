import type { Kind } from './kind.ts';
import { bucket, key, role } from './kinds-access.ts';
import { instance, securityGroup } from './kinds-ec2.ts';
import { alarm, database, lambda, logGroup, queue, scalingGroup, table } from './kinds-service.ts';

/** The types of the estate; each is known to the shipped tables with what the acts on it do. */
export const KINDS: readonly Kind[] = [
  securityGroup,
  instance,
  bucket,
  role,
  lambda,
  database,
  key,
  queue,
  logGroup,
  table,
  scalingGroup,
  alarm,
];
