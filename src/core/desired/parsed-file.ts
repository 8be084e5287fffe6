import type { JsonValue } from '../model/json.ts';
import { stateFailed, type StateProblem } from './desired-state.ts';
import { readJsonDocument, type JsonDocument } from './json-document.ts';
import type { JsonFault } from './json-scanner.ts';
import { chunked, wholeBytes, type SourceContent } from '../model/source-content.ts';
import { decodeSourceText, isUtf8 } from './source-text.ts';
import type { StateFailure, StateFailureReason } from './state-failure.ts';

/** One document of a file. */
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
  | { readonly ok: true; readonly format: 'json'; readonly document: JsonDocument }
  | { readonly ok: true; readonly format: 'yaml'; readonly documents: readonly ParsedDocument[] }
  | { readonly ok: false; readonly failure: StateFailure };

/** Longest text that is decoded in one, in bytes. JSON in UTF-8 may be longer. */
const MAX_TEXT = 256 * 1024 * 1024;

const AGAIN = 'Write the state again, such as with `terraform state pull`.';

/** What to do about a file that is no JSON. */
const UNREADABLE: Readonly<Record<JsonFault['reason'] | 'empty', string>> = {
  empty: `The file is empty. ${AGAIN}`,
  truncated: `The file ends within the JSON. ${AGAIN}`,
  not_json: 'The file is not JSON. A state is what `terraform state pull` prints.',
  not_text: 'A text in it is not UTF-8.',
  too_large: 'It holds a value that is too large to be read.',
  member_twice: 'A member of an object stands there twice.',
};

/** Parses a file: JSON where it begins as JSON does, otherwise YAML. */
export const parseFile = (
  source: string,
  content: SourceContent,
  parseYaml: ParseYaml,
): ParsedFile => {
  if (isUtf8(content) && beginsAsJson(content)) return parseJson(source, content);
  if (chunked(content).size > MAX_TEXT) {
    return stateFailed(source, {
      reason: 'too_large',
      message: `Other than JSON in UTF-8 it is read up to ${MAX_TEXT} bytes.`,
    });
  }
  const text = decodeSourceText(wholeBytes(content));
  if (text === undefined) {
    return stateFailed(source, {
      reason: 'not_text',
      message:
        'It is neither UTF-8 nor UTF-16 text. A binary plan: print it with `terraform show -json`.',
    });
  }
  const trimmed = text.trimStart();
  if (trimmed === '') {
    return stateFailed(source, { reason: 'empty', message: UNREADABLE.empty });
  }
  if (JSON_BEGIN.test(trimmed)) return parseJson(source, new TextEncoder().encode(text));
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
  return { ok: true, format: 'yaml', documents: parsed.documents };
};

/** `{{` begins a template, not JSON. */
const JSON_BEGIN = /^(?:\{(?!\{)|\[)/;

const beginsAsJson = (content: SourceContent): boolean => {
  for (const chunk of chunked(content).chunks()) {
    const head = new TextDecoder().decode(chunk.subarray(0, 4_096)).trimStart();
    if (head !== '') return JSON_BEGIN.test(head);
  }
  return false;
};

const parseJson = (source: string, content: SourceContent): ParsedFile => {
  const read = readJsonDocument(content);
  if (read.ok) return { ok: true, format: 'json', document: read.document };
  const { reason, position } = read;
  return stateFailed(source, {
    reason: reason === 'member_twice' ? 'not_json' : reason,
    message: UNREADABLE[reason],
    position,
  });
};
