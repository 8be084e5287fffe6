import type { JsonObject } from '../../../../src/core/model/json.ts';
import { scrambled } from '../../../support/seeded-random.ts';
import type { Kind, Place } from './kind.ts';
import { KINDS } from './kinds.ts';

/** One desired resource of the work: `number` tells all of it. */
export interface EstateResource extends Place {
  readonly kind: Kind;
}

const REGIONS = ['eu-west-1', 'eu-central-1', 'us-east-1', 'ap-southeast-2'] as const;
const ACCOUNTS = 8;
/** Resources of one Terraform state. */
const STATE_RESOURCES = 2_500;

/** How often a kind is met: security groups and roles are touched more than alarms. */
const SPREAD: readonly Kind[] = KINDS.flatMap((kind) => new Array<Kind>(kind.weight).fill(kind));

export const accountOf = (number: number): string =>
  String(412_380_000_017 + (number % ACCOUNTS) * 7_919);

/** Numbers from the size of the estate on denote resources that no code owns. */
export const estateResource = (number: number): EstateResource => {
  // A multiplier without a common factor spreads the kinds over all ranks.
  const kind = SPREAD[Math.imul(number, 7) % SPREAD.length]!;
  return {
    kind,
    number,
    account: accountOf(number >> 3),
    region: REGIONS[(number >> 6) % REGIONS.length]!,
    mark: `${scrambled(number)}${scrambled(number ^ 0x5bd1e995)}`,
  };
};

const stateResource = (resource: EstateResource): JsonObject => ({
  module: `module.service_${Math.floor(resource.number / 40)}`,
  mode: 'managed',
  type: resource.kind.type,
  name: `node_${resource.number}`,
  provider: 'provider["registry.terraform.io/hashicorp/aws"]',
  instances: [
    {
      schema_version: 1,
      attributes: resource.kind.attributes(resource),
      sensitive_attributes: [],
      dependencies: [],
    },
  ],
});

/** Terraform states that hold resources 0 to `count` - 1. */
export const estateStates = (count: number): readonly string[] =>
  Array.from({ length: Math.ceil(count / STATE_RESOURCES) }, (_, state) => {
    const first = state * STATE_RESOURCES;
    return JSON.stringify({
      version: 4,
      terraform_version: '1.13.4',
      serial: 41,
      lineage: `6b1f0c8e-2d61-4b0f-8c11-${String(state).padStart(12, '0')}`,
      outputs: {},
      resources: Array.from({ length: Math.min(STATE_RESOURCES, count - first) }, (_each, at) =>
        stateResource(estateResource(first + at)),
      ),
    });
  });
