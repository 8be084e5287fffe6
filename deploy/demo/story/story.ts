import type { JsonObject } from '../../../src/core/model/json.ts';
import { OUTCOMES, type EventOutcome } from '../../../src/core/model/outcome.ts';
import { stackUpdate, terraformApplies } from './applies.ts';
import { cloudServices } from './cloud-services.ts';
import { failedCalls } from './failures.ts';
import { keyPart } from './key-events.ts';
import { agents, report } from './machines.ts';
import { collector, consoleReaders } from './reads.ts';
import { costTags, debuggingSession, emergency, oldKeys, sandboxTrials } from './side-scenes.ts';
import type { StoryDay } from './story-day.ts';
import type { StoryPart } from './story-part.ts';

/** A record as it is produced. */
export interface StoryRecord {
  /** `<account>/<API>`: acts on one resource stay in order. */
  readonly key: string;
  /** One line. */
  readonly value: string;
}

export interface Story {
  readonly day: StoryDay;
  readonly parts: readonly StoryPart[];
  /** In order of time; one of them comes twice, and one is no event. */
  readonly records: readonly StoryRecord[];
  /** By outcome, without the second delivery and the broken record. */
  readonly expected: Readonly<Record<EventOutcome, number>>;
  /** Records that deliver an act a second time. */
  readonly duplicates: number;
  /** Records that hold no event. */
  readonly broken: number;
}

const PARTS: readonly ((day: StoryDay) => StoryPart)[] = [
  collector,
  consoleReaders,
  agents,
  report,
  cloudServices,
  terraformApplies,
  stackUpdate,
  failedCalls,
  costTags,
  debuggingSession,
  emergency,
  sandboxTrials,
  oldKeys,
  keyPart,
];

const text = (record: JsonObject, field: string): string => {
  const value = record[field];
  return typeof value === 'string' ? value : '';
};

const storyRecord = (record: JsonObject): StoryRecord => ({
  key: `${text(record, 'recipientAccountId')}/${text(record, 'eventSource')}`,
  value: JSON.stringify(record),
});

const totals = (parts: readonly StoryPart[]): Story['expected'] => {
  const sums = Object.fromEntries(
    OUTCOMES.filter((outcome) => outcome !== 'dead-letter').map((outcome) => [
      outcome,
      parts.reduce((sum, { expected }) => sum + (expected[outcome] ?? 0), 0),
    ]),
  );
  return sums as Record<EventOutcome, number>;
};

/** A forwarder that died in the middle of a line. */
const broken = (record: StoryRecord): StoryRecord => ({
  key: record.key,
  value: record.value.slice(0, Math.floor(record.value.length * 0.6)),
});

/** The day, whole: the same records for the same date, whenever and wherever it is told. */
export const tellStory = (day: StoryDay): Story => {
  const parts = PARTS.map((part) => part(day));
  const sorted = parts
    .flatMap(({ records }) => records)
    .toSorted((one, other) => text(one, 'eventTime').localeCompare(text(other, 'eventTime')));
  const records = sorted.map(storyRecord);
  const openedSsh = sorted.findIndex(
    (record) => text(record, 'eventName') === 'AuthorizeSecurityGroupIngress',
  );
  const again = records[openedSsh];
  const cut = records[Math.floor(records.length / 2)];
  const extra = [
    ...(again === undefined ? [] : [again]),
    ...(cut === undefined ? [] : [broken(cut)]),
  ];
  return {
    day,
    parts,
    records: [...records.slice(0, openedSsh + 40), ...extra, ...records.slice(openedSsh + 40)],
    expected: totals(parts),
    duplicates: 1,
    broken: 1,
  };
};
