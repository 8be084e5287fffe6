import { isJsonObject, type JsonValue } from '../../model/json.ts';

const MAX_DEPTH = 24;
const MAX_VISITED = 20_000;

/** Of a pod, a container or its security context: true takes the node's processes, network or devices. */
const SWITCHES: ReadonlySet<string> = new Set([
  'hostPID',
  'hostIPC',
  'hostNetwork',
  'privileged',
  'hostProcess',
]);

/** Capabilities that a container may add and stays within the baseline of the Pod Security Standards. */
const HARMLESS: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const addsCapability = (capabilities: JsonValue): boolean => {
  const added = isJsonObject(capabilities) ? capabilities['add'] : undefined;
  return (
    Array.isArray(added) &&
    added.some((each: JsonValue) => typeof each !== 'string' || !HARMLESS.has(each))
  );
};

const takes = (key: string, value: JsonValue): boolean =>
  (value === true && SWITCHES.has(key)) ||
  (key === 'hostPath' && isJsonObject(value)) ||
  (key === 'capabilities' && addsCapability(value));

/**
 * Whether a pod that the object is or has a template of, at whatever depth, reaches its node: what the baseline of the
 * Kubernetes Pod Security Standards forbids of host namespaces, privileged containers, capabilities and host paths. True
 * also where the object is too large to tell.
 */
export const reachesNode = (object: JsonValue | undefined): boolean => {
  let visited = 0;
  const visit = (value: JsonValue, depth: number): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    visited += 1;
    if (depth > MAX_DEPTH || visited > MAX_VISITED) return true;
    if (Array.isArray(value)) return value.some((each: JsonValue) => visit(each, depth + 1));
    return Object.entries(value).some(
      ([key, member]) => takes(key, member) || visit(member, depth + 1),
    );
  };
  return object !== undefined && visit(object, 0);
};
