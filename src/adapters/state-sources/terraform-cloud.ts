import { compileGlob } from '../../core/model/glob.ts';
import type { StatePoll, VersionedStateFile } from '../../pipeline/ports.ts';
import { httpGet, type HttpAnswer } from './http-get.ts';
import { listAt, memberAt, parsedJson, textAt } from './json-members.ts';
import { failureOf, SourceError, statusError } from './source-error.ts';
import type { ContentLimits } from './state-content.ts';
import type { StateLocation } from './state-location.ts';
import { terraformToken, type TokenSettings } from './terraform-token.ts';

type CloudLocation = Extract<StateLocation, { readonly kind: 'terraform-cloud' }>;

interface Workspace {
  readonly id: string;
  readonly name: string;
  /** Id of the current state version; undefined where the listing does not tell, null where there is none. */
  readonly stateVersion: string | null | undefined;
}

const MAX_PAGES = 100;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * The current states of the workspaces of an organization of HCP Terraform or Terraform Enterprise, through the
 * state-version API (developer.hashicorp.com/terraform/cloud-docs/api-docs/state-versions). A state version never
 * changes, so its id is the version. A workspace without a state is left out, unless it is named without a glob.
 */
export async function* pollTerraformCloud(
  location: CloudLocation,
  settings: TokenSettings,
  limits: ContentLimits,
  known: ReadonlyMap<string, string>,
  signal: AbortSignal,
): AsyncGenerator<StatePoll> {
  const { organization, workspaces: pattern } = location;
  const base = baseAddress(location, settings.env);
  const service = location.host === undefined ? 'HCP Terraform' : 'Terraform Enterprise';
  const token = await terraformToken(base.host, settings);
  if (token === undefined) {
    throw new SourceError(
      'refused',
      `There is no token for ${base.host}: set TF_TOKEN_${base.hostname.replaceAll('-', '__').replaceAll('.', '_')} or TFE_TOKEN, or run terraform login.`,
    );
  }
  const get = (url: URL, maxBytes: number): Promise<HttpAnswer> =>
    httpGet(url, {
      ...limits,
      maxBytes,
      headers: { accept: 'application/vnd.api+json, application/json' },
      // The download may lie with another host, which takes a signature in the address, not the token.
      ...(url.origin === base.origin ? { authorization: `Bearer ${token}` } : {}),
      service,
      signal,
    });
  const getJson = async (path: string): Promise<unknown> => {
    const answer = await get(new URL(path, base), MAX_ANSWER_BYTES);
    if (answer.status !== 200) throw statusError(answer.status, service);
    return parsedJson(answer.body, service);
  };

  const found = await listWorkspaces(location, getJson);
  const isGlob = /[*?]/.test(pattern) || location.tags.length > 0;
  const stored = found.filter(({ stateVersion }) => stateVersion !== null);
  if (stored.length === 0) {
    throw isGlob
      ? new SourceError('no_match', 'No workspace there matches and has a state.')
      : new SourceError('not_found', 'There is no such workspace, or it has no state.');
  }
  for (const workspace of stored) {
    const source = `${sourceBase(location)}${organization}/${workspace.name}`;
    if (workspace.stateVersion !== undefined && known.get(source) === workspace.stateVersion) {
      yield { ok: true, source, unchanged: true };
      continue;
    }
    try {
      yield await fetchState(source, workspace, base, { get, getJson, service, limits });
    } catch (error) {
      signal.throwIfAborted();
      const failure = failureOf(source, error);
      if (failure.reason === 'unavailable') throw error;
      yield failure;
    }
  }
}

const sourceBase = ({ host }: CloudLocation): string =>
  host === undefined ? 'tfc://' : `tfe://${host}/`;

/** TFE_ADDRESS as the clients of the API read it, TF_CLOUD_HOSTNAME as Terraform does. */
const baseAddress = (
  { host }: CloudLocation,
  env: Readonly<Record<string, string | undefined>>,
): URL => {
  const own = env['TFE_ADDRESS'];
  const address = own === undefined ? null : URL.parse(own);
  if (own !== undefined && address === null) {
    throw new SourceError('invalid_location', 'TFE_ADDRESS is not an address.');
  }
  if (address !== null && (host === undefined || address.host === host)) return address;
  return new URL(`https://${host ?? env['TF_CLOUD_HOSTNAME'] ?? 'app.terraform.io'}`);
};

const listWorkspaces = async (
  { organization, workspaces: pattern, tags }: CloudLocation,
  getJson: (path: string) => Promise<unknown>,
): Promise<readonly Workspace[]> => {
  const found: Workspace[] = [];
  const matches = compileGlob(pattern);
  const query = new URLSearchParams({ 'page[size]': '100' });
  if (tags.length > 0) query.set('search[tags]', tags.join(','));
  // The API knows a star at the start and at the end, and a search by a part of the name.
  if (/^\*?[A-Za-z0-9_-]+\*?$/.test(pattern)) {
    query.set(pattern.includes('*') ? 'search[wildcard-name]' : 'search[name]', pattern);
  }
  let page: unknown = 1;
  for (let pages = 0; typeof page === 'number'; pages += 1) {
    if (pages === MAX_PAGES) {
      throw new SourceError('too_many', `More than ${MAX_PAGES * 100} workspaces match.`);
    }
    query.set('page[number]', String(page));
    const answer = await getJson(
      `/api/v2/organizations/${organization}/workspaces?${query.toString()}`,
    );
    for (const entry of listAt(answer, 'data')) {
      const id = textAt(entry, 'id');
      const name = textAt(entry, 'attributes', 'name');
      if (id === undefined || name === undefined || !matches(name)) continue;
      found.push({ id, name, stateVersion: stateVersionOf(entry) });
    }
    page = memberAt(answer, 'meta', 'pagination', 'next-page');
  }
  return found;
};

const stateVersionOf = (workspace: unknown): string | null | undefined => {
  const related = memberAt(workspace, 'relationships', 'current-state-version', 'data');
  return related === null ? null : textAt(related, 'id');
};

const fetchState = async (
  source: string,
  workspace: Workspace,
  base: URL,
  {
    get,
    getJson,
    service,
    limits,
  }: {
    readonly get: (url: URL, maxBytes: number) => Promise<HttpAnswer>;
    readonly getJson: (path: string) => Promise<unknown>;
    readonly service: string;
    readonly limits: ContentLimits;
  },
): Promise<VersionedStateFile> => {
  const path = `/api/v2/workspaces/${encodeURIComponent(workspace.id)}/current-state-version`;
  const state = memberAt(await getJson(path), 'data');
  const version = textAt(state, 'id');
  const address = textAt(state, 'attributes', 'hosted-state-download-url');
  const url = address === undefined ? null : URL.parse(address, base.href);
  if (version === undefined || url === null) {
    throw new SourceError('not_readable', `${service} gives no download of the state yet.`);
  }
  if (url.protocol !== 'https:' && url.protocol !== base.protocol) {
    throw new SourceError('not_readable', `${service} gives a download that is not https.`);
  }
  const answer = await get(url, limits.maxBytes);
  if (answer.status !== 200) throw statusError(answer.status, service);
  return { ok: true, source, version, content: answer.body };
};
