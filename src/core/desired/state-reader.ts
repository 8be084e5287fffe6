import { isJsonObject, ownString, ownValue, type JsonValue } from '../model/json.ts';
import {
  isParameters,
  stackParameters,
  type StackParameters,
} from './cloudformation-parameters.ts';
import { isStackListing, stackListings, type StackListing } from './cloudformation-stack.ts';
import { isTemplate, readStacks, readTemplate, type Template } from './cloudformation-template.ts';
import { stateFailed, type StateContext, type StateResult } from './desired-state.ts';
import {
  isManifest,
  manifestObjects,
  readManifests,
  type ManifestObject,
} from './kubernetes-manifests.ts';
import type { JsonDocument } from './json-document.ts';
import { parseFile, type ParsedDocument, type ParseYaml } from './parsed-file.ts';
import { readPulumiStack } from './pulumi-stack.ts';
import type { SourceContent } from '../model/source-content.ts';
import { readTerraformShow } from './terraform-show.ts';
import { readTerraformState } from './terraform-state.ts';

export type SourcedResult = StateResult & { readonly source: string };

export interface StateReader {
  /** What a file gives by itself. A manifest, template or listing is kept: it may need the other files. */
  read(source: string, content: SourceContent): readonly SourcedResult[];
  /** What the files that were kept give together. To be called once, after the last file. */
  end(): readonly SourcedResult[];
}

/** Reads files of any format, told by their content. */
export const createStateReader = (
  context: Omit<StateContext, 'source'>,
  parseYaml: ParseYaml,
): StateReader => {
  const objects: ManifestObject[] = [];
  const templates: Template[] = [];
  const listings: StackListing[] = [];
  const parameters: StackParameters[] = [];

  const readAlone = (source: string, document: JsonDocument): StateResult => {
    const own = { ...context, source };
    const { head } = document;
    if (
      ownValue(head, 'format_version') !== undefined ||
      ownValue(head, 'planned_values') !== undefined
    ) {
      return readTerraformShow(document, own);
    }
    return isPulumi(head) ? readPulumiStack(document, own) : readTerraformState(document, own);
  };

  const keepDocument = (source: string, { value }: ParsedDocument) => {
    if (isStackListing(value)) {
      const read = stackListings(source, value);
      if ('message' in read) return read;
      listings.push(...read);
    }
    if (isParameters(value)) {
      const read = stackParameters(source, value);
      if ('message' in read) return read;
      parameters.push(...read);
    }
    const body = templateBody(value, parseYaml);
    if (body !== undefined) {
      const read = readTemplate(source, body);
      if ('message' in read) return read;
      templates.push(read);
    }
    return undefined;
  };

  const isStackDocument = ({ value }: ParsedDocument): boolean =>
    isStackListing(value) || isParameters(value) || templateBody(value, parseYaml) !== undefined;

  /** Undefined where the documents are of no format that needs other files too. */
  const keepAll = (
    source: string,
    documents: readonly ParsedDocument[],
  ): readonly SourcedResult[] | undefined => {
    if (documents.some(({ value }) => isManifest(value))) {
      const read = manifestObjects(source, documents);
      if ('message' in read) return [{ source, ...stateFailed(source, read) }];
      objects.push(...read);
      return [];
    }
    if (!documents.every(isStackDocument)) return undefined;
    const problem = documents.map((document) => keepDocument(source, document)).find(Boolean);
    return problem === undefined ? [] : [{ source, ...stateFailed(source, problem) }];
  };

  return {
    read: (source, content) => {
      const parsed = parseFile(source, content, parseYaml);
      if (!parsed.ok) return [{ source, ...parsed }];
      if (parsed.format === 'yaml') {
        return (
          keepAll(source, parsed.documents) ?? [
            { source, ...stateFailed(source, { reason: 'not_a_state', message: NO_FORMAT }) },
          ]
        );
      }
      const { document } = parsed;
      const { head } = document;
      if (Array.isArray(head) || isManifest(head) || isStackDocument({ line: 1, value: head })) {
        const value = document.whole();
        if (value === undefined) {
          return [{ source, ...stateFailed(source, { reason: 'too_large', message: TOO_LARGE }) }];
        }
        const kept = keepAll(source, [{ line: 1, value }]);
        if (kept !== undefined) return kept;
      }
      return [{ source, ...readAlone(source, document) }];
    },
    end: () => {
      const source = objects[0]?.source ?? '';
      return [
        ...readStacks(templates, listings, parameters, { ...context, source: '' }),
        ...(objects.length === 0
          ? []
          : [{ source, ...readManifests(objects, { ...context, source }) }]),
      ];
    },
  };
};

const NO_FORMAT =
  'It is none of the formats that are read: Terraform state, `terraform show -json`, Pulumi export, CloudFormation template or stack resources, Kubernetes manifest.';

const TOO_LARGE = 'Manifests, templates and listings are read up to 256 MiB a file: split it.';

const isPulumi = (value: JsonValue): boolean =>
  isJsonObject(ownValue(value, 'deployment')) ||
  isJsonObject(ownValue(value, 'checkpoint')) ||
  (isJsonObject(ownValue(value, 'latest')) && ownString(value, 'target') !== undefined);

/** A template, or that in what `aws cloudformation get-template` prints: an object, or a text of either form. */
const templateBody = (value: JsonValue, parseYaml: ParseYaml): JsonValue | undefined => {
  if (isTemplate(value)) return value;
  const body = ownValue(value, 'TemplateBody');
  if (body === undefined) return undefined;
  if (typeof body !== 'string') return isTemplate(body) ? body : undefined;
  const parsed = parseYaml(body);
  const inner = parsed.ok ? parsed.documents[0]?.value : undefined;
  return inner !== undefined && isTemplate(inner) ? inner : undefined;
};
