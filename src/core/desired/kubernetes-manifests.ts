import { NO_FORMAT_TABLES } from '../model/format-tables.ts';
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
import { groupOf, kindKey, servedKind, type KubernetesKinds } from '../model/kubernetes-kinds.ts';
import { kubernetesResource } from './kubernetes-object.ts';
import type { ParsedDocument } from './parsed-file.ts';

/** One object of a manifest, with where it stands. */
export interface ManifestObject {
  readonly source: string;
  /** Such as `document 2 (line 14)` or `items[3]`. */
  readonly position: string;
  readonly object: JsonObject;
}

/** Whether a document is an object as Kubernetes has them, or a list of them. */
export const isManifest = (value: JsonValue): boolean =>
  ownString(value, 'apiVersion') !== undefined && ownString(value, 'kind') !== undefined;

/** The objects of a file, kinds that end in `List` as their items. A text says what is wrong. */
export const manifestObjects = (
  source: string,
  documents: readonly ParsedDocument[],
): readonly ManifestObject[] | StateProblem => {
  const objects: ManifestObject[] = [];
  for (const [index, { value, line }] of documents.entries()) {
    const position = `document ${index + 1} (line ${line})`;
    const problem = collect(value, source, position, objects);
    if (problem !== undefined) return problem;
  }
  return objects;
};

const collect = (
  value: JsonValue,
  source: string,
  position: string,
  objects: ManifestObject[],
): StateProblem | undefined => {
  const apiVersion = ownString(value, 'apiVersion');
  const kind = ownString(value, 'kind');
  if (!isJsonObject(value) || apiVersion === undefined || kind === undefined) {
    return { position, message: 'apiVersion or kind is missing, so it is no Kubernetes object' };
  }
  const tool = TOOL_GROUPS.find(([group]) => apiVersion.startsWith(`${group}/`));
  if (tool !== undefined) return { reason: 'not_a_state', position, message: tool[1] };
  const items = ownValue(value, 'items');
  if (kind.endsWith('List') && Array.isArray(items)) {
    for (const [index, item] of (items as readonly JsonValue[]).entries()) {
      const problem = collect(item, source, `${position}, items[${index}]`, objects);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  const metadata = ownValue(value, 'metadata');
  const named = [ownString(metadata, 'name'), ownString(metadata, 'generateName')];
  if (named.every((name) => name === undefined)) {
    return { position, message: 'metadata.name is missing, so it is no object of a cluster' };
  }
  if (named.some((name) => name !== undefined && /[\s/%{}$]/.test(name))) {
    return {
      position,
      message:
        'metadata.name is no name but part of a template. Publish what `helm template` or `kustomize build` prints',
    };
  }
  const namespace = ownValue(metadata, 'namespace');
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string') {
    return { position, message: 'metadata.namespace is no text' };
  }
  objects.push({ source, position, object: value });
  return undefined;
};

/** Files of tools, which name objects and are none. */
const TOOL_GROUPS: readonly (readonly [string, string])[] = [
  [
    'kustomize.config.k8s.io',
    'It is input of Kustomize, not a manifest. Publish what `kustomize build` prints.',
  ],
];

/**
 * Reads the objects of manifests, of several files as one: as written, as `kustomize build` or `helm template` render
 * them, or as `kubectl get -o yaml` prints them. Definitions among them teach plurals and scope of their kinds.
 */
export const readManifests = (
  objects: readonly ManifestObject[],
  context: StateContext,
): StateResult => {
  const kinds = taughtKinds(objects, (context.formats ?? NO_FORMAT_TABLES).kubernetesKinds);
  const entries: FoundEntry[] = [];
  const guessed = new Set<string>();
  const seen = new Map<string, ManifestObject>();
  for (const entry of objects) {
    const metadata = ownValue(entry.object, 'metadata');
    const name = ownString(metadata, 'name');
    if (isHook(metadata)) {
      entries.push({ skipped: 'hook' });
      continue;
    }
    if (name === undefined) {
      entries.push({ skipped: 'absent' });
      continue;
    }
    const served = servedKind(
      ownString(entry.object, 'apiVersion') ?? '',
      ownString(entry.object, 'kind') ?? '',
      kinds,
    );
    if (!served.known) guessed.add(kindKey(served.kind, served.group));
    const namespace = ownString(metadata, 'namespace') ?? context.namespace ?? 'default';
    const place = { namespace, cluster: context.cluster, secretHash: context.secretHash };
    const address = [
      kindKey(served.plural, served.group),
      ...(served.cluster ? [] : [namespace]),
      name,
    ].join('/');
    const twin = seen.get(address);
    if (twin !== undefined) {
      return stateFailed(entry.source, {
        position: entry.position,
        message: `the same object occurs in ${twin.source}, ${twin.position}. Publish rendered manifests, one version of each object`,
      });
    }
    seen.set(address, entry);
    const found: FoundResource = {
      ...kubernetesResource(entry.object, served, place),
      address,
      position: entry.position,
      source: entry.source,
      configuration: 'kubernetes',
    };
    entries.push({ found });
  }
  return toDesiredState(
    {
      format: 'kubernetes',
      lineage:
        context.unit === undefined
          ? undefined
          : `kubernetes:${context.cluster ?? '-'}:${context.unit}`,
      serial: 0,
      entries: () => entries,
      warnings: warningsOf(guessed, context.cluster),
    },
    // Several files: what publishes as one is named above or not at all.
    withoutUnit(context),
  );
};

const withoutUnit = ({ unit: _unit, ...context }: StateContext): StateContext => context;

const warningsOf = (
  guessed: ReadonlySet<string>,
  cluster: string | undefined,
): readonly string[] => [
  ...(cluster === undefined
    ? [
        'No cluster is named, so objects of the same name in any cluster are taken for these. Give --cluster.',
      ]
    : []),
  ...(guessed.size === 0
    ? []
    : [
        `Of ${guessed.size} kinds, such as ${[...guessed][0] ?? ''}, neither table nor input has the definition: taken as namespaced, plural by rule. Add their CustomResourceDefinitions.`,
      ]),
];

/** Hooks and tests of Helm and of Argo CD run and go: nothing of them should exist. */
const isHook = (metadata: JsonValue | undefined): boolean => {
  const annotations = ownValue(metadata, 'annotations');
  return ['helm.sh/hook', 'argocd.argoproj.io/hook'].some(
    (name) => ownString(annotations, name) !== undefined,
  );
};

const taughtKinds = (
  objects: readonly ManifestObject[],
  kinds: KubernetesKinds,
): KubernetesKinds => {
  const taught = objects.flatMap(({ object }) => {
    const isDefinition =
      ownString(object, 'kind') === 'CustomResourceDefinition' &&
      groupOf(ownString(object, 'apiVersion') ?? '') === 'apiextensions.k8s.io';
    const spec = ownValue(object, 'spec');
    const group = ownString(spec, 'group');
    const kind = ownString(ownValue(spec, 'names'), 'kind');
    const plural = ownString(ownValue(spec, 'names'), 'plural');
    if (!isDefinition || group === undefined || kind === undefined || plural === undefined) {
      return [];
    }
    return [[kindKey(kind, group), { plural, cluster: ownValue(spec, 'scope') === 'Cluster' }]];
  });
  return taught.length === 0
    ? kinds
    : { ...kinds, ...(Object.fromEntries(taught) as KubernetesKinds) };
};
