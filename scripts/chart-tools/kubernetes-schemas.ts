import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The kinds of the chart that the API server itself knows, as kubeconform names their files. */
const FILES = [
  'configmap-v1',
  'deployment-apps-v1',
  'job-batch-v1',
  'networkpolicy-networking-v1',
  'poddisruptionbudget-policy-v1',
  'service-v1',
  'serviceaccount-v1',
  'statefulset-apps-v1',
];

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const isObject = (value: Json): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Refers to definitions of its own, not to those of another file. */
const selfContained = (value: Json): Json => {
  if (Array.isArray(value)) return (value as readonly Json[]).map(selfContained);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== '$id')
      .map(([name, child]) => [
        name,
        name === '$ref' && typeof child === 'string'
          ? child.slice(child.indexOf('#'))
          : selfContained(child),
      ]),
  );
};

/** The definitions that a schema comes to, and no others: kubeconform reads all that it is given. */
const reached = (
  schema: Json,
  definitions: { readonly [name: string]: Json },
): { readonly [name: string]: Json } => {
  const found: { [name: string]: Json } = {};
  const visit = (value: Json): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isObject(value)) return;
    for (const [name, child] of Object.entries(value)) {
      visit(child);
      if (name !== '$ref' || typeof child !== 'string') continue;
      const definition = child.slice(child.lastIndexOf('/') + 1);
      if (definition in found) continue;
      found[definition] = definitions[definition] ?? null;
      visit(found[definition]);
    }
  };
  visit(schema);
  return found;
};

/** Writes the strict schemas of `from` so that each file stands alone, for kubeconform. */
export const writeKubernetesSchemas = (from: string, into: string): void => {
  const read = (name: string): { readonly [name: string]: Json } => {
    const value = selfContained(
      JSON.parse(readFileSync(join(from, `${name}.json`), 'utf8')) as Json,
    );
    if (!isObject(value)) throw new Error(`${name} is no schema`);
    return value;
  };
  const definitions = read('_definitions')['$defs'] ?? null;
  if (!isObject(definitions)) throw new Error('_definitions holds none');
  mkdirSync(into, { recursive: true });
  for (const file of FILES) {
    const schema = read(file);
    const whole = { ...schema, $defs: reached(schema, definitions) };
    writeFileSync(join(into, `${file}.json`), JSON.stringify(whole));
  }
};
