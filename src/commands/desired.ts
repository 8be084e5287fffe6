import type { Command } from 'commander';
import { registerDesiredPublish, type DesiredPublishEnvironment } from './desired/publish.ts';
import { registerDesiredRead, type DesiredReadEnvironment } from './desired/read.ts';

export type DesiredEnvironment = DesiredPublishEnvironment & DesiredReadEnvironment;

/** `driftline desired …`: what infrastructure as code says should exist. */
export const registerDesired = (program: Command, environment: DesiredEnvironment): void => {
  const desired = program
    .command('desired')
    .description('read and publish what infrastructure as code says should exist');
  registerDesiredPublish(desired, environment);
  registerDesiredRead(desired, environment);
};
