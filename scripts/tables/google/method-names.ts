import type { DiscoveryMethod } from './discovery.ts';
import { singular } from '../names.ts';

/** APIs whose audit logs go by another service name: `<name>.googleapis.com`. */
const SERVICES: Readonly<Record<string, string>> = { sqladmin: 'cloudsql' };

export const serviceOf = (api: string): string => SERVICES[api] ?? api;

/** `GoogleCloudRunV2Service` is `Service`, `GoogleCloudMlV1__Model` is `Model`. */
export const withoutPackage = (schema: string): string =>
  schema.replace(/^Google[A-Za-z]*?V\d+(?:(?:alpha|beta|p)\d*)*(?:__)?/, '');

const pascal = (name: string): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

export const lastOf = ({ id }: DiscoveryMethod): string => id.slice(id.lastIndexOf('.') + 1);

const collectionOf = ({ id }: DiscoveryMethod): string => id.slice(0, id.lastIndexOf('.'));

/** Whether audit logs name the API's calls by their discovery id (`compute.firewalls.patch`), not by RPC. */
export const isRest = (methods: readonly DiscoveryMethod[]): boolean =>
  methods.filter(({ path }) => path.includes('{+')).length * 2 < methods.length;

/** What an API calls the things of a collection, by the schema that its create or patch takes. */
export const collectionNouns = (
  methods: readonly DiscoveryMethod[],
): ReadonlyMap<string, string> => {
  const nouns = new Map<string, string>();
  for (const method of methods) {
    const schema = withoutPackage(method.request?.$ref ?? '');
    if (schema === '' || !/^(create|patch|update)$/.test(lastOf(method))) continue;
    const called = /^(?:Create|Update|Patch)(.+)Request$/.exec(schema)?.[1] ?? schema;
    if (!nouns.has(collectionOf(method))) nouns.set(collectionOf(method), called);
  }
  return nouns;
};

/**
 * The operation as an audit log has it, without version and package: the id of a REST API, otherwise the name of the
 * RPC: that of its request message, or the verb and what the collection holds.
 */
export const auditOperation = (
  method: DiscoveryMethod,
  rest: boolean,
  nouns: ReadonlyMap<string, string>,
): string => {
  const last = lastOf(method);
  if (rest) return method.id.slice(method.id.indexOf('.') + 1);
  const collection = collectionOf(method);
  const schema = withoutPackage(method.request?.$ref ?? '');
  const named = /^(.+)Request$/.exec(schema)?.[1];
  if (named !== undefined) return named;
  const holds = collection.slice(collection.lastIndexOf('.') + 1);
  const noun = nouns.get(collection) ?? pascal(singular(holds));
  const verbs: Readonly<Record<string, string>> = {
    create: 'Create',
    patch: 'Update',
    update: 'Update',
    delete: 'Delete',
  };
  const verb = verbs[last];
  return verb === undefined ? pascal(last) : `${verb}${noun}`;
};
