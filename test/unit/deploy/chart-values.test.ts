import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { KEYS } from '../../../src/config/schema.ts';
import { operationsFile } from '../../support/operations-files.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema | false>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: { readonly enum?: readonly string[] };
}

const schema = JSON.parse(operationsFile('helm/driftline/values.schema.json')) as Schema;

const at = (path: string): Schema | false | undefined =>
  path
    .split('.')
    .reduce<Schema | false | undefined>(
      (node, name) => (node === false ? false : node?.properties?.[name]),
      schema,
    );

describe('the values of the Helm chart', () => {
  const secrets = KEYS.filter(([, key]) => key.sensitive === true).map(([path]) => path);

  it('know of secrets at all', () => {
    expect(secrets.length).toBeGreaterThan(5);
  });

  it.each(secrets)('keep %s out of the ConfigMap', (path) => {
    expect(at(`config.${path}`)).toBe(false);
  });

  it('let a member have the processor time of the sizing, and reach the schema registry', () => {
    const { resources, networkPolicy } = parse(operationsFile('helm/driftline/values.yaml')) as {
      readonly resources: { readonly requests: { readonly cpu: string } };
      readonly networkPolicy: {
        readonly egress: readonly { readonly ports: readonly { readonly port: number }[] }[];
      };
    };
    const asked = /ask for (\d\.\d)/.exec(operationsFile('SIZING.md'))?.[1];
    expect(resources.requests.cpu).toBe(`${Number(asked) * 1000}m`);
    const ports = networkPolicy.egress.flatMap((rule) => rule.ports.map(({ port }) => port));
    expect(ports).toContain(8081);
  });

  it('name a file of a Secret by the variables that the configuration has, and no other', () => {
    const files = schema.definitions?.['secrets']?.properties?.['files'];
    const variables = KEYS.map(([, key]) => key.env.replace('DRIFTLINE_', '')).filter((name) =>
      name.endsWith('_FILE'),
    );
    expect(files === false ? [] : files?.propertyNames?.enum).toEqual(variables.sort());
  });
});
