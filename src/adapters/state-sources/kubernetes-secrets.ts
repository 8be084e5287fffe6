import { Readable } from 'node:stream';
import type { StatePoll, VersionedStateFile } from '../../pipeline/ports.ts';
import { httpGet } from './http-get.ts';
import { listAt, parsedJson, textAt } from './json-members.ts';
import { clusterAccess, type ClusterSettings } from './kubernetes-access.ts';
import { failureOf, SourceError, statusError } from './source-error.ts';
import { packed, type ContentLimits } from './state-content.ts';
import type { StateLocation } from './state-location.ts';

type SecretsLocation = Extract<StateLocation, { readonly kind: 'kubernetes' }>;

/** The secrets that hold one state; a large one is split, its parts in order. */
interface StateSecrets {
  readonly source: string;
  readonly names: readonly string[];
  readonly version: string;
}

interface ListedSecret {
  readonly name: string;
  readonly resourceVersion: string;
  readonly suffix: string;
  readonly workspace: string;
  readonly part: number;
}

const SERVICE = 'The Kubernetes API';
const MAX_PAGES = 100;
/** A secret holds at most 1 MiB, in base64. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Names and versions, without the data: secrets that have not changed are not sent again. */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * States of Terraform's kubernetes backend: secrets `tfstate-<workspace>-<suffix>`, and `…-part-<n>` of a large state,
 * with the gzipped state under `tfstate` (hashicorp/terraform internal/backend/remote-state/kubernetes/client.go).
 */
export async function* pollKubernetesSecrets(
  location: SecretsLocation,
  settings: ClusterSettings,
  limits: ContentLimits,
  known: ReadonlyMap<string, string>,
  signal: AbortSignal,
): AsyncGenerator<StatePoll> {
  const { server, token, tls } = await clusterAccess(settings);
  const secrets = `${server.href.replace(/\/$/, '')}/api/v1/namespaces/${location.namespace}/secrets`;
  const getJson = async (address: string, accept: string): Promise<unknown> => {
    const answer = await httpGet(new URL(address), {
      maxBytes: MAX_ANSWER_BYTES,
      timeoutMs: limits.timeoutMs,
      headers: { accept },
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(tls === undefined ? {} : { tls }),
      service: SERVICE,
      signal,
    });
    if (answer.status !== 200) throw statusError(answer.status, SERVICE);
    return parsedJson(answer.body, SERVICE);
  };

  const states = await listStates(location, secrets, (address) => getJson(address, METADATA_ONLY));
  if (states.length === 0) {
    throw new SourceError('not_found', 'There is no secret of the kubernetes backend there.');
  }
  for (const state of states) {
    const { source, version } = state;
    if (known.get(source) === version) {
      yield { ok: true, source, unchanged: true };
      continue;
    }
    try {
      yield await fetchState(state, limits, (name) =>
        getJson(`${secrets}/${name}`, 'application/json'),
      );
    } catch (error) {
      signal.throwIfAborted();
      const failure = failureOf(source, error);
      if (failure.reason === 'unavailable') throw error;
      yield failure;
    }
  }
}

const listStates = async (
  { namespace, suffix, workspace }: SecretsLocation,
  secrets: string,
  getJson: (address: string) => Promise<unknown>,
): Promise<readonly StateSecrets[]> => {
  const labels = [
    'tfstate=true',
    ...(suffix === undefined ? [] : [`tfstateSecretSuffix=${suffix}`]),
    ...(workspace === undefined ? [] : [`tfstateWorkspace=${workspace}`]),
  ];
  const query = new URLSearchParams({ labelSelector: labels.join(','), limit: '500' });
  const groups = new Map<string, ListedSecret[]>();
  let next: string | undefined = '';
  for (let pages = 0; next !== undefined; pages += 1) {
    if (pages === MAX_PAGES) throw new SourceError('too_many', 'Too many secrets lie there.');
    if (next !== '') query.set('continue', next);
    const answer = await getJson(`${secrets}?${query.toString()}`);
    for (const item of listAt(answer, 'items')) {
      const secret = readSecret(item);
      if (secret === undefined) continue;
      const source = `k8s://${namespace}/${secret.suffix}/${secret.workspace}`;
      groups.set(source, [...(groups.get(source) ?? []), secret]);
    }
    next = textAt(answer, 'metadata', 'continue') || undefined;
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, parts]) => {
      const ordered = parts.toSorted((a, b) => a.part - b.part);
      return {
        source,
        names: ordered.map(({ name }) => name),
        version: ordered.map(({ resourceVersion }) => resourceVersion).join('+'),
      };
    });
};

const readSecret = (item: unknown): ListedSecret | undefined => {
  const name = textAt(item, 'metadata', 'name');
  const resourceVersion = textAt(item, 'metadata', 'resourceVersion');
  const suffix = textAt(item, 'metadata', 'labels', 'tfstateSecretSuffix');
  const workspace = textAt(item, 'metadata', 'labels', 'tfstateWorkspace');
  if (
    name === undefined ||
    resourceVersion === undefined ||
    suffix === undefined ||
    workspace === undefined
  ) {
    return undefined;
  }
  const first = `tfstate-${workspace}-${suffix}`;
  const part = name === first ? 0 : Number(/^-part-(\d{1,4})$/.exec(name.slice(first.length))?.[1]);
  return name.startsWith(first) && Number.isInteger(part)
    ? { name, resourceVersion, suffix, workspace, part }
    : undefined;
};

const fetchState = async (
  { source, names }: StateSecrets,
  { maxBytes }: ContentLimits,
  getSecret: (name: string) => Promise<unknown>,
): Promise<VersionedStateFile> => {
  const parts: Buffer[] = [];
  const versions: string[] = [];
  for (const name of names) {
    const secret = await getSecret(name);
    const data = textAt(secret, 'data', 'tfstate');
    if (data === undefined) {
      throw new SourceError('not_readable', `The secret ${name} holds no state.`);
    }
    parts.push(Buffer.from(data, 'base64'));
    versions.push(textAt(secret, 'metadata', 'resourceVersion') ?? '');
  }
  // Of the secrets as they were read: one that was written since the listing is had again at the next poll.
  return {
    ok: true,
    source,
    version: versions.join('+'),
    content: await packed(Readable.from(parts), maxBytes),
  };
};
