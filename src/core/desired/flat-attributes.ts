import type { JsonObject, JsonValue } from '../model/json.ts';

/**
 * Nests the attributes of a resource that no provider since Terraform 0.12 has rewritten: `tags.%`, `tags.Name`,
 * `ingress.#`, `ingress.1403647648.from_port`. Values stay text: the flat form has no types. Members of a set,
 * which a hash numbers, come in the order of the file.
 */
export const nestFlatAttributes = (flat: Readonly<Record<string, string>>): JsonObject => {
  const root: Branch = new Map();
  for (const [path, value] of Object.entries(flat)) place(root, path, value, flat);
  return Object.fromEntries([...root].map(([key, child]) => [key, finish(child)]));
};

type Branch = Map<string, Branch | string>;

const place = (
  root: Branch,
  path: string,
  value: string,
  flat: Readonly<Record<string, string>>,
): void => {
  const steps = path.split('.');
  let branch = root;
  let walked = '';
  for (const [position, step] of steps.entries()) {
    const isMap = walked !== '' && Object.hasOwn(flat, `${walked}.%`);
    // Keys of a map may hold dots: what follows a map's name is one key.
    const key = isMap ? steps.slice(position).join('.') : step;
    if (isMap || position === steps.length - 1) {
      if (!branch.has(key)) branch.set(key, value);
      return;
    }
    const next = branch.get(key);
    if (typeof next === 'string') return;
    const child: Branch = next ?? new Map<string, Branch | string>();
    branch.set(key, child);
    branch = child;
    walked = walked === '' ? key : `${walked}.${key}`;
  }
};

const finish = (node: Branch | string): JsonValue => {
  if (typeof node === 'string') return node;
  const members = [...node].filter(([key]) => key !== '#' && key !== '%');
  return node.has('#')
    ? members.map(([, child]) => finish(child))
    : Object.fromEntries(members.map(([key, child]) => [key, finish(child)]));
};
