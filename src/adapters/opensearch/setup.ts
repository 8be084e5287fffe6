import { planIndexes } from './plan-indexes.ts';
import { planPolicies } from './plan-policies.ts';
import { planTemplates } from './plan-templates.ts';
import type { SetupFiles } from './setup-files.ts';
import { refused, type SetupStep } from './setup-step.ts';
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

/** What `setup` would do, in order. Writes nothing. Throws SetupError, or NoAnswerError of the transport. */
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

/** Does what a step says. Throws as `planSetup`. */
export const applyStep = async (
  transport: OpenSearchTransport,
  { what, name, request }: SetupStep,
  signal?: AbortSignal,
): Promise<void> => {
  if (request === undefined) return;
  const answer = await transport.request(request, signal);
  if (answer.status !== 200 && answer.status !== 201)
    throw refused(`take the ${what} ${name}`, answer);
};

/**
 * Sets OpenSearch up. Throws as `planSetup`.
 * @param tell told of each step before it is taken
 */
export const applySetup = async (
  transport: OpenSearchTransport,
  files: SetupFiles,
  options: SetupOptions,
  tell: (step: SetupStep) => void,
  signal?: AbortSignal,
): Promise<void> => {
  for await (const step of stepsInTurn(transport, files, options, signal)) {
    tell(step);
    await applyStep(transport, step, signal);
  }
};
