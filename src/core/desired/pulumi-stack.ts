import { NO_FORMAT_TABLES } from '../model/format-tables.ts';
import type { Scope } from '../model/identity.ts';
import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../model/json.ts';
import {
  stateFailed,
  type StateContext,
  type StateProblem,
  type StateResult,
} from './desired-state.ts';
import { toDesiredState, type FoundEntry, type FoundResource } from './found-resource.ts';
import type { JsonDocument } from './json-document.ts';
import { servedKind } from '../model/kubernetes-kinds.ts';
import { kubernetesResource } from './kubernetes-object.ts';
import { snakeCase } from '../model/snake-case.ts';
import { snakeCaseKeys } from './object-attributes.ts';
import { pulumiType } from './pulumi-types.ts';
import { plainProperties } from './pulumi-values.ts';
import { isDeeperThan, MAX_ATTRIBUTE_DEPTH } from './redact.ts';
import type { SecretPath } from './secret-paths.ts';

/**
 * Reads a checkpoint, or what `pulumi stack export` prints: versions 1 to 4 (pulumi/pulumi
 * `sdk/go/common/apitype`). Attributes are the outputs under the inputs that code set, with Terraform's names as far
 * as snake case makes them; what Pulumi pluralised keeps its plural.
 */
export const readPulumiStack = (document: JsonDocument, context: StateContext): StateResult => {
  const { head, isLarge } = document;
  const refusal = refuse(head);
  if (refusal !== undefined) return stateFailed(context.source, refusal);
  const deployment = deploymentOf(head);
  if (!Array.isArray(ownValue(deployment, 'resources') ?? [])) {
    return stateFailed(context.source, { position: 'resources', message: 'not an array' });
  }
  const { lineage, scopes } = surveyOf(document);
  return toDesiredState(
    {
      format: 'pulumi',
      lineage,
      serial: serialOf(deployment),
      entries: () => entriesOf(document, scopes, context),
      isLarge,
      warnings: warningsOf(deployment),
    },
    context,
  );
};

function* entriesOf(
  document: JsonDocument,
  scopes: ReadonlyMap<string, Scope>,
  context: StateContext,
): Generator<FoundEntry> {
  for (const [index, member] of members(document)) {
    const why = skipReason(member);
    if (why !== undefined) {
      yield { skipped: why };
      continue;
    }
    const found = readResource(member, scopes, context);
    yield typeof found === 'string'
      ? { problem: { position: `resources[${index}]`, message: found } }
      : { found };
  }
}

/** `deployment.resources`, or `checkpoint.latest.resources`. */
function* members({ head, elements }: JsonDocument): Generator<readonly [number, JsonValue]> {
  const root = isJsonObject(ownValue(head, 'deployment')) ? 'deployment' : 'checkpoint';
  for (const { path, value } of elements()) {
    if (path[0] === root) yield [Number(path.at(-1)), value];
  }
}

/** Features of version 4 that do not change what a resource means; Pulumi too refuses those it does not know. */
const FEATURES = new Set(['refreshBeforeUpdate', 'views', 'hooks', 'taint']);

const refuse = (root: JsonValue): StateProblem | undefined => {
  const version = ownValue(root, 'version');
  if (typeof version !== 'number') {
    return {
      reason: 'unsupported_version',
      message:
        'The checkpoint has no version: it is older than version 1. Upgrade it: run `pulumi stack export` with a current Pulumi.',
    };
  }
  if (version < 1 || version > 4) {
    return {
      reason: 'unsupported_version',
      message: `Checkpoint version ${version} is not read, only 1 to 4. Run \`pulumi stack export\` with Pulumi 3, or upgrade Driftline.`,
    };
  }
  const features = ownValue(root, 'features') ?? [];
  const isKnown = (feature: JsonValue): boolean =>
    typeof feature === 'string' && FEATURES.has(feature);
  if (!Array.isArray(features) || !features.every(isKnown)) {
    return {
      reason: 'unsupported_feature',
      message:
        'The checkpoint needs a feature that this release of Driftline does not know. Upgrade Driftline.',
    };
  }
  if (deploymentOf(root) === undefined) {
    return {
      reason: 'empty',
      message:
        'The checkpoint has no deployment: the stack was never deployed. Publish what `pulumi stack export` prints after `pulumi up`.',
    };
  }
  return undefined;
};

const deploymentOf = (root: JsonValue): JsonObject | undefined =>
  [ownValue(root, 'deployment'), ownValue(ownValue(root, 'checkpoint'), 'latest')].find(
    isJsonObject,
  );

const skipReason = (member: JsonValue): 'component' | 'external' | 'deposed' | undefined => {
  if (ownValue(member, 'delete') === true) return 'deposed';
  if (ownValue(member, 'external') === true) return 'external';
  // Providers are custom resources of Pulumi's own package, with credentials for inputs.
  const isTool = ownString(member, 'type')?.startsWith('pulumi:') === true;
  return ownValue(member, 'custom') === true && !isTool ? undefined : 'component';
};

