import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../schemas/opensearch/', import.meta.url);

/** Where each kind of template goes, in the order in which they need each other. */
const KINDS = [
  ['component-templates/', '_component_template'],
  ['index-templates/', '_index_template'],
] as const;

/** Every template that ships, with the path that takes it. */
export const templateBodies = (): readonly (readonly [path: string, body: object])[] =>
  KINDS.flatMap(([folder, path]) => {
    const url = new URL(folder, FOLDER);
    return readdirSync(url)
      .filter((name) => name.endsWith('.json'))
      .map((name) => {
        const body = JSON.parse(readFileSync(new URL(name, url), 'utf8')) as object;
        return [`/${path}/${encodeURIComponent(name.slice(0, -'.json'.length))}`, body] as const;
      });
  });
