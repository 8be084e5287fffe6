import type { DesiredResource } from '../model/desired-resource.ts';
import type { AddressMapping, ExpectedDifference } from '../model/environment-rules.ts';
import { compileGlob } from '../model/glob.ts';
import type { JsonValue } from '../model/json.ts';
import { compareAttributes } from './compare-attributes.ts';
import type { CompiledEnvironmentRules } from './environment-words.ts';

/** One logical resource as one environment has it. */
interface Place {
  readonly environment: string;
  readonly address: string;
}

export type EnvironmentDifference =
  | {
      readonly difference: 'attribute';
      readonly type: string;
      readonly attribute: string;
      /** `value` is absent where an environment does not set it; a secret is a marker. */
      readonly values: readonly (Place & { readonly value?: JsonValue })[];
    }
  | {
      readonly difference: 'missing';
      readonly type: string;
      readonly present: readonly Place[];
      readonly missing: readonly string[];
    }
  /** Resources that cannot be told apart: more than one of an environment has the place in code. */
  | {
      readonly difference: 'ambiguous';
      readonly type: string;
      readonly present: readonly Place[];
    };

export interface ComparisonSettings {
  /** At least two. */
  readonly environments: readonly string[];
  readonly rules: CompiledEnvironmentRules;
  readonly mapping: readonly AddressMapping[];
  readonly expected: readonly ExpectedDifference[];
}

export interface EnvironmentComparison {
  /** Ordered by type and address. */
  readonly differences: readonly EnvironmentDifference[];
  readonly counts: {
    /** Logical resources. */
    readonly resources: number;
    /** Of them, those without any difference. */
    readonly same: number;
    /** Differences that were declared. */
    readonly expected: number;
  };
}

/**
 * Compares what code says of the same logical resources in several environments. The same logical resource has the
 * same type and, names of the environment aside, the same address; or its addresses are mapped. Where an environment
 * has several such, those of the same repository and source are one.
 */
export const compareEnvironments = (
  resources: Iterable<DesiredResource>,
  settings: ComparisonSettings,
): EnvironmentComparison => {
  const isExpected = expectation(settings.expected);
  const differences: EnvironmentDifference[] = [];
  let [logical, same, expected] = [0, 0, 0];
  for (const group of logicalResources(resources, settings)) {
    logical += 1;
    const all = groupDifferences(group, settings);
    const left = all.filter((difference) => !isExpected(difference));
    expected += all.length - left.length;
    if (all.length === 0) same += 1;
    differences.push(...left);
  }
  return { differences, counts: { resources: logical, same, expected } };
};

type Group = readonly DesiredResource[];

const groupDifferences = (
  group: Group,
  { environments, rules }: ComparisonSettings,
): readonly EnvironmentDifference[] => {
  const type = group[0]?.type ?? '';
  const present = group.map(({ environment, address }) => ({ environment, address }));
  const found = new Set(present.map(({ environment }) => environment));
  if (found.size < group.length) return [{ difference: 'ambiguous', type, present }];
  const missing = environments.filter((environment) => !found.has(environment));
  return [
    ...(missing.length === 0 ? [] : [{ difference: 'missing' as const, type, present, missing }]),
    ...compareAttributes(group, rules).map(({ attribute, values }) => ({
      difference: 'attribute' as const,
      type,
      attribute,
      values: present.map((place, position) => {
        const value = values[position];
        return value === undefined ? place : { ...place, value };
      }),
    })),
  ];
};

/** Groups of resources that are one logical resource, in order of type and address; members in order of environments. */
const logicalResources = (
  resources: Iterable<DesiredResource>,
  { environments, rules, mapping }: ComparisonSettings,
): readonly Group[] => {
  const mapped = new Map(
    mapping.flatMap((addresses, number) =>
      Object.entries(addresses).map(
        ([environment, address]) => [`${environment}\n${address}`, `#${number}`] as const,
      ),
    ),
  );
  const order = new Map(environments.map((environment, position) => [environment, position]));
  const groups = new Map<string, DesiredResource[]>();
  for (const resource of resources) {
    const { environment, address, type } = resource;
    if (!order.has(environment)) continue;
    const name = mapped.get(`${environment}\n${address}`) ?? nameOf(address, environment, rules);
    const key = `${type}\n${name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [resource]);
    else group.push(resource);
  }
  return Array.from(groups)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => (hasTwins(group) ? bySource(group, rules) : [group]))
    .map((group) =>
      group.toSorted((a, b) => (order.get(a.environment) ?? 0) - (order.get(b.environment) ?? 0)),
    );
};

const nameOf = (address: string, environment: string, rules: CompiledEnvironmentRules): string =>
  rules.neutral(address, { environment });

const hasTwins = (group: Group): boolean =>
  new Set(group.map(({ environment }) => environment)).size < group.length;

const bySource = (group: Group, rules: CompiledEnvironmentRules): readonly Group[] => [
  ...Map.groupBy(group, (resource) =>
    JSON.stringify([resource.repository, rules.neutral(resource.source, resource)]),
  ).values(),
];

const expectation = (
  expected: readonly ExpectedDifference[],
): ((difference: EnvironmentDifference) => boolean) => {
  const rows = expected.map(({ type = '*', address = '*', attribute }) => ({
    isType: compileGlob(type),
    isAddress: compileGlob(address),
    isAttribute: attribute === undefined ? undefined : compileGlob(attribute),
  }));
  return (difference) => {
    const places = difference.difference === 'attribute' ? difference.values : difference.present;
    return rows.some(
      ({ isType, isAddress, isAttribute }) =>
        isType(difference.type) &&
        places.some(({ address }) => isAddress(address)) &&
        (isAttribute === undefined ||
          (difference.difference === 'attribute' && isAttribute(difference.attribute))),
    );
  };
};
