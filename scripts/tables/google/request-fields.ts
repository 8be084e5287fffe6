import type { ChangeRow } from '../../../src/core/model/provider-tables.ts';
import { snakeCase } from '../names.ts';
import type { TerraformBlock } from '../terraform-types.ts';
import type { DiscoverySchema } from './discovery.ts';

const MAX_DEPTH = 3;

type Schemas = Readonly<Record<string, DiscoverySchema>>;

/** Texts that Terraform writes as the API does; others may be names in one place and links in the other. */
const PLAIN_TEXT = /^(description|display_name|title|filter|comment|purpose)$/;

const SECRET = /password|secret|token|credential|private_key/;

const isNumber = ({ type, format }: DiscoverySchema): boolean =>
  type === 'integer' || type === 'number' || (type === 'string' && /^u?int64$/.test(format ?? ''));

/**
 * What a body sets, told by name and shape: flags, numbers, words of a closed list, plain texts, labels, and what is in
 * objects that are blocks.
 * @param from path of the body, such as `request`.
 */
export const requestFields = (
  schemas: Schemas,
  body: DiscoverySchema | undefined,
  block: TerraformBlock,
  from: string,
  at = '',
  depth = 0,
): readonly ChangeRow[] =>
  Object.entries(body?.properties ?? {}).flatMap(([field, schema]): readonly ChangeRow[] => {
    const name = snakeCase(field);
    const attribute = block.get(name);
    if (attribute === undefined || schema.readOnly === true || SECRET.test(name)) return [];
    const path = `${at}${name}`;
    const row: ChangeRow = { path, from: `${from}.${field}` };
    const { type } = schema;
    if (attribute.kind === 'boolean') return type === 'boolean' ? [row] : [];
    if (attribute.kind === 'number') return isNumber(schema) ? [row] : [];
    if (attribute.kind === 'string') {
      const told = schema.enum !== undefined || PLAIN_TEXT.test(name);
      return type === 'string' && told ? [row] : [];
    }
    if (attribute.kind === 'map' && name === 'labels' && depth === 0) {
      return schema.additionalProperties === undefined ? [] : [{ ...row, as: 'tags' }];
    }
    if (attribute.kind !== 'block' || attribute.single !== true || depth >= MAX_DEPTH) return [];
    const inner = schema.$ref === undefined ? schema : schemas[schema.$ref];
    return attribute.block === undefined
      ? []
      : requestFields(
          schemas,
          inner,
          attribute.block,
          `${from}.${field}`,
          `${path}[0].`,
          depth + 1,
        );
  });
