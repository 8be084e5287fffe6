import { parseYamlDocuments } from '../../src/codec/yaml-documents.ts';
import type {
  DesiredState,
  StateContext,
  StateResult,
} from '../../src/core/desired/desired-state.ts';
import { createStateReader } from '../../src/core/desired/state-reader.ts';
import type { DesiredResource } from '../../src/core/model/desired-resource.ts';

/** A state with its resources at hand. */
export interface HeldState extends DesiredState {
  readonly resources: readonly DesiredResource[];
}

type Refused = Extract<StateResult, { readonly ok: false }>;
type Read = Extract<StateResult, { readonly ok: true }> & { readonly state: HeldState };

export const held = <Result extends StateResult>(result: Result): Result & (Refused | Read) =>
  (result.ok
    ? { ...result, state: { ...result.state, resources: [...result.state.resources] } }
    : result) as Result & (Refused | Read);

/** Reads one file that is a state by itself. */
export const readState = (content: string | Uint8Array, context: StateContext): Refused | Read => {
  const reader = createStateReader(context, parseYamlDocuments);
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const [result] = reader.read(context.source, bytes);
  if (result === undefined) throw new Error(`${context.source} is no state by itself`);
  return held(result);
};
