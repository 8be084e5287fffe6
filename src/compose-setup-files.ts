import { readSetupFiles, type SetupFiles } from './adapters/opensearch/setup-files.ts';
import { underNames } from './adapters/opensearch/setup-names.ts';
import { withChoices, type IndexChoice } from './adapters/opensearch/setup-values.ts';
import { TEMPLATES } from './compose-parts.ts';
import type { Config } from './config/schema.ts';

type Ages = Config['opensearch']['storage']['auditEvents'];

const days = (age: number | 'never'): number | undefined => (age === 'never' ? undefined : age);

const withAges = ({ warmAfterDays, retentionDays, ...choice }: Ages): IndexChoice => ({
  ...choice,
  warmAfterDays: days(warmAfterDays),
  retentionDays: days(retentionDays),
});

/** The shipped objects under the names and with the sizes and ages of the configuration. */
export const setupFiles = async ({ opensearch }: Config): Promise<SetupFiles> => {
  const { indexes, storage } = opensearch;
  const choices = new Map<string, IndexChoice>([
    ['audit-events', withAges(storage.auditEvents)],
    ['drift-candidates', withAges(storage.driftCandidates)],
    ['desired-state', storage.desiredState],
  ]);
  return underNames(withChoices(await readSetupFiles(TEMPLATES), choices, storage.warmNodes), {
    'audit-events': indexes.auditEvents,
    'drift-candidates': indexes.driftCandidates,
    'desired-state': indexes.desiredState,
  });
};

/** Indexes that are not by day or month. */
export const singleIndexes = ({ opensearch }: Config): readonly string[] => [
  opensearch.indexes.desiredState,
];
