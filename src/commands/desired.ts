import type { Command } from 'commander';
import { registerDesiredCompare, type DesiredCompareEnvironment } from './desired/compare.ts';
import { registerDesiredDiff, type DesiredDiffEnvironment } from './desired/diff.ts';
import { registerDesiredIndex, type DesiredIndexEnvironment } from './desired/index-resources.ts';
import { registerDesiredList, type DesiredListEnvironment } from './desired/list.ts';
import { registerDesiredPublish, type DesiredPublishEnvironment } from './desired/publish.ts';
import { registerDesiredRead, type DesiredReadEnvironment } from './desired/read.ts';
import { registerDesiredShow, type DesiredShowEnvironment } from './desired/show.ts';
import { registerDesiredStats, type DesiredStatsEnvironment } from './desired/stats.ts';
import { registerDesiredWithdraw, type DesiredWithdrawEnvironment } from './desired/withdraw.ts';
import { registerDesiredWatch, type DesiredWatchEnvironment } from './desired/watch.ts';

export type DesiredEnvironment = DesiredCompareEnvironment &
  DesiredDiffEnvironment &
  DesiredIndexEnvironment &
  DesiredListEnvironment &
  DesiredPublishEnvironment &
  DesiredReadEnvironment &
  DesiredShowEnvironment &
  DesiredStatsEnvironment &
  DesiredWatchEnvironment &
  DesiredWithdrawEnvironment;

/** `driftline desired …`: what infrastructure as code says should exist. */
export const registerDesired = (program: Command, environment: DesiredEnvironment): void => {
  const desired = program
    .command('desired')
    .description('read and publish what infrastructure as code says should exist');
  registerDesiredPublish(desired, environment);
  registerDesiredWithdraw(desired, environment);
  registerDesiredDiff(desired, environment);
  registerDesiredRead(desired, environment);
  registerDesiredList(desired, environment);
  registerDesiredShow(desired, environment);
  registerDesiredStats(desired, environment);
  registerDesiredCompare(desired, environment);
  registerDesiredWatch(desired, environment);
  registerDesiredIndex(desired, environment);
};
