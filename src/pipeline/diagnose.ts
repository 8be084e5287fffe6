import type { Finding, FindingState, Inspection } from './ports/finding.ts';

/** A finding with the area that it belongs to. */
export interface Diagnosed extends Finding {
  readonly area: string;
}

export interface Diagnosis {
  readonly findings: readonly Diagnosed[];
  readonly counts: Readonly<Record<FindingState, number>>;
}

export interface DiagnosisOptions {
  /** Longest time that an area may take, in milliseconds. */
  readonly limitMs: number;
  /** Resolves early when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A message of several lines as one. */
export const oneLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');

const messageOf = (error: unknown): string =>
  oneLine(error instanceof Error ? error.message : String(error)).slice(0, 500);

/** Parts of an area, one after the other: one that fails is a fault of its own, and the others are looked at all the same. */
export const lookAtParts = async (
  parts: readonly (readonly [subject: string, look: () => Promise<readonly Finding[]>])[],
  mend: string,
): Promise<readonly Finding[]> => {
  const found: Finding[] = [];
  for (const [subject, look] of parts) {
    try {
      found.push(...(await look()));
    } catch (error) {
      found.push({ state: 'fault', subject, what: messageOf(error), mend });
    }
  }
  return found;
};

const lookInTime = async (
  inspection: Inspection,
  { limitMs, sleep }: DiagnosisOptions,
  signal: AbortSignal,
): Promise<readonly Finding[]> => {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const late = sleep(limitMs, either).then(() => {
    signal.throwIfAborted();
    throw new Error(`gave no answer within ${limitMs / 1000} s`);
  });
  const looking = inspection.look(either);
  try {
    return await Promise.race([looking, late]);
  } finally {
    over.abort();
    // The loser of the race has nobody left to tell.
    late.catch(() => undefined);
    looking.catch(() => undefined);
  }
};

const diagnoseOne = async (
  inspection: Inspection,
  options: DiagnosisOptions,
  signal: AbortSignal,
): Promise<readonly Diagnosed[]> => {
  const { area } = inspection;
  try {
    const findings = await lookInTime(inspection, options, signal);
    return findings.map((finding) => ({ area, ...finding }));
  } catch (error) {
    signal.throwIfAborted();
    const [what, mend] = [messageOf(error), inspection.mend(error)];
    return [{ area, state: 'fault', subject: area, what, mend }];
  }
};

/** Looks at all areas at the same time; the findings come in the order of the areas. Throws only the signal's reason. */
export const diagnose = async (
  inspections: readonly Inspection[],
  options: DiagnosisOptions,
  signal: AbortSignal,
): Promise<Diagnosis> => {
  const found = await Promise.all(
    inspections.map((inspection) => diagnoseOne(inspection, options, signal)),
  );
  const findings = found.flat();
  const counts = { ok: 0, warning: 0, fault: 0, skipped: 0 };
  for (const { state } of findings) counts[state] += 1;
  return { findings, counts };
};
