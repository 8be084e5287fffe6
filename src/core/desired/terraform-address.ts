/** The parts of a resource instance's address, as a state has them. */
export interface AddressParts {
  /** `module.edge["a"].module.inner`, as a state writes it; absent in the root module. */
  readonly module?: string | undefined;
  readonly type: string;
  readonly name: string;
  /** From `count` (number) or `for_each` (string). */
  readonly indexKey?: number | string | undefined;
}

/** The address as Terraform prints it, such as `module.edge.aws_security_group.web["a"]`. */
export const instanceAddress = ({ module, type, name, indexKey }: AddressParts): string => {
  const prefix = module === undefined || module === '' ? '' : `${module}.`;
  return `${prefix}${type}.${name}${indexKey === undefined ? '' : `[${quoteIndex(indexKey)}]`}`;
};

const quoteIndex = (key: number | string): string =>
  typeof key === 'number' ? String(key) : `"${quoteText(key)}"`;

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
};

/** As `toHCLQuotedString` in hashicorp/terraform `internal/addrs/instance_key.go`. */
const quoteText = (text: string): string => {
  const characters = [...text];
  return characters
    .map((character, position) => {
      if (character === '$' || character === '%') {
        return characters[position + 1] === '{' ? character + character : character;
      }
      return ESCAPES[character] ?? (isPrintable(character) ? character : unicodeEscape(character));
    })
    .join('');
};

const isPrintable = (character: string): boolean =>
  /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character);

const unicodeEscape = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x10000
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
};
