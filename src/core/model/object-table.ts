import type { JsonValue } from './json.ts';
import type { KubernetesKinds } from './kubernetes-kinds.ts';

/**
 * How the objects of a cluster are compared with what code says of them, as data: `objects.json` of a provider whose
 * calls write whole objects and parts of them.
 */
export interface ObjectTable {
  /** Of `kinds.json`. */
  readonly kinds: KubernetesKinds;
  /** Members of `metadata` that code may say something of; the server and its controllers write the others. */
  readonly metadata: readonly string[];
  /** Annotations and labels that tools and controllers write into any object: globs. */
  readonly toolMarks: readonly string[];
  /**
   * By name of a list, the members that tell its elements apart: alternatives, of which the first counts that an element
   * has. `containerPort+protocol=TCP` is two members, the second with what it is where it is absent.
   */
  readonly listKeys: Readonly<Record<string, readonly string[]>>;
  /**
   * By name of a field (`webhooks.objectSelector`: only of that parent), what the server sets or means where an object
   * leaves it out; `*` for anything.
   */
  readonly defaults: Readonly<Record<string, readonly JsonValue[]>>;
  /** Terraform's names of blocks, where they are not the field's in snake case: `containers` is `container`. */
  readonly blocks: Readonly<Record<string, string>>;
}
