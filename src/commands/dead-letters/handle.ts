import type { Command } from 'commander';
import {
  handleDeadLetters,
  type HandlingReport,
  type Refusal,
} from '../../pipeline/handle-dead-letters.ts';
import type { DeadLettersEnvironment } from './dead-letters-environment.ts';
import {
  addFilterOptions,
  addIds,
  filterOf,
  isChosen,
  type FilterOptions,
} from './filter-options.ts';

interface Options extends FilterOptions {
  readonly all?: true;
  readonly dryRun?: true;
  readonly note: string;
}

const VERBS = {
  replayed: {
    name: 'replay',
    description:
      'send the records of dead letters back to their topic, each once; they are processed like any other',
    would: 'would replay',
  },
  discarded: {
    name: 'discard',
    description: 'mark dead letters as dealt with; they stay in the topic as long as it keeps them',
    would: 'would discard',
  },
} as const;

const WHY: Readonly<Record<Refusal, string>> = {
  cut: 'its record was cut when it was kept (`dead-letters show` tells what): send the record to its topic again from where it came from',
  no_record: 'it holds no record: `driftline consumption seek` goes back to what was passed over',
  foreign_topic:
    'its record is from a topic that this configuration does not read (kafka.topics.auditEvents)',
};

/**
 * `driftline dead-letters replay` and `discard`. Exit code 0; 1 where a dead letter was refused; 2 where nothing was chosen.
 */
export const registerDeadLettersHandling = (
  parent: Command,
  handling: keyof typeof VERBS,
  { stdout, stderr, setExitCode, clock, signal, withDeadLetters }: DeadLettersEnvironment,
): void => {
  const { name, description, would } = VERBS[handling];
  addFilterOptions(addIds(parent.command(name).description(description)), clock)
    .option('--all', 'every dead letter that waits')
    .option('--note <text>', 'why, to be kept with it', '')
    .option('--dry-run', 'only tell what it would do')
    .action(async (ids: readonly string[] | undefined, options: Options) => {
      const chosen = ids ?? [];
      if (options.all !== true && !isChosen(chosen, options)) {
        stderr.write(
          `driftline: say which dead letters to ${name}: ids, a filter such as --reason, or --all\n`,
        );
        setExitCode(2);
        return;
      }
      const dryRun = options.dryRun === true;
      const report = await withDeadLetters((topic) =>
        handleDeadLetters(
          topic,
          filterOf(chosen, options),
          { handling, note: options.note, dryRun },
          signal,
        ),
      );
      stdout.write(
        `${dryRun ? would : handling} ${report.handled}, ${report.before} were dealt with before${repeats(report)}\n`,
      );
      for (const line of refusals(report)) stderr.write(`driftline: ${line}\n`);
      setExitCode(report.refused.length > 0 ? 1 : 0);
    });
};

const repeats = ({ repeated }: HandlingReport): string =>
  repeated === 0 ? '' : `; ${repeated} more of the same records, which were read again`;

const refusals = ({ refused }: HandlingReport): readonly string[] =>
  refused.map(({ letter, why }) => `${letter.id} stays: ${WHY[why]}`);
