import { describe, expect, it } from 'vitest';
import { holds, reportChecks, type Check } from '../../../../deploy/demo/checks.ts';
import { candidateChecks, outcomeChecks } from '../../../../deploy/demo/expectations.ts';
import { createScreen } from '../../../../deploy/demo/screen.ts';
import { keyEvents } from '../../../../deploy/demo/story/key-events.ts';
import { storyDay } from '../../../../deploy/demo/story/story-day.ts';
import { tellStory } from '../../../../deploy/demo/story/story.ts';
import { storyDetection } from './story/detect-story.ts';

const story = tellStory(storyDay('2026-03-10')!);
const detection = storyDetection();
const candidates = keyEvents(story.day)
  .flatMap(({ record }) => detection.process(JSON.stringify(record)).candidates)
  .toSorted((one, other) => other.severity.score - one.severity.score);
const outcomes = new Map(Object.entries(story.expected));

const wrong = (checks: readonly Check[]): readonly string[] =>
  checks.filter((check) => !holds(check)).map(({ what }) => what);

describe('the checks of the demo', () => {
  it('hold for what the core finds', () => {
    expect(wrong(candidateChecks(story, candidates))).toEqual([]);
    expect(wrong(outcomeChecks(story, outcomes, 1))).toEqual([]);
  });

  it('name the candidate that is missing', () => {
    const checks = candidateChecks(
      story,
      candidates.filter(({ operation }) => operation !== 'DeleteAlarms'),
    );
    expect(wrong(checks)).toEqual([
      'candidates',
      'order of the severities, worst first',
      'candidate of story/events/05-deleted-alarm.json',
    ]);
  });

  it('name the candidate whose address is another', () => {
    const moved = candidates.map((each) =>
      each.operation === 'DeleteAlarms'
        ? { ...each, resource: { ...each.resource, address: 'aws_cloudwatch_metric_alarm.other' } }
        : each,
    );
    expect(wrong(candidateChecks(story, moved))).toEqual([
      'candidate of story/events/05-deleted-alarm.json',
    ]);
  });

  it('name the outcome whose count is wrong, and the sum that no longer adds up', () => {
    const one = new Map([...outcomes, ['iac', story.expected.iac - 1] as const]);
    expect(wrong(outcomeChecks(story, one, 1))).toEqual([
      'audit events with the outcome iac',
      'records: audit events, second deliveries and dead letters together',
    ]);
    expect(wrong(outcomeChecks(story, outcomes, 0))).toContain('dead letters');
  });

  it('are reported with what was expected and what was found', () => {
    const lines: string[] = [];
    const screen = createScreen(
      { write: (text: string) => lines.push(text) },
      { noColor: true, now: () => 0 },
    );
    const good: Check = { what: 'good', expected: 1, found: 1 };
    expect(reportChecks(screen, [good])).toBe(true);
    expect(reportChecks(screen, [good, { what: 'count', expected: 2, found: 3 }])).toBe(false);
    expect(lines.join('')).toContain('WRONG  count\n       expected 2\n       found    3\n');
  });
});
