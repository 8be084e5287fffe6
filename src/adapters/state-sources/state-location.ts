/** Where states lie, as the command line names it. */
export type StateLocation =
  | { readonly kind: 's3' | 'gs'; readonly bucket: string; readonly path: string }
  | {
      readonly kind: 'azblob';
      readonly account: string;
      readonly container: string;
      readonly path: string;
      /** As the azurerm backend writes: the key, and `<key>env:<workspace>` beside it. */
      readonly withWorkspaces: boolean;
    }
  | { readonly kind: 'http'; readonly url: URL }
  | {
      readonly kind: 'terraform-cloud';
      /** Absent: HCP Terraform, or what `TFE_ADDRESS` says. */
      readonly host?: string;
      readonly organization: string;
      /** A glob of workspace names. */
      readonly workspaces: string;
      /** A workspace must have all of them. */
      readonly tags: readonly string[];
    }
  | {
      readonly kind: 'kubernetes';
      readonly namespace: string;
      /** `secret_suffix` of the backend; absent: all. */
      readonly suffix?: string;
      /** Absent: all. */
      readonly workspace?: string;
    };

export type ParsedLocation =
  | { readonly ok: true; readonly location: StateLocation; readonly name: string }
  | { readonly ok: false; readonly message: string };

/** Whether a text has the form of a URL; all else is a path of the file system. */
export const isLocation = (text: string): boolean => /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text);

const FORMS = {
  s3: 's3://<bucket>/<key, prefix/ or glob>',
  gs: 'gs://<bucket>/<object, prefix/ or glob>',
  azblob: 'azblob://<account>/<container>/<blob, prefix/ or glob>',
  azurerm: 'azurerm://<account>/<container>/<key of the backend>',
  http: 'http://<host>/<path>',
  https: 'https://<host>/<path>',
  tfc: 'tfc://<organization>/<workspace or glob>, with ?tags=<a>,<b>',
  tfe: 'tfe://<host>/<organization>/<workspace or glob>, with ?tags=<a>,<b>',
  k8s: 'k8s://<namespace>/<secret_suffix>/<workspace>, the last two optional',
} as const;

type Scheme = keyof typeof FORMS;

const isScheme = (text: string): text is Scheme => Object.hasOwn(FORMS, text);

/** Reads a location. Never repeats what may be a credential in a message. */
export const parseLocation = (text: string): ParsedLocation => {
  const [, given = '', rest = ''] = /^([^:]+):\/\/(.*)$/s.exec(text) ?? [];
  const scheme = given.toLowerCase();
  if (!isScheme(scheme)) {
    return {
      ok: false,
      message: `There is no kind of location ${given}://. There are ${Object.keys(FORMS).join(', ')}, and paths.`,
    };
  }
  if (scheme !== 'http' && scheme !== 'https' && /^[^/]*@/.test(rest)) {
    return {
      ok: false,
      message: `A ${scheme}:// location holds no credentials: they come from the environment.`,
    };
  }
  const location = READERS[scheme](rest, scheme);
  return location === undefined
    ? { ok: false, message: `The location must be ${FORMS[scheme]}.` }
    : { ok: true, location, name: nameOf(location, scheme, rest) };
};

const inBucket = (rest: string, scheme: Scheme): StateLocation | undefined => {
  const [bucket = '', ...path] = rest.split('/');
  return /^[a-z0-9][a-z0-9._-]{1,221}$/.test(bucket)
    ? { kind: scheme === 's3' ? 's3' : 'gs', bucket, path: path.join('/') }
    : undefined;
};

const inContainer = (rest: string, scheme: Scheme): StateLocation | undefined => {
  const [account = '', container = '', ...path] = rest.split('/');
  const withWorkspaces = scheme === 'azurerm';
  const key = path.join('/');
  if (!/^[a-z0-9]{3,24}$/.test(account) || !/^\$?[a-z0-9-]{1,63}$/.test(container))
    return undefined;
  if (withWorkspaces && (key === '' || key.endsWith('/'))) return undefined;
  return { kind: 'azblob', account, container, path: key, withWorkspaces };
};

const onWebServer = (rest: string, scheme: Scheme): StateLocation | undefined => {
  const url = URL.parse(`${scheme}://${rest}`);
  return url === null || url.hostname === '' ? undefined : { kind: 'http', url };
};

const inTerraformCloud = (rest: string, scheme: Scheme): StateLocation | undefined => {
  const [path = '', query = ''] = rest.split('?', 2);
  const parts = path.replace(/\/$/, '').split('/');
  const host = scheme === 'tfe' ? parts.shift() : undefined;
  const [organization = '', workspaces = '*', ...more] = parts;
  if (more.length > 0 || !/^[A-Za-z0-9_-]+$/.test(organization)) return undefined;
  if (!/^[A-Za-z0-9_*?-]+$/.test(workspaces)) return undefined;
  if (host !== undefined && !/^[A-Za-z0-9.-]+(:\d{1,5})?$/.test(host)) return undefined;
  const parameters = new URLSearchParams(query);
  if ([...parameters.keys()].some((name) => name !== 'tags')) return undefined;
  const tags = (parameters.get('tags') ?? '').split(',').filter((tag) => tag !== '');
  return {
    kind: 'terraform-cloud',
    ...(host === undefined ? {} : { host: host.toLowerCase() }),
    organization,
    workspaces,
    tags,
  };
};

const inCluster = (rest: string): StateLocation | undefined => {
  const parts = rest.replace(/\/$/, '').split('/');
  const [namespace = '', suffix, workspace] = parts;
  const isLabel = (part: string): boolean => /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(part);
  if (parts.length > 3 || !isLabel(namespace) || !parts.every(isLabel)) return undefined;
  return {
    kind: 'kubernetes',
    namespace,
    ...(suffix === undefined ? {} : { suffix }),
    ...(workspace === undefined ? {} : { workspace }),
  };
};

const READERS: {
  readonly [Name in Scheme]: (rest: string, scheme: Scheme) => StateLocation | undefined;
} = {
  s3: inBucket,
  gs: inBucket,
  azblob: inContainer,
  azurerm: inContainer,
  http: onWebServer,
  https: onWebServer,
  tfc: inTerraformCloud,
  tfe: inTerraformCloud,
  k8s: inCluster,
};

/** A query may hold a signature, so that of a URL is left out of its name. */
const nameOf = (location: StateLocation, scheme: Scheme, rest: string): string =>
  location.kind === 'http'
    ? `${location.url.protocol}//${location.url.host}${location.url.pathname}`
    : `${scheme}://${rest}`;
