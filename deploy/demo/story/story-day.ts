const DAY_MS = 86_400_000;

/** The day that the story is told on. */
export interface StoryDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string;
  /** ISO 8601 time, to the second, of a number of seconds after midnight. */
  at(seconds: number): string;
}

/** The day in the files of story/events. */
export const WRITTEN_ON = '2026-01-20';

/** The day of a date; undefined where the text is none, such as 2026-02-30. */
export const storyDay = (date: string): StoryDay | undefined => {
  const midnight = Date.parse(`${date}T00:00:00.000Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(midnight)) return undefined;
  if (new Date(midnight).toISOString().slice(0, 10) !== date) return undefined;
  return {
    date,
    at: (seconds) => `${new Date(midnight + seconds * 1000).toISOString().slice(0, 19)}Z`,
  };
};

/** The last whole day before `now` (milliseconds since the epoch): none of its events lies in the future. */
export const dayBefore = (now: number): string => new Date(now - DAY_MS).toISOString().slice(0, 10);

/** Seconds after midnight. */
export const clock = (hours: number, minutes = 0, seconds = 0): number =>
  (hours * 60 + minutes) * 60 + seconds;
