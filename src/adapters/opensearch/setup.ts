import { planIndexes } from './plan-indexes.ts';
import { planPolicies } from './plan-policies.ts';
import { planTemplates } from './plan-templates.ts';
import type { SetupFiles } from './setup-files.ts';
import { RefusalError, refused } from './refusal.ts';
import type { SetupStep } from './setup-step.ts';
import type { OpenSearchTransport } from './transport.ts';

export interface SetupOptions {
  /** Indexes to be made that are not by day or month. */
  readonly single: readonly string[];
  /** Also replaces what somebody has edited since `setup` wrote it. */
  readonly overwrite: boolean;
}

/**
 * What `setup` would do, in order. Indexes are looked at when the steps before them have been taken: one that a running
 * member makes before the templates are new has the old fields.
 */
async function* stepsInTurn(
  transport: OpenSearchTransport,
  files: SetupFiles,
  { single, overwrite }: SetupOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<SetupStep> {
  yield* await planTemplates(transport, files, overwrite, signal);
  yield* await planIndexes(transport, files, single, signal);
  yield* await planPolicies(transport, files.policies, overwrite, signal);
}

/** What `setup` would do, in order. Writes nothing. Throws as `refused` says, or NoAnswerError of the transport. */
export const planSetup = async (
  transport: OpenSearchTransport,
  files: SetupFiles,
  options: SetupOptions,
  signal?: AbortSignal,
): Promise<readonly SetupStep[]> => {
  const steps: SetupStep[] = [];
  for await (const step of stepsInTurn(transport, files, options, signal)) steps.push(step);
  return steps;
};

/** Does what a step says. Throws as `planSetup`; where it is for several indexes, after each has been tried alone. */
export const applyStep = async (
  transport: OpenSearchTransport,
  { what, name, request, alone }: SetupStep,
  signal?: AbortSignal,
): Promise<void> => {
  if (request === undefined) return;
  const answer = await transport.request(request, signal);
  if (answer.status === 200 || answer.status === 201) return;
  if (answer.status !== 400 || alone === undefined)
    throw refused(`take the ${what} ${name}`, answer);
  const refusals: RefusalError[] = [];
  for (const each of alone)
    await collecting(refusals, () => applyStep(transport, { ...each, ...ONE_MAPPING }, signal));
  throwAll(refusals);
};

const ONE_MAPPING = { what: 'mapping', action: 'update', differences: [], notes: [] } as const;

/** Keeps a refusal that stands for itself; what hinders every step is thrown. */
const collecting = async (refusals: RefusalError[], work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RefusalError) || error.retriable) throw error;
    refusals.push(error);
  }
};

const throwAll = (refusals: readonly RefusalError[]): void => {
  if (refusals.length > 0)
    throw new RefusalError(refusals.map(({ message }) => message).join('; '), false);
};

/**
 * Sets OpenSearch up. Throws as `planSetup`; what is refused of an index or a policy, after the steps behind it.
 * @param tell told of each step before it is taken
 */
export const applySetup = async (
  transport: OpenSearchTransport,
  files: SetupFiles,
  options: SetupOptions,
  tell: (step: SetupStep) => void,
  signal?: AbortSignal,
): Promise<void> => {
  const refusals: RefusalError[] = [];
  for await (const step of stepsInTurn(transport, files, options, signal)) {
    tell(step);
    const apply = () => applyStep(transport, step, signal);
    // Without its template an index would be made wrongly: nothing is done after that.
    if (step.what.endsWith('template')) await apply();
    else await collecting(refusals, apply);
  }
  throwAll(refusals);
};
