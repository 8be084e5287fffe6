import { typedIdentity } from './identity.ts';

/**
 * Azure and Google name a resource by a path that is unique over all accounts: `/subscriptions/s/resourceGroups/g/…`
 * (ARM id, in any case), `projects/p/global/firewalls/f` (resource name, or the end of a self link).
 */

const ARM_ID = /^\/(?:subscriptions|providers)\//i;
const GOOGLE_HOST = /^(?:https:)?\/\/[^/]*googleapis\.com\//;
const GOOGLE_ROOTS = new Set(['projects', 'organizations', 'folders', 'billingAccounts']);
const LINE_END = /[\n\r\u2028\u2029]/;
/** Longer text is no path. */
const LONGEST_PATH = 4_096;
const PROVIDERS = '/providers/';

const isArmId = (value: string): boolean => ARM_ID.test(value);

/** A Google resource's name, of itself or at the end of a link to an API: from the last root on. */
const googlePath = (value: string): string | undefined => {
  const host = GOOGLE_HOST.exec(value)?.[0];
  if (host === undefined && !GOOGLE_ROOTS.has(value.slice(0, value.indexOf('/')))) return undefined;
  if (LINE_END.test(value)) return undefined;
  const segments = value.slice(host?.length ?? 0).split('/');
  const last = host === undefined ? 0 : segments.length - 3;
  for (let at = last; at >= 0; at -= 1) {
    const [root = '', owner, name, more] = segments.slice(at, at + 4);
    const hasName = Boolean(name) || more !== undefined;
    if (GOOGLE_ROOTS.has(root) && owner && hasName) return segments.slice(at).join('/');
  }
  return undefined;
};

/** The identity of a resource of any type by its path: `id:<path>`, an ARM id in lower case; undefined for no path. */
export const pathIdentity = (value: string): string | undefined => {
  if (value.length > LONGEST_PATH || !value.includes('/')) return undefined;
  if (isArmId(value)) return typedIdentity('id', value.toLowerCase());
  const path = googlePath(value);
  return path === undefined ? undefined : typedIdentity('id', path);
};

/** What a record tells of the resource that it states, for templates: `{resource.uid}`, `{resource.parents[0]}`. */
export interface ResourcePath {
  readonly uid: string;
  /** The last segment. */
  readonly name: string;
  /** The kind of the resource and of what it is in first, as Google's paths tell: `topics` in `projects`. */
  readonly kind: string;
  readonly root: string;
  /** Resources that this one is a part of, the nearest first; for Azure within the same resource provider. */
  readonly parents: readonly string[];
  /** What an extension resource of Azure, such as a role assignment, is set on; absent for others. */
  readonly scope?: string;
}

const withoutPair = (path: string): string | undefined => {
  const last = path.lastIndexOf('/');
  const before = path.lastIndexOf('/', last - 1);
  return before <= 0 ? undefined : path.slice(0, before);
};

const MAX_PARENTS = 10;

export const resourcePath = (uid: string): ResourcePath => {
  const name = uid.slice(uid.lastIndexOf('/') + 1);
  const provider = isArmId(uid) ? uid.toLowerCase().lastIndexOf(PROVIDERS) : -1;
  // Of an ARM id the namespace and one type with its name remain, at least.
  const least = provider === -1 ? 0 : uid.indexOf('/', provider + PROVIDERS.length) + 1;
  const parents: string[] = [];
  let path = withoutPair(uid);
  while (path !== undefined && path.length > least && parents.length < MAX_PARENTS) {
    parents.push(path);
    path = withoutPair(path);
  }
  const isWhole = isArmId(uid) && provider === -1;
  return {
    uid,
    name,
    kind: uid.slice(uid.lastIndexOf('/', uid.length - name.length - 2) + 1, -name.length - 1),
    root: uid.slice(0, uid.indexOf('/')),
    parents: isWhole ? [] : parents,
    ...(provider > 0 ? { scope: uid.slice(0, provider) } : {}),
  };
};
