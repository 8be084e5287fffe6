import { describe, expect, it } from 'vitest';
import { EXPECTED_CANDIDATES } from '../../../../../deploy/demo/story/expected-candidates.ts';
import { keyEvents } from '../../../../../deploy/demo/story/key-events.ts';
import { storyDay } from '../../../../../deploy/demo/story/story-day.ts';
import { tellStory } from '../../../../../deploy/demo/story/story.ts';
import { storyDetection } from './detect-story.ts';

const day = storyDay('2026-03-10')!;
const detection = storyDetection();

describe('the story, by the core alone', () => {
  const { parts, records } = tellStory(day);

  it.each(parts.map((part) => [part.name, part] as const))(
    'gives each event of %s the outcome that it is meant to have',
    (_, part) => {
      const outcomes: Record<string, number> = {};
      for (const record of part.records) {
        const { outcome } = detection.process(JSON.stringify(record));
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
      expect(outcomes).toEqual(part.expected);
    },
  );

  it.each(EXPECTED_CANDIDATES.map((each) => [each.file, each] as const))(
    'sees in %s what it is meant to see',
    (file, expected) => {
      const event = keyEvents(day).find((each) => each.file === file);
      const { candidates } = detection.process(JSON.stringify(event?.record));
      expect(
        candidates.map(({ kind, resource, actor, severity, changes }) => ({
          file,
          kind,
          ...(resource.address === undefined ? {} : { address: resource.address }),
          ...(resource.environment === undefined ? {} : { environment: resource.environment }),
          actorClass: actor.class,
          trusted: actor.trusted,
          severity: severity.level,
          changes: changes.map(({ path, verdict }) => `${path} ${verdict}`).toSorted(),
        })),
      ).toEqual([{ ...expected, changes: expected.changes.toSorted() }]);
    },
  );

  it('cannot read the broken record, and nothing else', () => {
    const failures = records.flatMap(({ value }) => detection.decode(value).failures);
    expect(failures.map(({ reason }) => reason)).toEqual(['not_json']);
  });
});
