import { hash } from 'node:crypto';
import { withPeerIdentity } from '../core/desired/peer-identity.ts';
import {
  contentText,
  type HeldResource,
  type PublishedState,
} from '../core/desired/publish-plan.ts';
import type { DesiredResource } from '../core/model/desired-resource.ts';
import type { ReadState } from './read-desired-states.ts';

/** A state with what a publish compares; its resources have their peer identities. */
export interface PreparedState {
  readonly source: string;
  readonly state: PublishedState;
}

/** 27 characters that stand for the content of a resource. */
const digestOf = (resource: DesiredResource): string =>
  hash('sha1', contentText(resource), 'base64url');

/** Resources between two looks at what else the process has to do. */
const SLICE = 500;

/** Goes through all resources of states. Of those no more is held than keys and digests. */
export const prepareStates = async (
  states: readonly ReadState[],
  signal: AbortSignal,
): Promise<readonly PreparedState[]> => {
  const prepared: PreparedState[] = [];
  for (const { source, state } of states) {
    const resources: Iterable<DesiredResource> = {
      [Symbol.iterator]: () => withPeers(state.resources),
    };
    const contents = new Map<string, string>();
    for (const resource of resources) {
      contents.set(resource.key, digestOf(resource));
      if (contents.size % SLICE !== 0) continue;
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
    prepared.push({ source, state: { ...state, resources, contents } });
  }
  return prepared;
};

function* withPeers(resources: Iterable<DesiredResource>): Generator<DesiredResource> {
  for (const resource of resources) yield withPeerIdentity(resource);
}

/** What a scope names beside its environment. */
export const lineageOf = (scope: string): string => scope.slice(scope.indexOf('/') + 1);

/** A state that code owns nothing of any more, newer than any: to publish it withdraws its scope. */
export const stateWithoutResources = (scope: string): PublishedState => ({
  scope,
  lineage: lineageOf(scope),
  serial: Number.MAX_SAFE_INTEGER,
  resources: [],
  contents: new Map(),
});

/** What to hold of a resource of the topic. */
export type KeepHeld = (resource: DesiredResource) => HeldResource | undefined;

/**
 * Keeps what publishing into an environment compares with, and what other environments have of the same lineages.
 * @param scopes those that are published, of whose resources no identity is needed. Default: not known yet.
 */
export const keptForPublish = (
  environment: string,
  scopes: ReadonlySet<string> = new Set(),
): KeepHeld => {
  /** Each text once, not once for each resource that was decoded. */
  const known = new Map<string, string>();
  const lineages = new Set([...scopes].map(lineageOf));
  return (resource) => {
    if (resource.environment !== environment) {
      const { scope, serial = -1, identities } = resource;
      return lineages.has(lineageOf(scope))
        ? { scope, serial, content: '', identities }
        : undefined;
    }
    const scope = known.get(resource.scope) ?? resource.scope;
    known.set(scope, scope);
    return {
      scope,
      serial: resource.serial ?? -1,
      content: digestOf(resource),
      ...(scopes.has(scope) ? {} : { identities: resource.identities }),
    };
  };
};

/** The same, and resources that the states lack or change as they are, so that the difference can be told. */
export const keptForDiff = (environment: string, states: readonly PreparedState[]): KeepHeld => {
  const keep = keptForPublish(environment, scopesOf(states));
  const contents = new Map(states.map(({ state }) => [state.scope, state.contents]));
  return (resource) => {
    const held = keep(resource);
    const state = held === undefined ? undefined : contents.get(held.scope);
    return held === undefined || state === undefined || state.get(resource.key) === held.content
      ? held
      : { ...held, resource };
  };
};

export const scopesOf = (states: readonly PreparedState[]): ReadonlySet<string> =>
  new Set(states.map(({ state }) => state.scope));
