import { median } from '../rig/median.ts';

/** Processor time of a pass, in times of `JSON.parse` of the same acts as OCSF JSON or CloudTrail. */
export type Ratios = Readonly<Record<string, number>>;

export interface GuardRecord {
  /** Where and of what they were recorded. */
  readonly time: string;
  readonly commit: string;
  readonly machine: { readonly model: string; readonly node: string };
  readonly ratios: Ratios;
}

export interface Judgement {
  readonly name: string;
  readonly recorded: number | undefined;
  readonly measured: number | undefined;
  /** Measured to recorded: 1.2 is a fifth slower. */
  readonly change: number | undefined;
  readonly verdict: 'kept' | 'lost' | 'gained' | 'unrecorded' | 'unmeasured';
}

/** A loss of more than this is none that noise explains. */
const MOST_LOSS = 0.15;

/** Each ratio that is recorded or measured, judged. */
export const judge = (recorded: Ratios, measured: Ratios): readonly Judgement[] =>
  [...new Set([...Object.keys(recorded), ...Object.keys(measured)])].map((name) => {
    const [before, now] = [recorded[name], measured[name]];
    const both = { name, recorded: before, measured: now };
    if (before === undefined) return { ...both, change: undefined, verdict: 'unrecorded' };
    // JSON has neither Infinity nor NaN: a pass that was set against nothing comes as null.
    if (!Number.isFinite(now) || now === undefined || now <= 0) {
      return { ...both, change: undefined, verdict: 'unmeasured' };
    }
    const change = now / before;
    const verdict = change > 1 + MOST_LOSS ? 'lost' : change < 1 - MOST_LOSS ? 'gained' : 'kept';
    return { ...both, change, verdict };
  });

const percent = (change: number): string => `${Math.round(Math.abs(change - 1) * 100)} %`;

const WORDS: Readonly<Record<Judgement['verdict'], (change: number) => string>> = {
  kept: () => 'kept',
  lost: (change) => `LOST: ${percent(change)} more processor time than recorded`,
  gained: (change) => `gained: ${percent(change)} less; record it, so that it is not lost again`,
  unrecorded: () => 'UNRECORDED: run npm run bench:guard -- --record',
  unmeasured: () => 'UNMEASURED: it is recorded and was not measured',
};

const shown = (ratio: number | undefined): string => ratio?.toFixed(2) ?? '';

/** One line each, for people. */
export const judgementLines = (judgements: readonly Judgement[]): readonly string[] =>
  judgements.map(
    ({ name, recorded, measured, change, verdict }) =>
      `${name.padEnd(26)} ${shown(measured).padStart(7)} of ${shown(recorded).padStart(7)}  ${WORDS[verdict](change ?? Number.NaN)}`,
  );

/** A ratio that is not judged guards nothing. */
export const isPassed = (judgements: readonly Judgement[]): boolean =>
  judgements.length > 0 &&
  judgements.every(({ verdict }) => verdict === 'kept' || verdict === 'gained');

/** The best of some attempts: noise only adds, a loss stays in all of them. */
export const best = (attempts: readonly Ratios[]): Ratios =>
  attempts.reduce((sofar, attempt) => ({
    ...sofar,
    ...Object.fromEntries(
      Object.entries(attempt).map(([name, ratio]) => [
        name,
        Math.min(ratio, sofar[name] ?? Number.POSITIVE_INFINITY),
      ]),
    ),
  }));

/** The middle of some attempts, which all have the same names: what is recorded. */
export const middle = (attempts: readonly Ratios[]): Ratios =>
  Object.fromEntries(
    Object.keys(attempts[0] ?? {}).map((name) => [
      name,
      median(attempts.flatMap((attempt) => attempt[name] ?? [])),
    ]),
  );
