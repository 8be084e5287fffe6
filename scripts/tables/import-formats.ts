import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a resource is imported: the Pulumi type token, and its id with `{{placeholders}}` or as an example. */
export interface ImportFormat {
  readonly token: string;
  readonly id: string;
}

const COMMAND = /\$ pulumi import (\S+:\S+:\S+) \S+ "?([^\s"]+)"?/g;

/**
 * All `pulumi import` commands in the documentation of a Pulumi provider package, by file name. These tell the ids that
 * Terraform's provider takes, which Pulumi's wraps.
 */
export const readImportFormats = (folder: string): readonly ImportFormat[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.d.ts') && !name.startsWith('types'))
    .sort()
    .flatMap((name) =>
      Array.from(
        readFileSync(join(folder, name), 'utf8').matchAll(COMMAND),
        ([, token = '', id = '']) => ({ token, id }),
      ),
    );

const compact = (name: string): string => name.replaceAll('_', '').toLowerCase();

const SINGULAR = /s$/;

/**
 * The Terraform type that a token wraps, by its words: `gcp:artifactregistry/repository:Repository` is
 * `google_artifact_registry_repository`. Undefined where no type has these words.
 * @param prefix of the types, such as `google_`.
 */
export const terraformTypeOf = (
  token: string,
  prefix: string,
  types: Iterable<string>,
): string | undefined => {
  const [, path = '', member = ''] = token.split(':');
  const module = path.split('/')[0] ?? '';
  const known = new Map(Array.from(types, (type) => [compact(type.slice(prefix.length)), type]));
  const plain = module.replace(SINGULAR, '');
  return [`${module}${member}`, `${plain}${member}`, member]
    .map((words) => known.get(compact(words)))
    .find((type) => type !== undefined);
};
