import { isJsonObject, scalarText } from '../../core/model/json.ts';
import { reasonOf, refused } from './refusal.ts';
import { differences, fingerprint, type SetupDifference } from './setup-difference.ts';
import type { JsonBody, SetupFile } from './setup-files.ts';
import type { SetupStep } from './setup-step.ts';
import type { OpenSearchAnswer, OpenSearchTransport } from './transport.ts';

const PATH = '/_plugins/_ism/policies';

/** What the plugin adds to a policy that it was given. */
const ADDED = new Set(['policy_id', 'last_updated_time', 'schema_version', 'user']);
const DEFAULT_RETRY = { count: '3', backoff: 'exponential', delay: '1m' };

const isDefaultRetry = (value: unknown): boolean =>
  isJsonObject(value) &&
  Object.entries(DEFAULT_RETRY).every(([name, text]) => scalarText(value[name]) === text);

/** A policy without what the plugin adds. */
const asGiven = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asGiven);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([name, child]) =>
          !ADDED.has(name) && child !== null && !(name === 'retry' && isDefaultRetry(child)),
      )
      .map(([name, child]) => [name, asGiven(child)]),
  );
};

/** A policy has no place for a mark but its description. */
const MARK = / \[driftline ([0-9a-f]{16})\]$/;

interface Plain {
  readonly policy: JsonBody;
  readonly mark: string | undefined;
}

const plainOf = (policy: unknown): Plain => {
  const given = asGiven(policy) as JsonBody;
  const { description = '' } = given as { readonly description?: string };
  return {
    policy: { ...given, description: description.replace(MARK, '') },
    mark: MARK.exec(description)?.[1],
  };
};

const markedPolicy = (policy: JsonBody): JsonBody => ({
  ...policy,
  description: `${(policy as { readonly description: string }).description} [driftline ${fingerprint(policy)}]`,
});

/** Where the plugin is not installed, no handler is found for its paths. */
const isAbsent = (answer: OpenSearchAnswer): boolean =>
  [400, 404, 405].includes(answer.status) &&
  (/no handler found|no endpoint/i.test(reasonOf(answer)) || reasonOf(answer) === '');

const planPolicy = async (
  transport: OpenSearchTransport,
  { name, body }: SetupFile,
  overwrite: boolean,
  signal: AbortSignal | undefined,
): Promise<SetupStep> => {
  const step = { what: 'policy', name, differences: [] as readonly SetupDifference[] } as const;
  const path = `${PATH}/${encodeURIComponent(name)}`;
  const { policy } = plainOf(body['policy']);
  const text = JSON.stringify({ policy: markedPolicy(policy) });
  const answer = await transport.request({ method: 'GET', path }, signal);
  if (isAbsent(answer)) {
    return {
      ...step,
      action: 'skip',
      notes: [
        'OpenSearch has no Index State Management here: indexes stay until somebody deletes them',
      ],
    };
  }
  if (answer.status === 404) {
    return {
      ...step,
      action: 'create',
      notes: [
        `holds for indexes made from now on; for those that are there: POST /_plugins/_ism/add/<index> {"policy_id": "${name}"}`,
      ],
      request: { method: 'PUT', path, body: text },
    };
  }
  if (answer.status !== 200) throw refused(`show the policy ${name}`, answer);
  const found = answer.body as JsonBody;
  const stored = plainOf(found['policy']);
  const changed = differences(stored.policy, policy);
  if (changed.length === 0) return { ...step, action: 'none', notes: [] };
  if (stored.mark !== fingerprint(stored.policy) && !overwrite) {
    return {
      ...step,
      action: 'keep',
      notes: [
        `edited since setup wrote it, and kept: ${changed
          .map(
            ({ path: at, before, after }) =>
              `${at} is ${before ?? 'not set'} (configured: ${after ?? 'not set'})`,
          )
          .join('; ')}`,
        'setup --overwrite replaces it',
      ],
    };
  }
  return {
    ...step,
    action: 'update',
    differences: changed,
    notes: [
      `indexes under the policy keep its older version; to change them: POST /_plugins/_ism/change_policy/<index> {"policy_id": "${name}"}`,
    ],
    request: {
      method: 'PUT',
      path,
      query: {
        if_seq_no: String(found['_seq_no']),
        if_primary_term: String(found['_primary_term']),
      },
      body: text,
    },
  };
};

/** Policies of Index State Management, where the plugin answers. One that somebody edited stays as it is. */
export const planPolicies = async (
  transport: OpenSearchTransport,
  policies: readonly SetupFile[],
  overwrite: boolean,
  signal: AbortSignal | undefined,
): Promise<readonly SetupStep[]> => {
  const steps: SetupStep[] = [];
  for (const policy of policies) steps.push(await planPolicy(transport, policy, overwrite, signal));
  return steps;
};
