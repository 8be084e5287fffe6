import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { avroReader, parseAvroSchema } from '../../src/codec/avro-schema.ts';
import { loadSchemas } from '../../src/codec/load-schemas.ts';
import { modelDecoder } from '../../src/codec/model-decoder.ts';

interface ReleasedCandidate {
  readonly candidate_id: string;
  readonly kind: string;
  readonly resource_key: string;
  readonly changes: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Base64, single-object encoding. */
  readonly value: string;
}

const released = (version: number): readonly ReleasedCandidate[] =>
  JSON.parse(
    readFileSync(
      new URL(`../fixtures/released-candidates/v${version}.json`, import.meta.url),
      'utf8',
    ),
  ) as readonly ReleasedCandidate[];

const schemas = loadSchemas();
const texts = schemas['drift-candidate'];
const versions = texts.map((_text, position) => position + 1);
const decoder = modelDecoder(schemas);

/** Marker and fingerprint of the single-object encoding. */
const HEADER_BYTES = 10;

describe.each(versions)('candidates that a release wrote in schema version %i', (version) => {
  it.each(released(version).map((each) => [each.candidate_id, each] as const))(
    'are read by this version: %s',
    async (_id, { value, candidate_id: id, kind, resource_key: key, changes, headers }) => {
      expect(headers['driftline.schema']).toBe(`drift-candidate/v${version}`);
      const candidate = await decoder.decodeCandidate(Buffer.from(value, 'base64'));
      if (!('candidate_id' in candidate)) throw new Error(candidate.message);
      expect([candidate.candidate_id, candidate.kind, candidate.resource.key]).toEqual([
        id,
        kind,
        key,
      ]);
      expect(candidate.changes).toHaveLength(changes);
    },
  );

  it('are read by a consumer that still has an older schema, without what came later', () => {
    const writer = parseAvroSchema(texts[version - 1]!);
    for (const text of texts.slice(0, version)) {
      const read = avroReader(writer, parseAvroSchema(text));
      for (const { value, candidate_id: id } of released(version)) {
        const payload = Buffer.from(value, 'base64').subarray(HEADER_BYTES);
        expect(read(payload)).toMatchObject({ value: { candidate_id: id } });
      }
    }
  });
});

it('keep one id for one act in all versions, so that members of two versions tell it once', () => {
  const ids = versions.map((version) =>
    released(version)
      .map(({ candidate_id: id }) => id)
      .sort(),
  );
  for (const each of ids) expect(each).toEqual(ids[0]);
});
