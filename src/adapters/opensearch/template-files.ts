import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TemplateFile } from './setup.ts';

/**
 * Index templates of a folder: each file `<name>.json` whose object has `index_patterns`; other JSON files (policies,
 * roles) are left out. Throws an Error that names a file which is not a JSON object.
 */
export const readTemplateFiles = async (folder: string): Promise<readonly TemplateFile[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const files = await Promise.all(
    names.map(async (file): Promise<TemplateFile> => {
      const path = join(folder, file);
      const text = await readFile(path, 'utf8');
      let body: unknown;
      try {
        body = JSON.parse(text);
      } catch (error) {
        throw new Error(`${path} is not JSON`, { cause: error });
      }
      if (typeof body !== 'object' || body === null) throw new Error(`${path} holds no object`);
      return { name: file.slice(0, -'.json'.length), body: body as TemplateFile['body'] };
    }),
  );
  return files.filter(({ body }) => Array.isArray(body.index_patterns));
};
