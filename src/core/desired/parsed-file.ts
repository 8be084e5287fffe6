import type { JsonValue } from '../model/json.ts';
import { stateFailed, type StateProblem } from './desired-state.ts';
import { parseJsonText } from './json-text.ts';
import { decodeSourceText } from './source-text.ts';
import type { StateFailure, StateFailureReason } from './state-failure.ts';
import { UNREADABLE } from './terraform-state.ts';

/** A JSON text, or one document of a YAML text. */
export interface ParsedDocument {
  /** From 1. */
  readonly line: number;
  readonly value: JsonValue;
}

/** Parses all documents of a YAML text. A failure carries nothing of the text. */
export type ParseYaml = (text: string) =>
  | { readonly ok: true; readonly documents: readonly ParsedDocument[] }
  | {
      readonly ok: false;
      readonly failure: StateProblem & { readonly reason: StateFailureReason };
    };

export type ParsedFile =
  | { readonly ok: true; readonly isYaml: boolean; readonly documents: readonly ParsedDocument[] }
  | { readonly ok: false; readonly failure: StateFailure };

/** Parses a file whole: JSON where it begins as JSON does, otherwise YAML. */
export const parseFile = (
  source: string,
  content: Uint8Array,
  parseYaml: ParseYaml,
): ParsedFile => {
  const text = decodeSourceText(content);
  if (text === undefined) {
    return stateFailed(source, {
      reason: 'not_text',
      message:
        'It is neither UTF-8 nor UTF-16 text. A binary plan: print it with `terraform show -json`.',
    });
  }
  const first = text.trimStart()[0];
  if (first === undefined) {
    return stateFailed(source, { reason: 'empty', message: UNREADABLE.empty });
  }
  // `{{` begins a template, not JSON.
  if ((first === '{' || first === '[') && !text.trimStart().startsWith('{{')) {
    const parsed = parseJsonText(text);
    if (parsed.ok)
      return { ok: true, isYaml: false, documents: [{ line: 1, value: parsed.value }] };
    const { reason, position } = parsed.failure;
    return stateFailed(source, {
      reason,
      message: UNREADABLE[reason],
      ...(position === undefined ? {} : { position }),
    });
  }
  const parsed = parseYaml(text);
  if (!parsed.ok) {
    const isTemplate = /\{\{-?\s/.test(text);
    return stateFailed(source, {
      ...parsed.failure,
      message: isTemplate
        ? `${parsed.failure.message} It holds {{ }}: publish what \`helm template\` prints.`
        : parsed.failure.message,
    });
  }
  if (parsed.documents.length === 0) {
    return stateFailed(source, {
      reason: 'empty',
      message: 'The file has no content but comments.',
    });
  }
  return { ok: true, isYaml: true, documents: parsed.documents };
};
