import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type JsonBody = Readonly<Record<string, unknown>>;

/** An object of OpenSearch as its file holds it: the name is the file's name without `.json`. */
export interface SetupFile {
  readonly name: string;
  readonly body: JsonBody;
}

/** What `driftline setup` puts into OpenSearch. */
export interface SetupFiles {
  readonly components: readonly SetupFile[];
  readonly indexTemplates: readonly SetupFile[];
  /** Of Index State Management. */
  readonly policies: readonly SetupFile[];
}

const readFiles = async (folder: string): Promise<readonly SetupFile[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (file): Promise<SetupFile> => {
      const path = join(folder, file);
      const text = await readFile(path, 'utf8');
      let body: unknown;
      try {
        body = JSON.parse(text);
      } catch (error) {
        throw new Error(`${path} is not JSON`, { cause: error });
      }
      if (typeof body !== 'object' || body === null) throw new Error(`${path} holds no object`);
      return { name: file.slice(0, -'.json'.length), body: body as JsonBody };
    }),
  );
};

/**
 * The files of `component-templates`, `index-templates` and `policies` in a folder. Throws an Error that names a file
 * which is not a JSON object.
 */
export const readSetupFiles = async (folder: string): Promise<SetupFiles> => {
  const [components, indexTemplates, policies] = await Promise.all(
    ['component-templates', 'index-templates', 'policies'].map((name) =>
      readFiles(join(folder, name)),
    ),
  );
  return {
    components: components ?? [],
    indexTemplates: indexTemplates ?? [],
    policies: policies ?? [],
  };
};
