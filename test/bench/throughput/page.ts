import { basename } from 'node:path';
import { median } from '../rig/median.ts';
import { GOALS } from './goals.ts';
import { CONTENDERS, type BenchResults, type Contender, type Pass } from './results.ts';
import { FORMATS, type Format } from './work/work.ts';

type Figure = keyof Pick<
  Pass,
  | 'eventsASecond'
  | 'cpuSecondsAMillion'
  | 'opensearchCpuSecondsAMillion'
  | 'peakRssMb'
  | 'peakAnonMb'
  | 'peakMappedMb'
>;

const TITLES: Readonly<Record<Contender, string>> = {
  parse: '`JSON.parse` of the bytes, alone',
  kafkajs: 'kafkajs, doing nothing',
  plain: 'plain Node program, null OpenSearch',
  driftline: '**Driftline**, null OpenSearch',
  'at-least-once': 'Driftline, at least once, null OpenSearch',
  prebuilt: 'prebuilt bulk bodies, OpenSearch',
  'plain-real': 'plain Node program, OpenSearch',
  'driftline-real': '**Driftline**, OpenSearch',
};

const FORMAT_TITLES: Readonly<Record<Format, string>> = {
  ocsf: 'OCSF JSON in',
  avro: 'Avro in',
  cloudtrail: 'Raw CloudTrail in',
};

const table = (rows: readonly (readonly string[])[]): string =>
  [rows[0]!, rows[0]!.map(() => '---'), ...rows.slice(1)]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

const short = (value: number): string =>
  !Number.isFinite(value)
    ? ''
    : value >= 10_000
      ? `${(value / 1000).toFixed(1)}k`
      : value >= 100
        ? String(Math.round(value))
        : value.toPrecision(3);

/** Values of one figure over the rounds. */
const valuesOf = (
  { passes }: BenchResults,
  format: Format,
  contender: Contender,
  figure: Figure,
): readonly number[] =>
  passes.flatMap((pass) =>
    pass.format === format && pass.contender === contender && pass[figure] !== undefined
      ? [pass[figure]]
      : [],
  );

const spread = (values: readonly number[]): string =>
  values.length === 0
    ? ''
    : [Math.min(...values), median(values), Math.max(...values)].map(short).join(' / ');

const greatest = (values: readonly number[]): string =>
  values.length === 0 ? '' : short(Math.max(...values));

const contendersTable = (results: BenchResults, format: Format): string => {
  const measured = CONTENDERS.filter((contender) =>
    results.passes.some((pass) => pass.format === format && pass.contender === contender),
  );
  return table([
    [
      '',
      'events/s',
      'CPU-s a million, own process',
      'CPU-s a million, OpenSearch',
      'RSS, MB',
      'of it anonymous',
      'of it mapped',
    ],
    ...measured.map((contender) => {
      const of = (figure: Figure): readonly number[] =>
        valuesOf(results, format, contender, figure);
      return [
        TITLES[contender],
        spread(of('eventsASecond')),
        spread(of('cpuSecondsAMillion')),
        spread(of('opensearchCpuSecondsAMillion')),
        greatest(of('peakRssMb')),
        greatest(of('peakAnonMb')),
        greatest(of('peakMappedMb')),
      ];
    }),
  ]);
};

/** The middle one of a contender's figures; undefined where it was not measured. */
const middle =
  (results: BenchResults) =>
  (format: Format, contender: Contender, figure: Figure): number | undefined => {
    const values = valuesOf(results, format, contender, figure);
    return values.length === 0 ? undefined : median(values);
  };

const goalsTable = (results: BenchResults): string => {
  const of = middle(results);
  return table([
    ['', 'asked', 'reached', ''],
    ...GOALS.map(({ what, format, atMost, asked, figure }) => {
      const value = figure((contender, name) => of(format, contender, name));
      const isReached = value !== undefined && (atMost ? value <= asked : value >= asked);
      return [
        `${FORMAT_TITLES[format]}: ${what}`,
        `${asked} or ${atMost ? 'less' : 'more'}`,
        value === undefined ? 'not measured' : short(value),
        value === undefined ? '' : isReached ? 'yes' : '**no**',
      ];
    }),
  ]);
};

/** Fewer events are over before the program is compiled. */
const ENOUGH_EVENTS = 100_000;

const caution = ({ events, rounds, load, machine }: BenchResults): string =>
  events >= ENOUGH_EVENTS && rounds >= 3 && load.before < machine.cores
    ? ''
    : `
**These figures show that the bench works; they tell nothing of Driftline's speed:** fewer than ${ENOUGH_EVENTS.toLocaleString('en-US')} events or three
rounds, or a machine that was busy with other things.
`;

/**
 * The page of figures, Markdown.
 * @param file of the results, which the page names
 */
export const figuresPage = (results: BenchResults, file: string): string => {
  const { machine, load, events, resources, rounds, partitions, averageBytes } = results;
  const sizes = FORMATS.flatMap((format) => {
    const bytes = averageBytes[format];
    return bytes === undefined ? [] : [`${FORMAT_TITLES[format]} ${Math.round(bytes)} B`];
  });
  return `# Throughput

<!-- Written by \`npm run bench -- --page results/${basename(file)} --to figures.md\`: change that, not this. -->

Measured by \`npm run bench\` at ${results.time.slice(0, 16).replace('T', ' ')} UTC, commit \`${results.commit}\`, on ${machine.cores} cores of ${machine.model},
Node ${machine.node}, all processes on the same machine; its load (one minute) was ${short(load.before)} before and ${short(load.after)} after.
${events.toLocaleString('en-US')} events (${sizes.join(', ')}) in ${partitions} partitions, joined to ${resources.toLocaleString('en-US')} desired resources, 30 % of them
mutating, 15 % drift candidates; one member, exactly once, all features on. Rounds: ${rounds}, in turns; min / median / max, for
memory the greatest. What each contender is: [README.md](README.md#npm-run-bench).
${caution(results)}
## Asked and reached

Of medians.

${goalsTable(results)}

${FORMATS.filter((format) => results.passes.some((pass) => pass.format === format))
  .map((format) => `## ${FORMAT_TITLES[format]}\n\n${contendersTable(results, format)}`)
  .join('\n\n')}
`;
};
