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

/** What `setup` would do, in order. Writes nothing. Throws SetupError, or NoAnswerError of the transport. */
export const planSetup = async (
  transport: OpenSearchTransport,
  files: SetupFiles,
  { single, overwrite }: SetupOptions,
  signal?: AbortSignal,
): Promise<readonly SetupStep[]> => [
  ...(await planTemplates(transport, files, overwrite, signal)),
  ...(await planIndexes(transport, files, single, signal)),
  ...(await planPolicies(transport, files.policies, overwrite, signal)),
];

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
