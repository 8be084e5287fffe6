import type { CloudFormationType } from '../cloudformation-types.ts';
import { singular, snakeCase } from '../names.ts';
import type { TerraformType } from '../terraform-types.ts';

/** What the models do not say of the services: how each source calls them. See services.json. */
export interface ServiceNames {
  readonly eventSources: Readonly<Record<string, string>>;
  /** Services that no rows are made of, with the reason. */
  readonly skipped: Readonly<Record<string, string>>;
  /** Services whose resources belong to no region. */
  readonly global: readonly string[];
  /** Terraform's words between `aws_` and the thing, where they are not the service's id without hyphens. */
  readonly terraform: Readonly<Record<string, readonly string[]>>;
  /** CloudFormation's namespaces, where they are not the service's id without hyphens. */
  readonly cloudFormation: Readonly<Record<string, readonly string[]>>;
  /** The type of a `service:Noun` that no rule leads to; empty where none is meant. */
  readonly nouns: Readonly<Record<string, string>>;
}

const compact = (name: string): string => name.replaceAll('_', '');

/** Finds the resource type that a service's noun means. */
export interface ResourceCatalogue {
  /** @param noun such as `ConfigurationProfile`, in the singular or the plural. */
  readonly find: (service: string, noun: string) => TerraformType | undefined;
}

export const resourceCatalogue = (
  terraform: ReadonlyMap<string, TerraformType>,
  cloudFormation: readonly CloudFormationType[],
  names: ServiceNames,
): ResourceCatalogue => {
  const things = new Map<string, TerraformType>();
  // A type in the plural (`…_browser_settings`) is found by the singular too, unless that is a type of its own.
  for (const form of [(name: string) => name, singular]) {
    for (const type of terraform.values()) {
      const thing = compact(form(type.type.slice('aws_'.length)));
      if (!things.has(thing)) things.set(thing, type);
    }
  }
  const stacks = new Map(
    cloudFormation.map((type) => [
      `${type.namespace.toLowerCase()}:${type.noun.toLowerCase()}`,
      terraform.get(type.type) ?? type,
    ]),
  );
  const find = (service: string, noun: string): TerraformType | undefined => {
    const plain = service.replaceAll('-', '');
    const exception =
      names.nouns[`${service}:${noun}`] ?? names.nouns[`${service}:${singular(noun)}`];
    if (exception !== undefined) return terraform.get(exception);
    if (noun === '') return undefined;
    const forms = [...new Set([snakeCase(noun), singular(snakeCase(noun))])].map(compact);
    const keys = [
      ...(names.terraform[service] ?? [plain]).flatMap((prefix) =>
        forms.map((form) => things.get(`${compact(prefix)}${form}`)),
      ),
      ...(names.cloudFormation[service] ?? [plain]).flatMap((namespace) =>
        forms.map((form) => stacks.get(`${namespace.toLowerCase()}:${form}`)),
      ),
    ];
    return keys.find((type) => type !== undefined);
  };
  return { find };
};
