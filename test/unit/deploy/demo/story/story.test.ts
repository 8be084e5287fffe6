import { describe, expect, it } from 'vitest';
import { SECRETS } from '../../../../../deploy/demo/story/expected-candidates.ts';
import { keyEvents } from '../../../../../deploy/demo/story/key-events.ts';
import { dayBefore, storyDay } from '../../../../../deploy/demo/story/story-day.ts';
import { tellStory } from '../../../../../deploy/demo/story/story.ts';
import { isJsonObject } from '../../../../../src/core/model/json.ts';
import { storyState } from './detect-story.ts';

const day = storyDay('2026-03-10')!;
const story = tellStory(day);
const events = story.parts.flatMap(({ records }) => records);

describe('the story', () => {
  it('expects an outcome of every event, part by part', () => {
    for (const { name, records, expected } of story.parts) {
      const sum = Object.values(expected).reduce((total, count) => total + count, 0);
      expect([name, sum]).toEqual([name, records.length]);
    }
  });

  it('is some thousands of records: every event, one of them twice, and a broken one', () => {
    expect(story.records).toHaveLength(events.length + story.duplicates + story.broken);
    expect(events.length).toBeGreaterThan(3000);
    expect(events.length).toBeLessThan(5000);
  });

  it('gives each event an id of its own', () => {
    expect(new Set(events.map((record) => record['eventID'])).size).toBe(events.length);
  });

  it('has in every record the fields that CloudTrail always writes, on the day', () => {
    for (const record of events) {
      expect(record['eventVersion']).toMatch(/^1\.\d+$/);
      expect(record['eventTime']).toMatch(/^2026-03-10T\d{2}:\d{2}:\d{2}Z$/);
      expect(isJsonObject(record['userIdentity'])).toBe(true);
      for (const field of ['eventSource', 'eventName', 'awsRegion', 'sourceIPAddress']) {
        expect(record[field], field).toMatch(/\S/);
      }
      for (const field of ['userAgent', 'eventID', 'eventType', 'recipientAccountId']) {
        expect(record[field], field).toMatch(/\S/);
      }
      expect(typeof record['readOnly']).toBe('boolean');
    }
  });

  it('uses addresses and accounts of documentation only', () => {
    const text = JSON.stringify(events);
    const numbers = text.match(/(?<![\d.])\d{1,3}(\.\d{1,3}){3}(?![\d.])/g) ?? [];
    const documentation =
      /^(192\.0\.2|198\.51\.100|203\.0\.113|10\.(20|40))\.|^(0\.0\.0\.0|143\.0\.0\.0)$/;
    expect(numbers.filter((address) => !documentation.test(address))).toEqual([]);
    const accounts = new Set(text.match(/(?<=:)\d{12}(?=:)/g) ?? []);
    expect([...accounts].toSorted()).toEqual(['111122223333', '444455556666', '777788889999']);
  });

  it('is the same whenever it is told, and differs by nothing but the day', () => {
    expect(tellStory(day).records).toEqual(story.records);
    const next = tellStory(storyDay('2026-03-11')!).records.map(({ value }) => value);
    const dates = [/2026-03-11/g, /2026\/03\/11/g] as const;
    const moved = next.map((value) =>
      value.replaceAll(dates[0], '2026-03-10').replaceAll(dates[1], '2026/03/10'),
    );
    expect(moved).toEqual(story.records.map(({ value }) => value));
  });

  it('moves the key events to the day, in order of time', () => {
    const times = keyEvents(day).map(({ record }) => JSON.stringify(record['eventTime']));
    expect(times).toEqual(times.toSorted());
    expect(JSON.stringify(keyEvents(day))).not.toContain('2026-01-20');
  });
});

describe('the states', () => {
  it.each([
    ['prod', 56],
    ['staging', 21],
  ] as const)(
    'hold the resources of %s, each with an identity, without a secret',
    (name, count) => {
      const resources = storyState(name);
      expect(resources).toHaveLength(count);
      expect(resources.filter(({ identities }) => identities.length === 0)).toEqual([]);
      const text = JSON.stringify(resources);
      for (const secret of SECRETS) expect(text).not.toContain(secret);
    },
  );
});

describe('the day', () => {
  it('is the last whole one', () => {
    expect(dayBefore(Date.parse('2026-03-01T00:00:01Z'))).toBe('2026-02-28');
  });

  it('is refused where it does not exist', () => {
    expect(storyDay('2026-02-30')).toBeUndefined();
    expect(storyDay('2026-2-3')).toBeUndefined();
  });
});
