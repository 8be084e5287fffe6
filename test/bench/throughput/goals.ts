import type { Contender, Pass } from './results.ts';
import type { Format } from './work/work.ts';

type Name = 'eventsASecond' | 'cpuSecondsAMillion' | 'peakAnonMb';
type Of = (contender: Contender, name: Name) => Pass[Name] | undefined;

/** What is to be reached. */
export interface Goal {
  readonly what: string;
  readonly format: Format;
  readonly asked: number;
  /** `asked` is the most; else the least. */
  readonly atMost: boolean;
  /** From the medians; undefined where one of them is missing. */
  readonly figure: (of: Of) => number | undefined;
}

const ratio =
  (name: Name, above: Contender, below: Contender) =>
  (of: Of): number | undefined => {
    const [one, other] = [of(above, name), of(below, name)];
    return one === undefined || other === undefined ? undefined : one / other;
  };

const cpu = (of: Of): number | undefined => of('driftline', 'cpuSecondsAMillion');

interface Asked {
  readonly cpu: number;
  readonly ofParse: number;
  readonly ofPlain: number;
  readonly ofPrebuilt: number;
  readonly ofPlainReal: number;
}

const goalsOf = (format: Format, asked: Asked): readonly Goal[] => [
  {
    what: 'CPU-s a million events, null OpenSearch',
    format,
    asked: asked.cpu,
    atMost: true,
    figure: cpu,
  },
  {
    what: 'of it, against `JSON.parse`',
    format,
    asked: asked.ofParse,
    atMost: true,
    figure: ratio('cpuSecondsAMillion', 'driftline', 'parse'),
  },
  {
    what: 'events/s, null OpenSearch, against the plain Node program',
    format,
    asked: asked.ofPlain,
    atMost: false,
    figure: ratio('eventsASecond', 'driftline', 'plain'),
  },
  {
    what: 'events/s, OpenSearch, against prebuilt bodies',
    format,
    asked: asked.ofPrebuilt,
    atMost: false,
    figure: ratio('eventsASecond', 'driftline-real', 'prebuilt'),
  },
  {
    what: 'events/s, OpenSearch, against the plain Node program',
    format,
    asked: asked.ofPlainReal,
    atMost: false,
    figure: ratio('eventsASecond', 'driftline-real', 'plain-real'),
  },
  {
    what: 'exactly once against at least once, events/s',
    format,
    asked: 0.9,
    atMost: false,
    figure: ratio('eventsASecond', 'driftline', 'at-least-once'),
  },
  {
    what: 'memory besides the store, MB',
    format,
    asked: 400,
    atMost: true,
    figure: (of) => of('driftline', 'peakAnonMb'),
  },
];

export const GOALS: readonly Goal[] = [
  ...goalsOf('ocsf', { cpu: 20, ofParse: 3, ofPlain: 2.5, ofPrebuilt: 0.7, ofPlainReal: 2 }),
  ...goalsOf('avro', { cpu: 14, ofParse: 2, ofPlain: 3.5, ofPrebuilt: 0.75, ofPlainReal: 2.2 }),
  {
    what: 'CPU-s a million events, null OpenSearch',
    format: 'cloudtrail',
    asked: 30,
    atMost: true,
    figure: cpu,
  },
];
