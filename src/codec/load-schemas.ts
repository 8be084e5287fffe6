import { readdirSync, readFileSync } from 'node:fs';

/** What the Avro schemas describe; each is a folder of `schemas/avro`. */
export const SUBJECTS = [
  'audit-event',
  'desired-resource',
  'drift-candidate',
  'dead-letter',
] as const;
export type Subject = (typeof SUBJECTS)[number];

/** Schema texts by subject, oldest version first: version N is at index N - 1. Never empty. */
export type SchemaTexts = Readonly<Record<Subject, readonly [string, ...string[]]>>;

/** Both `src` and `dist` are one level below the root. */
const FOLDER = new URL('../../schemas/avro/', import.meta.url);

/**
 * The texts of all versions in a subject's folder, `v1.avsc` upwards without a gap.
 * @throws Error that names the folder, where a version is missing
 */
export const readVersions = (folder: URL): readonly [string, ...string[]] => {
  const names = new Set(readdirSync(folder).filter((name) => name.endsWith('.avsc')));
  const texts: string[] = [];
  for (let version = 1; names.delete(`v${version}.avsc`); version++) {
    texts.push(readFileSync(new URL(`v${version}.avsc`, folder), 'utf8'));
  }
  const [first, ...later] = texts;
  if (first === undefined || names.size > 0) {
    throw new Error(
      `${folder.pathname}: versions must be v1.avsc, v2.avsc, … without a gap; left over: ${[...names].join(', ') || 'nothing'}.`,
    );
  }
  return [first, ...later];
};

/** Reads the schemas that are part of the package. */
export const loadSchemas = (folder: URL = FOLDER): SchemaTexts => ({
  'audit-event': readVersions(new URL('audit-event/', folder)),
  'desired-resource': readVersions(new URL('desired-resource/', folder)),
  'drift-candidate': readVersions(new URL('drift-candidate/', folder)),
  'dead-letter': readVersions(new URL('dead-letter/', folder)),
});
