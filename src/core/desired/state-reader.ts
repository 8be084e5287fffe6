import { isJsonObject, ownString, ownValue, type JsonValue } from '../model/json.ts';
import { isStackListing, stackListings, type StackListing } from './cloudformation-stack.ts';
import { isTemplate, readStacks, readTemplate, type Template } from './cloudformation-template.ts';
import { stateFailed, type StateContext, type StateResult } from './desired-state.ts';
import {
  isManifest,
  manifestObjects,
  readManifests,
  type ManifestObject,
} from './kubernetes-manifests.ts';
import { parseFile, type ParsedDocument, type ParseYaml } from './parsed-file.ts';
import { readPulumiStack } from './pulumi-stack.ts';
import { readTerraformShow } from './terraform-show.ts';
import { readTerraformStateValue } from './terraform-state.ts';

export type SourcedResult = StateResult & { readonly source: string };

export interface StateReader {
  /** What a file gives by itself. A manifest, template or listing is kept: it may need the other files. */
  read(source: string, content: Uint8Array): readonly SourcedResult[];
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

  const readAlone = (source: string, { value }: ParsedDocument, isYaml: boolean): StateResult => {
    const own = { ...context, source };
    if (isJsonObject(value)) {
      if (Object.hasOwn(value, 'format_version') || Object.hasOwn(value, 'planned_values')) {
        return readTerraformShow(value, own);
      }
      if (isPulumi(value)) return readPulumiStack(value, own);
    }
    return isYaml
      ? stateFailed(source, { reason: 'not_a_state', message: NO_FORMAT })
      : readTerraformStateValue(value, own);
  };

  const keepDocument = (source: string, { value }: ParsedDocument) => {
    if (isStackListing(value)) {
      const read = stackListings(source, value);
      if ('message' in read) return read;
      listings.push(...read);
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
    isStackListing(value) || templateBody(value, parseYaml) !== undefined;

  return {
    read: (source, content) => {
      const parsed = parseFile(source, content, parseYaml);
      if (!parsed.ok) return [{ source, ...parsed }];
      const { documents } = parsed;
      const [first] = documents;
      if (first === undefined) return [];
      if (documents.some(({ value }) => isManifest(value))) {
        const read = manifestObjects(source, documents);
        if ('message' in read) return [{ source, ...stateFailed(source, read) }];
        objects.push(...read);
        return [];
      }
      if (documents.every(isStackDocument)) {
        const problem = documents.map((document) => keepDocument(source, document)).find(Boolean);
        return problem === undefined ? [] : [{ source, ...stateFailed(source, problem) }];
      }
      return documents.length === 1
        ? [{ source, ...readAlone(source, first, parsed.isYaml) }]
        : [{ source, ...stateFailed(source, { reason: 'not_a_state', message: NO_FORMAT }) }];
    },
    end: () => {
      const source = objects[0]?.source ?? '';
      return [
        ...readStacks(templates, listings, { ...context, source: '' }),
        ...(objects.length === 0
          ? []
          : [{ source, ...readManifests(objects, { ...context, source }) }]),
      ];
    },
  };
};

const NO_FORMAT =
  'It is none of the formats that are read: Terraform state, `terraform show -json`, Pulumi export, CloudFormation template or stack resources, Kubernetes manifest.';

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
