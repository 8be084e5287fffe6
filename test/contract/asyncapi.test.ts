import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deadLetterRecord } from '../../src/codec/dead-letter.ts';
import { loadSchemas } from '../../src/codec/load-schemas.ts';
import { DEAD_LETTER_REASONS } from '../../src/core/model/outcome.ts';
import { traceHeaders } from '../../src/telemetry/trace-context.ts';

const FILE = new URL('../../schemas/asyncapi.yaml', import.meta.url);
const text = readFileSync(FILE, 'utf8');
const lines = text.split('\n');

const all = (pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, found]) => found ?? '');

/** Paths of all keys of the document, which is plain block YAML. */
const keyPaths = (): ReadonlySet<string> => {
  const paths = new Set<string>();
  const open: { readonly indent: number; readonly key: string }[] = [];
  for (const line of lines) {
    const found = /^( *)([\w$.-]+):/.exec(line);
    if (found === null) continue;
    const indent = found[1]?.length ?? 0;
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
    open.push({ indent, key: found[2] ?? '' });
    paths.add(`#/${open.map(({ key }) => key).join('/')}`);
  }
  return paths;
};

describe('the AsyncAPI document', () => {
  it('names the topics of the design', () => {
    expect(all(/^ {4}address: (\S+)$/gm)).toEqual([
      'audit.events',
      'desired.state',
      'drift.candidates',
      'audit.events.dead-letters',
    ]);
  });

  it('refers only to what it holds', () => {
    const paths = keyPaths();
    const references = all(/\$ref: '(#[^']+)'/g);
    expect(references.length).toBeGreaterThan(10);
    for (const reference of references) expect(paths, reference).toContain(reference);
  });

  it('names the latest version of each schema that a topic carries', () => {
    const schemas = loadSchemas();
    const files = all(/\$ref: (\.\/\S+)/g);
    for (const file of files) expect(existsSync(new URL(file, FILE)), file).toBe(true);
    expect(files).toEqual(
      (['audit-event', 'desired-resource', 'drift-candidate'] as const).map(
        (subject) => `./avro/${subject}/v${schemas[subject].length}.avsc`,
      ),
    );
  });

  it('lists the headers and reasons of dead letters as they are written', () => {
    const record = {
      topic: 't',
      partition: 0,
      offset: '0',
      key: null,
      value: Buffer.alloc(2),
      headers: {},
    };
    const failure = { stage: 'decode', reason: 'not_json', message: 'm' } as const;
    const paths = keyPaths();
    for (const name of Object.keys(deadLetterRecord(record, failure, 'd', 1).headers)) {
      expect(paths).toContain(`#/components/schemas/deadLetterHeaders/properties/${name}`);
    }
    for (const reason of DEAD_LETTER_REASONS) expect(text).toContain(`            - ${reason}\n`);
  });

  it('lists the headers of a trace as they are written', () => {
    const headers = traceHeaders({
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      flags: 1,
      state: 'v=1',
    });
    const paths = keyPaths();
    for (const name of Object.keys(headers)) {
      expect(paths).toContain(`#/components/schemas/traceHeaders/properties/${name}`);
      expect(paths).toContain(`#/components/schemas/candidateHeaders/properties/${name}`);
    }
  });
});
