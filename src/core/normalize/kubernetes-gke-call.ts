import type { KubernetesCall } from './kubernetes-event.ts';

const LONGEST = 1_024;
const VERSION = /^v\d+((alpha|beta)\d+)?$/;
/** Groups whose names have no domain. */
const BARE_GROUPS = new Set(['apps', 'autoscaling', 'batch', 'extensions', 'policy']);

/** `rbac.authorization.k8s.io` of `io.k8s.authorization.rbac`, as names of packages turn a domain round. */
const groupOfPackage = (words: readonly string[]): string => {
  const [first, second, ...rest] = words;
  if (first === 'io' && second === 'k8s' && rest.length === 1) {
    const [word = ''] = rest;
    if (word === 'core') return '';
    if (BARE_GROUPS.has(word)) return word;
  }
  return words.toReversed().join('.');
};

/**
 * The call of a method such as `io.k8s.core.v1.pods.exec.create` and a resource name such as
 * `core/v1/namespaces/default/pods/web/exec`. The resource name has the group as the API server names it, and wins;
 * undefined where either is longer than any of Google's.
 */
export const gkeCall = (
  method: string,
  resourceName: string | undefined,
): KubernetesCall | undefined => {
  if (method.length > LONGEST || (resourceName?.length ?? 0) > LONGEST) return undefined;
  const words = method.split('.');
  const verb = words.at(-1) ?? method;
  const versionAt = words.findIndex((word) => VERSION.test(word));
  const [resource, subresource] = versionAt === -1 ? [] : words.slice(versionAt + 1, -1);
  if (resource === undefined) return { verb, reference: undefined };

  const [groupWord, version, ...segments] = resourceName?.split('/') ?? [];
  const hasPath = version !== undefined && VERSION.test(version);
  const group = hasPath
    ? groupWord === 'core'
      ? ''
      : (groupWord ?? '')
    : groupOfPackage(words.slice(0, versionAt));
  const inNamespace = segments[0] === 'namespaces' && segments.length > 2;
  const isNamespace = resource === 'namespaces' && group === '';
  const path = inNamespace && !isNamespace ? segments.slice(2) : segments;
  const name = path[0] === resource ? path[1] : undefined;
  return {
    verb,
    reference: {
      group,
      resource,
      subresource,
      namespace: inNamespace && !isNamespace ? segments[1] : undefined,
      name: name === '' ? undefined : name,
    },
  };
};
