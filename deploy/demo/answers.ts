import { fit, terminalText } from '../../src/commands/output/terminal-text.ts';
import { OUTCOMES } from '../../src/core/model/outcome.ts';
import { columns, type Screen } from './screen.ts';
import type { Story } from './story/story.ts';
import type { ReadRecord } from './topics.ts';

const MEANING: Readonly<Record<string, string>> = {
  read: 'changed nothing',
  failed: 'refused or failed',
  runtime: 'mutating by name, not configuration: heartbeats, sign-ins',
  iac: 'made by code: an IaC tool or service, and a principal that is trusted',
  service: 'AWS acting by itself',
  ignored: 'taken out by a rule',
  candidate: 'outside code, on what code owns or covers',
  unresolved: 'outside code, and nothing of code found or covered',
};

/** The outcomes, and that they add up to what was produced. */
export const printOutcomes = (
  screen: Screen,
  story: Story,
  outcomes: ReadonlyMap<string, number>,
  deadLetters: number,
): void => {
  const indexed = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  const rows = [
    ...OUTCOMES.filter((outcome) => outcomes.has(outcome)).map(
      (outcome) => [outcomes.get(outcome) ?? 0, outcome, MEANING[outcome] ?? ''] as const,
    ),
    [indexed, 'audit events', 'one document each'] as const,
    [story.duplicates, 'second delivery', 'the same act again: the same document'] as const,
    [deadLetters, 'dead letter', 'could not be read'] as const,
    [
      indexed + story.duplicates + deadLetters,
      'records',
      `${String(story.records.length)} were produced`,
    ] as const,
  ];
  for (const line of columns(rows)) screen.line(line);
};

/** Why each dead letter is one, and where it came from, read from its headers. */
export const printDeadLetters = (screen: Screen, records: readonly ReadRecord[]): void => {
  screen.heading('Which records could not be read, and why?');
  screen.line(screen.paint('dim', 'topic audit.events.dead-letters, headers'));
  screen.line();
  for (const { headers, value } of records) {
    const origin = ['topic', 'partition', 'offset'].map(
      (name) => headers[`__connect.errors.${name}`] ?? '?',
    );
    screen.line(`${headers['driftline.reason'] ?? '?'}  from ${origin.join(', ')}`);
    screen.line(
      `  ${fit(terminalText(headers['__connect.errors.exception.message'] ?? ''), screen.width - 2)}`,
    );
    screen.line(`  as received: ${fit(terminalText(String(value)), screen.width - 15)}`);
  }
};
