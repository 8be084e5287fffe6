import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import { compileIgnorePattern } from '../core/model/ignore-pattern.ts';
import { isDay, type IgnorePatterns, type IgnoreRule } from '../core/model/ignore-rule.ts';

/** What is wrong in a file of ignore rules, and where, both from 1. */
export interface IgnoreFault {
  readonly line: number;
  readonly column: number;
  readonly fault: string;
}

/** Says by its type that no pattern of the model is forgotten here. */
const PATTERNS = Object.keys({
  resource: true,
  type: true,
  address: true,
  attribute: true,
  operation: true,
  principal: true,
  actor: true,
  account: true,
  environment: true,
} satisfies Readonly<Record<keyof IgnorePatterns, true>>);

const TEXTS = ['id', 'owner', 'reason', 'expires'];
const KEYS: ReadonlySet<string> = new Set([...TEXTS, ...PATTERNS]);

type Report = (node: Node | null | undefined, fault: string) => void;

/** Texts of a scalar, or of a list of scalars; numbers and days count as they are written. */
const textsOf = (node: unknown, name: string, report: Report): readonly string[] => {
  if (isSeq(node) && node.items.length > 0) {
    return node.items.flatMap((item) =>
      isSeq(item) ? [] : textsOf(item as Node | null, name, report),
    );
  }
  const text = isScalar(node) ? (node.source ?? String(node.value)) : '';
  if (isScalar(node) && node.value !== null && text.trim() !== '') return [text];
  report(node as Node | null, `${name} must be a text that is not empty, or a list of such`);
  return [];
};

interface Requirements {
  /** Keys that each rule must have. */
  readonly keys: readonly string[];
}

const ruleOf = (node: unknown, report: Report, { keys }: Requirements): IgnoreRule | undefined => {
  if (!isMap(node)) {
    report(node as Node | null, 'a rule must be a mapping of keys, such as id, owner, reason');
    return undefined;
  }
  const found: Record<string, string | readonly string[]> = {};
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (!KEYS.has(name)) {
      report(key as Node, `the unknown key ${name} (known: ${[...KEYS].join(', ')})`);
      continue;
    }
    const texts = textsOf(value, name, (at, fault) => report(at ?? (key as Node), fault));
    const [first] = texts;
    if (first === undefined) continue;
    if (TEXTS.includes(name) && texts.length > 1) {
      report(value as Node, `${name} must be one text`);
    } else if (name === 'expires' && first !== 'never' && !isDay(first)) {
      report(value as Node, 'expires must be a day such as 2027-03-31, or never');
    }
    for (const text of name === 'resource' ? texts : []) {
      const pattern = compileIgnorePattern(text);
      if ('fault' in pattern) report(value as Node, `resource ${text}: ${pattern.fault}`);
    }
    found[name] = texts.length === 1 ? first : texts;
  }
  const missing = keys.filter((key) => !Object.hasOwn(found, key) && !hasKey(node, key));
  if (missing.length > 0) report(node, `the rule has no ${missing.join(', no ')}`);
  if (!PATTERNS.some((key) => Object.hasOwn(found, key) || hasKey(node, key))) {
    // It would take out everything.
    report(node, `the rule has none of ${PATTERNS.join(', ')}`);
  }
  const { expires, ...rest } = found;
  return (expires === undefined || expires === 'never'
    ? rest
    : { ...rest, expires }) as unknown as IgnoreRule;
};

const hasKey = (node: unknown, key: string): boolean => isMap(node) && node.has(key);

/** Longest file, in UTF-16 units. */
const LONGEST = 4 * 1024 * 1024;

/**
 * The rules of a YAML or JSON text: a list of them, or a mapping with the list under `rules`.
 * @param requirements what each rule must say; YAML asks for more than the older JSON
 */
export const parseIgnoreRules = (
  text: string,
  requirements: Requirements,
): { readonly rules: readonly IgnoreRule[]; readonly faults: readonly IgnoreFault[] } => {
  if (text.length > LONGEST) {
    return { rules: [], faults: [{ line: 1, column: 1, fault: 'the file is longer than 4 MiB' }] };
  }
  const lines = new LineCounter();
  const faults: IgnoreFault[] = [];
  const placed = (offset: number, fault: string): void => {
    const { line, col } = lines.linePos(offset);
    faults.push({ line: Math.max(1, line), column: Math.max(1, col), fault });
  };
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'failsafe',
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
  });
  for (const { pos, message } of document.errors) placed(pos[0], `no YAML or JSON: ${message}`);
  if (faults.length > 0) return { rules: [], faults };
  const { contents } = document;
  const report: Report = (node, fault) => placed(node?.range?.[0] ?? 0, fault);
  const list = isMap(contents) ? contents.get('rules', true) : contents;
  if (isMap(contents) && contents.items.length > 1) {
    report(contents, 'the file must hold nothing but rules');
  }
  if (!isSeq(list)) {
    report(
      contents,
      'the file must hold an array of rules, or a mapping with rules: and the array',
    );
    return { rules: [], faults };
  }
  const rules: IgnoreRule[] = [];
  const ids = new Set<string>();
  for (const item of list.items) {
    const rule = ruleOf(item, report, requirements);
    if (rule === undefined) continue;
    if (ids.has(rule.id)) report(item, `the id ${rule.id} is given twice`);
    if (typeof rule.id === 'string') ids.add(rule.id);
    rules.push(rule);
  }
  return { rules, faults };
};
