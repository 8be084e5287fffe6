import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { cloudFormationType } from '../../src/core/desired/cloudformation-types.ts';
import type { CloudFormationTypeRow } from '../../src/core/model/format-tables.ts';
import { snakeCase } from '../../src/core/model/snake-case.ts';
import type { TerraformAttribute, TerraformType } from './terraform-types.ts';

interface Entity {
  readonly cloudFormationType: string;
  readonly properties?: Readonly<Record<string, { readonly type: { readonly type: string } }>>;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

const KINDS: Readonly<Record<string, TerraformAttribute['kind']>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
};

export interface CloudFormationType extends TerraformType {
  /** Such as `AppRunner`. */
  readonly namespace: string;
  /** Such as `VpcConnector`. */
  readonly noun: string;
}

/**
 * Resource types of CloudFormation, under the name that Driftline gives a stack's resource: the Terraform type where a
 * row or a rule leads to one, and a name of the same make where Terraform has none.
 */
export const readCloudFormationTypes = (
  folder: string,
  rows: Readonly<Record<string, CloudFormationTypeRow>>,
): readonly CloudFormationType[] => {
  const text = gunzipSync(readFileSync(join(folder, 'db.json.gz'))).toString('utf8');
  const database = JSON.parse(text) as {
    readonly schema: { readonly resource: { readonly entities: readonly Entity[] } };
  };
  return database.schema.resource.entities
    .map(({ cloudFormationType: name, properties = {}, attributes = {} }) => {
      const [, namespace = '', noun = ''] = name.split('::');
      const known = new Map(
        Object.entries(properties).map(([property, { type }]): [string, TerraformAttribute] => [
          snakeCase(property),
          { kind: KINDS[type.type] ?? 'other' },
        ]),
      );
      const names = new Set([...known.keys(), ...Object.keys(attributes).map(snakeCase), 'id']);
      const { type } = cloudFormationType(name, rows);
      return { type, namespace, noun, attributes: known, names };
    })
    .sort((a, b) => (a.namespace + a.noun < b.namespace + b.noun ? -1 : 1));
};
