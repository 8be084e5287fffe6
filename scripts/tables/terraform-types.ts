import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How an attribute holds its value. A `block` is an object, or a list of objects where it is not `single`. */
export interface TerraformAttribute {
  readonly kind:
    'string' | 'number' | 'boolean' | 'list' | 'number_list' | 'map' | 'block' | 'other';
  readonly single?: boolean;
  /** Of a block. */
  readonly block?: TerraformBlock;
}

export type TerraformBlock = ReadonlyMap<string, TerraformAttribute>;

export interface TerraformType {
  readonly type: string;
  /** What code may set. */
  readonly attributes: TerraformBlock;
  /** All names at the top, also those that only the provider sets, such as `arn`. */
  readonly names: ReadonlySet<string>;
}

const SIMPLE: Readonly<Record<string, TerraformAttribute['kind']>> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  stringList: 'list',
  numberList: 'number_list',
  stringMap: 'map',
};

const ATTRIBUTE =
  /^ {8}(?: {4})?([a-z0-9_]+): \{\n\s+value: (.*),\n\s+isBlock: (?:true|false),\n\s+type: "(\w+)",\n\s+storageClassType: "(\w+)",$/gm;
const FUNCTION = /^function (\w+)ToHclTerraform\(struct\) \{$/gm;

interface Sections {
  readonly blocks: ReadonlyMap<string, string>;
  readonly resource: string;
}

const sectionsOf = (source: string): Sections => {
  const blocks = new Map<string, string>();
  for (const { index, 1: name = '' } of source.matchAll(FUNCTION)) {
    const end = source.indexOf('\n}\n', index);
    blocks.set(name, source.slice(index, end));
  }
  return { blocks, resource: source.slice(source.lastIndexOf('synthesizeHclAttributes() {')) };
};

const MAX_DEPTH = 6;

const attributesOf = (text: string, sections: Sections, depth: number): TerraformBlock => {
  const found = new Map<string, TerraformAttribute>();
  for (const [, name = '', value = '', , storage = ''] of text.matchAll(ATTRIBUTE)) {
    const nested = /(\w+)ToHclTerraform/.exec(value.replace(/cdktf\.\w+ToHclTerraform/, ''))?.[1];
    const simple = SIMPLE[storage];
    if (simple !== undefined) found.set(name, { kind: simple });
    else if (nested !== undefined && depth < MAX_DEPTH) {
      const inner = sections.blocks.get(nested);
      const single = !value.includes('listMapper') && !value.includes('hashMapper');
      const block = inner === undefined ? new Map() : attributesOf(inner, sections, depth + 1);
      found.set(name, { kind: 'block', single, block });
    } else found.set(name, { kind: 'other' });
  }
  return found;
};

/** One resource of the bindings; undefined for a file that holds none. */
export const readTerraformType = (source: string): TerraformType | undefined => {
  const type = /terraformResourceType: '(\w+)'/.exec(source)?.[1];
  if (type === undefined || !source.includes('extends cdktf.TerraformResource')) return undefined;
  const sections = sectionsOf(source);
  const attributes = attributesOf(sections.resource, sections, 0);
  const resource = source.slice(source.indexOf('extends cdktf.TerraformResource'));
  const computed = Array.from(
    resource.matchAll(/this\.get\w+Attribute\('(\w+)'\)/g),
    ([, name = '']) => name,
  );
  return { type, attributes, names: new Set([...attributes.keys(), ...computed]) };
};

/** All resource types of the CDK for Terraform bindings in a package's folder, by name. */
export const readTerraformTypes = (folder: string): ReadonlyMap<string, TerraformType> => {
  const lib = join(folder, 'lib');
  const found = new Map<string, TerraformType>();
  for (const name of readdirSync(lib).sort()) {
    const file = join(lib, name, 'index.js');
    if (name.startsWith('data-') || !existsSync(file)) continue;
    const made = readTerraformType(readFileSync(file, 'utf8'));
    if (made !== undefined) found.set(made.type, made);
  }
  return found;
};
