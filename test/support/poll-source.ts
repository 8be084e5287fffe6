import { wholeBytes } from '../../src/core/model/source-content.ts';
import type { StatePoll, WatchableStateSource } from '../../src/pipeline/ports.ts';

/** What one look at a source gives, and what a watcher knows after it. */
export interface Polled {
  readonly polls: readonly StatePoll[];
  /** `source=content`, `source unchanged`, or `source: reason`. */
  readonly lines: readonly string[];
  readonly known: ReadonlyMap<string, string>;
}

export const pollSource = async (
  source: WatchableStateSource,
  known: ReadonlyMap<string, string> = new Map(),
  signal: AbortSignal = new AbortController().signal,
): Promise<Polled> => {
  const polls: StatePoll[] = [];
  const next = new Map(known);
  for await (const polled of source.poll(known, signal)) {
    polls.push(polled);
    if (polled.ok && 'version' in polled) next.set(polled.source, polled.version);
  }
  return { polls, lines: polls.map(lineOf), known: next };
};

const lineOf = (polled: StatePoll): string => {
  if (!polled.ok) return `${polled.source}: ${polled.reason}`;
  return 'unchanged' in polled
    ? `${polled.source} unchanged`
    : `${polled.source}=${Buffer.from(wholeBytes(polled.content)).toString()}`;
};
