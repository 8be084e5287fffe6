import { isJsonObject, ownString, ownValue, type JsonValue } from '../model/json.ts';
import {
  stateFailed,
  type StateContext,
  type StateProblem,
  type StateResult,
} from './desired-state.ts';
import { toDesiredState, type FoundEntry } from './found-resource.ts';
import type { JsonDocument } from './json-document.ts';
import { readInstances } from './terraform-instances.ts';

/** Reads a Terraform or OpenTofu state, version 4, whole or not at all. */
export const readTerraformState = (document: JsonDocument, context: StateContext): StateResult => {
  const { head, isLarge } = document;
  const refusal = refuse(head);
  if (refusal !== undefined) return stateFailed(context.source, refusal);
  const serial = ownValue(head, 'serial');
  return toDesiredState(
    {
      format: 'terraform-state',
      lineage: ownString(head, 'lineage'),
      serial: typeof serial === 'number' ? serial : 0,
      entries: () => entriesOf(document),
      isLarge,
    },
    context,
  );
};

function* entriesOf({ elements }: JsonDocument): Generator<FoundEntry> {
  for (const { path, value } of elements()) {
    const [list, number] = path;
    if (list === 'resources' && typeof number === 'number') yield* readInstances(value, number);
  }
}

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
  return Array.isArray(ownValue(root, 'resources') ?? [])
    ? undefined
    : { position: 'resources', message: 'not an array' };
};