/** A text says what is wrong. */
const readResource = (
  member: JsonValue,
  scopes: ReadonlyMap<string, Scope>,
  context: StateContext,
): FoundResource | string => {
  const token = ownString(member, 'type');
  const urn = parseUrn(ownString(member, 'urn'));
  if (token === undefined || urn === undefined) return 'type or urn is missing or not understood';
  const [inputs, outputs] = ['inputs', 'outputs'].map((name) => ownValue(member, name) ?? {});
  if (!isJsonObject(inputs) || !isJsonObject(outputs)) return 'inputs or outputs is not an object';
  if (isDeeperThan([inputs, outputs], MAX_ATTRIBUTE_DEPTH)) {
    return `inputs or outputs are nested deeper than ${MAX_ATTRIBUTE_DEPTH}`;
  }
  const properties = {
    ...plainProperties(outputs, context.secretHash),
    ...plainProperties(inputs, context.secretHash),
  };
  const parent = parseUrn(ownString(member, 'parent'));
  const configuration = ownString(member, 'provider') ?? token.split(':')[0] ?? '';
  const scope = scopes.get(configuration);
  const tables = context.formats ?? NO_FORMAT_TABLES;
  const place = {
    address: urn.address,
    configuration,
    ...(scope === undefined ? {} : { scope }),
    ...(parent === undefined || parent.type === 'pulumi:pulumi:Stack'
      ? {}
      : { module: parent.address }),
  };
  const object = kubernetesObject(properties, token);
  if (object !== undefined) {
    const served = servedKind(object.apiVersion, object.kind, tables.kubernetesKinds);
    const { namespace, secretHash } = { namespace: object.namespace, ...context };
    const cluster = context.cluster;
    return {
      ...kubernetesResource(properties, served, { namespace, cluster, secretHash }),
      ...place,
      ...(cluster === undefined ? {} : { scope: { account: cluster } }),
    };
  }
  const id = ownString(member, 'id');
  return {
    ...place,
    ...pulumiType(token, tables, context.resourceTypes),
    attributes: { ...snakeCaseKeys(properties), ...(id === undefined ? {} : { id }) },
    sensitivePaths: secretOutputs(member),
  };
};

/** `urn:pulumi:<stack>::<project>::<types>::<name>`; the address leaves the stack out, so that stacks compare. */
const parseUrn = (
  urn: string | undefined,
):
  | {
      readonly stack: string;
      readonly project: string;
      readonly type: string;
      readonly address: string;
    }
  | undefined => {
  const [, stack, project, types, name] =
    /^urn:pulumi:(.*?)::(.*?)::(.*?)::(.*)$/s.exec(urn ?? '') ?? [];
  if (stack === undefined || project === undefined || types === undefined || name === undefined) {
    return undefined;
  }
  return { stack, project, type: types.split('$').at(-1) ?? types, address: `${types}::${name}` };
};

/**
 * What only all resources tell: the lineage, which deployments lack, so that what publishes as one is the stack of the
 * project; and region and account of each provider resource, by `<urn>::<id>`, as resources refer to it.
 */
const surveyOf = (
  document: JsonDocument,
): { readonly lineage: string | undefined; readonly scopes: ReadonlyMap<string, Scope> } => {
  const scopes = new Map<string, Scope>();
  let lineage: string | undefined;
  for (const [, member] of members(document)) {
    const urn = lineage === undefined ? parseUrn(ownString(member, 'urn')) : undefined;
    if (urn !== undefined) {
      lineage = `pulumi:${urn.project}:${urn.stack}`.replaceAll('/', ':');
    }
    if (ownString(member, 'type')?.startsWith('pulumi:providers:') !== true) continue;
    const inputs = ownValue(member, 'inputs');
    const region = ownString(inputs, 'region');
    const account = ownString(inputs, 'project') ?? ownString(inputs, 'subscriptionId');
    scopes.set(`${ownString(member, 'urn') ?? ''}::${ownString(member, 'id') ?? ''}`, {
      ...(account === undefined ? {} : { account }),
      ...(region === undefined ? {} : { region }),
    });
  }
  return { lineage, scopes };
};

/** Milliseconds since the epoch at which the deployment was made, which grow as a serial does; 0 where not told. */
const serialOf = (deployment: JsonObject | undefined): number => {
  const time = Date.parse(
    ownString(ownValue(deployment, 'manifest'), 'time') ?? ownString(deployment, 'time') ?? '',
  );
  return time > 0 ? time : 0;
};

const warningsOf = (deployment: JsonObject | undefined): readonly string[] => {
  const pending = ownValue(deployment, 'pending_operations');
  const count = Array.isArray(pending) ? pending.length : 0;
  return count === 0
    ? []
    : [
        `${count} operations of the stack were cut off, so what they made is not known to it. Run \`pulumi refresh\`.`,
      ];
};

const secretOutputs = (member: JsonValue): readonly SecretPath[] => {
  const names = ownValue(member, 'additionalSecretOutputs');
  return (Array.isArray(names) ? (names as readonly JsonValue[]) : []).flatMap((name) =>
    typeof name === 'string' ? [[snakeCase(name)]] : [],
  );
};

/** What Pulumi's Kubernetes package holds: whole objects. */
const kubernetesObject = (properties: JsonObject, token: string) => {
  const apiVersion = ownString(properties, 'apiVersion');
  const kind = ownString(properties, 'kind');
  const metadata = ownValue(properties, 'metadata');
  if (!token.startsWith('kubernetes:') || apiVersion === undefined || kind === undefined) {
    return undefined;
  }
  if (ownString(metadata, 'name') === undefined) return undefined;
  return { apiVersion, kind, namespace: ownString(metadata, 'namespace') ?? 'default' };
};
