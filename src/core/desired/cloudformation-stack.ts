import { scopeOfArn, type Scope } from '../model/identity.ts';
import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../model/json.ts';
import type { StateProblem } from './desired-state.ts';
import { parseJsonText } from './json-text.ts';

/** A resource of a stack as CloudFormation lists it. */
export interface ListedResource {
  readonly logicalId: string;
  readonly type: string;
  /** Absent where it was never made. */
  readonly physicalId?: string;
  /** The properties that the template gave it, worked out; only drift results tell. */
  readonly expected?: JsonObject;
}

/** What `aws cloudformation` prints of the resources of one stack. */
export interface StackListing {
  readonly source: string;
  readonly stackName?: string;
  readonly stackId?: string;
  readonly resources: readonly ListedResource[];
}

const LISTS = ['StackResources', 'StackResourceSummaries', 'StackResourceDrifts'] as const;

const listOf = (value: JsonValue): readonly JsonValue[] | undefined => {
  const found = LISTS.map((name) => ownValue(value, name)).find((list) => Array.isArray(list));
  return found as readonly JsonValue[] | undefined;
};

/** Output of `describe-stack-resources`, `list-stack-resources` or `describe-stack-resource-drifts`. */
export const isStackListing = (value: JsonValue): boolean => listOf(value) !== undefined;

/** The listings of a document, one a stack. */
export const stackListings = (
  source: string,
  value: JsonValue,
): readonly StackListing[] | StateProblem => {
  if (ownString(value, 'NextToken') !== undefined) {
    return {
      reason: 'incomplete',
      message: 'It is one page of several (NextToken). Run the command without --no-paginate.',
    };
  }
  const stacks = new Map<string, StackListing & { readonly resources: ListedResource[] }>();
  for (const [index, member] of (listOf(value) ?? []).entries()) {
    const logicalId = ownString(member, 'LogicalResourceId');
    const type = ownString(member, 'ResourceType');
    if (logicalId === undefined || type === undefined) {
      return {
        position: `stack resource ${index}`,
        message: 'LogicalResourceId or ResourceType is missing',
      };
    }
    const stackId = ownString(member, 'StackId');
    const stackName = ownString(member, 'StackName') ?? nameOfStack(stackId);
    const key = stackId ?? stackName ?? '';
    const listing = stacks.get(key) ?? {
      source,
      ...(stackName === undefined ? {} : { stackName }),
      ...(stackId === undefined ? {} : { stackId }),
      resources: [],
    };
    stacks.set(key, listing);
    listing.resources.push(listedResource(member, logicalId, type));
  }
  return [...stacks.values()];
};

const listedResource = (member: JsonValue, logicalId: string, type: string): ListedResource => {
  const status = ownString(member, 'ResourceStatus') ?? '';
  const isGone = /^(DELETE_COMPLETE|DELETE_SKIPPED|CREATE_FAILED)$/.test(status);
  const physicalId = isGone ? undefined : ownString(member, 'PhysicalResourceId');
  const expected = parseJsonText(ownString(member, 'ExpectedProperties') ?? '');
  return {
    logicalId,
    type,
    ...(physicalId === undefined ? {} : { physicalId }),
    ...(expected.ok && isJsonObject(expected.value) ? { expected: expected.value } : {}),
  };
};

/** `arn:aws:cloudformation:<region>:<account>:stack/<name>/<uuid>`. */
const nameOfStack = (stackId: string | undefined): string | undefined =>
  /:stack\/([^/]+)\//.exec(stackId ?? '')?.[1];

export const scopeOfStack = ({ stackId }: StackListing): Scope =>
  stackId === undefined ? {} : scopeOfArn(stackId);
