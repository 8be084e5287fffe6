import type { SetupFile, SetupFiles } from './setup-files.ts';

/** `audit-events`, `audit-events-*`, `audit-events@mappings`, `audit-events*`: not `audit-events2`. */
const renamed = (text: string, from: string, to: string): string => {
  const rest = text.slice(from.length);
  return text.startsWith(from) && /^(?:[-@*]|$)/.test(rest) ? `${to}${rest}` : text;
};

type Rename = (text: string) => string;

const texts = (value: unknown, rename: Rename): unknown =>
  Array.isArray(value) ? value.map((each) => rename(String(each))) : value;

const renamedBody = (body: SetupFile['body'], rename: Rename): SetupFile['body'] => {
  const { index_patterns, composed_of, template, policy, ...rest } = body;
  const { aliases, ...parts } = (template ?? {}) as { readonly aliases?: object };
  const { ism_template: holders, ...states } = (policy ?? {}) as {
    readonly ism_template?: readonly SetupFile['body'][];
  };
  return {
    ...(index_patterns === undefined ? {} : { index_patterns: texts(index_patterns, rename) }),
    ...(composed_of === undefined ? {} : { composed_of: texts(composed_of, rename) }),
    ...rest,
    ...(template === undefined
      ? {}
      : {
          template: {
            ...parts,
            ...(aliases === undefined
              ? {}
              : {
                  aliases: Object.fromEntries(
                    Object.entries(aliases).map(([alias, value]) => [rename(alias), value]),
                  ),
                }),
          },
        }),
    ...(policy === undefined
      ? {}
      : {
          policy: {
            ...states,
            ...(holders === undefined
              ? {}
              : {
                  ism_template: holders.map((holder) => ({
                    ...holder,
                    index_patterns: texts(holder['index_patterns'], rename),
                  })),
                }),
          },
        }),
  };
};

/**
 * The same objects for indexes under configured names: names, patterns, parts and aliases begin with the configured
 * name in place of the one in the files. A name that is not in `names` stays.
 */
export const underNames = (
  files: SetupFiles,
  names: Readonly<Record<string, string>>,
): SetupFiles => {
  const rename: Rename = (text) => {
    for (const [from, to] of Object.entries(names)) {
      const found = renamed(text, from, to);
      if (found !== text) return found;
    }
    return text;
  };
  const all = (some: readonly SetupFile[]): readonly SetupFile[] =>
    some.map(({ name, body }) => ({ name: rename(name), body: renamedBody(body, rename) }));
  return {
    components: all(files.components),
    indexTemplates: all(files.indexTemplates),
    policies: all(files.policies),
  };
};
