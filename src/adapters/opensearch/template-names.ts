import type { TemplateFile } from './setup.ts';

const renamed = (text: string, from: string, to: string): string =>
  text === from || text.startsWith(`${from}-`) || text.startsWith(`${from}*`)
    ? `${to}${text.slice(from.length)}`
    : text;

/**
 * Templates for indexes under configured names: template name, patterns and aliases begin with the alias in place of
 * the name of the file. `names` maps the names of the files to aliases; a template without one stays as it is.
 */
export const underNames = (
  templates: readonly TemplateFile[],
  names: Readonly<Record<string, string>>,
): readonly TemplateFile[] =>
  templates.map((file) => {
    const to = names[file.name];
    if (to === undefined || to === file.name) return file;
    const { index_patterns: patterns, template, ...rest } = file.body;
    const { aliases = {}, ...parts } = template as { readonly aliases?: object };
    return {
      name: to,
      body: {
        ...rest,
        index_patterns: (patterns as readonly string[]).map((each) => renamed(each, file.name, to)),
        template: {
          ...parts,
          aliases: Object.fromEntries(
            Object.entries(aliases).map(([alias, value]) => [renamed(alias, file.name, to), value]),
          ),
        },
      },
    };
  });
