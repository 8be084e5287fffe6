import { parseYamlDocuments } from '../../../../src/codec/yaml-documents.ts';
import { readProviderTables } from '../../../../src/config/provider-tables.ts';
import type { StateContext } from '../../../../src/core/desired/desired-state.ts';
import type { StateFailure } from '../../../../src/core/desired/state-failure.ts';
import {
  createStateReader,
  type SourcedResult,
} from '../../../../src/core/desired/state-reader.ts';
import { held, type HeldState } from '../../../support/read-state.ts';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';

const tables = readProviderTables('config');

/** A file of this name: text or bytes, or a value whose JSON it holds. */
export type Files = Readonly<Record<string, string | Uint8Array | object>>;

const bytesOf = (content: Files[string]): Uint8Array => {
  if (content instanceof Uint8Array) return content;
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
};

/** Reads files together, with the shipped tables. */
export const readAll = (
  files: Files,
  change: Partial<StateContext> = {},
): readonly (SourcedResult & ReturnType<typeof held>)[] => {
  const reader = createStateReader(
    {
      environment: 'prod',
      publishedTime: 5,
      resourceTypes: tables.resourceTypes,
      formats: tables.formats,
      secretHash: (text) => `h${text.length}`,
      ...change,
    },
    parseYamlDocuments,
  );
  const read = Object.entries(files).flatMap(([source, content]) => [
    ...reader.read(source, bytesOf(content)),
  ]);
  return [...read, ...reader.end()].map(held);
};

/** The only state of the files. */
export const readOne = (
  files: Files,
  change?: Partial<StateContext>,
): HeldState & { readonly warnings: readonly string[]; readonly format: string } => {
  const results = readAll(files, change);
  const [result] = results;
  if (results.length !== 1 || result?.ok !== true) throw new Error(JSON.stringify(results));
  return { ...result.state, warnings: result.warnings, format: result.format };
};

export const resourceAt = (state: HeldState, address: string): DesiredResource => {
  const found = state.resources.find((resource) => resource.address === address);
  if (found === undefined) {
    throw new Error(`${address} is none of ${state.resources.map((each) => each.address).join()}`);
  }
  return found;
};

export const failuresOf = (files: Files, change?: Partial<StateContext>): readonly StateFailure[] =>
  readAll(files, change).flatMap((result) => (result.ok ? [] : [result.failure]));
