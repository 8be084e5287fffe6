import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { EXPECTED_CANDIDATES } from './expected-candidates.ts';
import { WRITTEN_ON, type StoryDay } from './story-day.ts';
import type { StoryPart } from './story-part.ts';

const FOLDER = fileURLToPath(new URL('events', import.meta.url));

export interface KeyEvent {
  /** Name of its file, without extension. */
  readonly file: string;
  readonly record: JsonObject;
}

/** The acts that the story is about, one a file of story/events, moved to the day. */
export const keyEvents = (day: StoryDay): readonly KeyEvent[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const text = readFileSync(`${FOLDER}/${name}`, 'utf8').replaceAll(WRITTEN_ON, day.date);
      return { file: name.slice(0, -'.json'.length), record: JSON.parse(text) as JsonObject };
    });

/** All of them are candidates, but for what Dana does to a bucket of her own, which code does not know. */
export const keyPart = (day: StoryDay): StoryPart => ({
  name: 'key-events',
  what: 'what the day will be remembered for',
  records: keyEvents(day).map(({ record }) => record),
  expected: { candidate: EXPECTED_CANDIDATES.length, unresolved: 1 },
});
