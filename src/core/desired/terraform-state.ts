import { isJsonObject, ownString, ownValue, type JsonValue } from '../model/json.ts';
import {
  stateFailed,
  type StateContext,
  type StateProblem,
  type StateResult,
} from './desired-state.ts';
import { toDesiredState, type FoundResource } from './found-resource.ts';
import { parseJsonText } from './json-text.ts';
import { readInstances, type StateInstance } from './terraform-instances.ts';

/** Reads a Terraform or OpenTofu state, version 4, whole or not at all. */
export const readTerraformState = (
  content: string | Uint8Array,
  context: StateContext,
): StateResult => {
  const parsed = parseJsonText(content);
  if (!parsed.ok) {
    const { reason, position } = parsed.failure;
    return stateFailed(context.source, {
      reason,
      message: UNREADABLE[reason],
      ...(position === undefined ? {} : { position }),
    });
  }
  return readTerraformStateValue(parsed.value, context);
};

export const readTerraformStateValue = (root: JsonValue, context: StateContext): StateResult => {
  const refusal = refuse(root);
  if (refusal !== undefined) return stateFailed(context.source, refusal);
  const read = readInstances(ownValue(root, 'resources') ?? []);
  if (!read.ok) return stateFailed(context.source, read.problem);
  const serial = ownValue(root, 'serial');
  return toDesiredState(
    {
      format: 'terraform-state',
      lineage: ownString(root, 'lineage'),
      serial: typeof serial === 'number' ? serial : 0,
      found: read.instances.map(toFound),
      skipped: read.skipped,
    },
    context,
  );
};

const toFound = ({ provider, ...instance }: StateInstance): FoundResource => ({
  ...instance,
  provider: provider.provider,
  ...(provider.source === undefined ? {} : { providerSource: provider.source }),
});

/** What to do about a file that is no JSON. */
export const UNREADABLE = {
  empty: 'The file is empty. Write the state again, such as with `terraform state pull`.',
  truncated:
    'The file ends within the JSON. Write the state again, such as with `terraform state pull`.',
  not_json: 'The file is not JSON. A state is what `terraform state pull` prints.',
} as const;

const notAState = (message: string): StateProblem => ({ reason: 'not_a_state', message });

/** Why a JSON value is no state that can be read; undefined for one that can. */
const refuse = (root: JsonValue): StateProblem | undefined => {
  if (!isJsonObject(root)) return notAState('The JSON is not an object, so it is no state.');
  if (
    ownString(root, 'encryption_version') !== undefined ||
    Object.hasOwn(root, 'encrypted_data')
  ) {
    return {
      reason: 'encrypted',
      message: 'The state is encrypted, cannot index. Publish what `tofu state pull` prints.',
    };
  }
  if (Object.hasOwn(root, 'backend') && !Object.hasOwn(root, 'lineage')) {
    return notAState(
      'This file only points to a backend. Publish what `terraform state pull` prints.',
    );
  }
  const version = ownValue(root, 'version');
  if (typeof version !== 'number')
    return notAState('The JSON has no number `version`, so it is no state.');
  if (version < 4) {
    return {
      reason: 'unsupported_version',
      message: `State version ${version} is not read, only 4. Upgrade it: run \`terraform init\` and \`terraform apply\` with Terraform 0.12 or later, or \`terraform state push\`.`,
    };
  }
  if (version > 4) {
    return {
      reason: 'unsupported_version',
      message: `State version ${version} is newer than 4, which this release of Driftline reads. Upgrade Driftline.`,
    };
  }
  // Without this a foreign JSON file with a version would read as a state that owns nothing.
  if (!Object.hasOwn(root, 'resources') || !Object.hasOwn(root, 'serial')) {
    return notAState('The JSON lacks `serial` or `resources`, so it is no state.');
  }
  return undefined;
};
