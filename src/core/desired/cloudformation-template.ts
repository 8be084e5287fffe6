import { NO_FORMAT_TABLES, type CloudFormationTypeRow } from '../model/format-tables.ts';
import { typedIdentity } from '../model/identity.ts';
import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../model/json.ts';
import { compileTemplate, expandTemplate } from '../model/path-template.ts';
import { cloudFormationAttributes } from './cloudformation-attributes.ts';
import {
  parameterDeclarations,
  parameterValue,
  type ParameterDeclaration,
  type StackParameters,
} from './cloudformation-parameters.ts';
import { scopeOfStack, type ListedResource, type StackListing } from './cloudformation-stack.ts';
import { cloudFormationType } from './cloudformation-types.ts';
import { resolveProperties, type References } from './cloudformation-values.ts';
import {
  stateFailed,
  type StateContext,
  type StateProblem,
  type StateResult,
} from './desired-state.ts';
import { toDesiredState, type FoundEntry, type FoundResource } from './found-resource.ts';
import { isDeeperThan, MAX_ATTRIBUTE_DEPTH } from './redact.ts';

export interface Template {
  readonly source: string;
  /** By logical id: type and properties, functions not worked out. */
  readonly resources: ReadonlyMap<string, TemplateResource>;
  /** `Fn::ForEach` loops, which make resources when deployed. */
  readonly loops: number;
  readonly conditions: JsonObject;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
}

interface TemplateResource {
  readonly type: string;
  readonly properties: JsonObject;
}

/** Whether a document is a template: it names its version, or its `Resources` have types as CloudFormation's are. */
export const isTemplate = (value: JsonValue): boolean => {
  const resources = ownValue(value, 'Resources');
  if (!isJsonObject(resources)) return false;
  return (
    Object.hasOwn(value as JsonObject, 'AWSTemplateFormatVersion') ||
    Object.values(resources).some((resource) => ownString(resource, 'Type')?.includes('::'))
  );
};

export const readTemplate = (source: string, value: JsonValue): Template | StateProblem => {
  const declared = ownValue(value, 'Resources');
  const resources = new Map<string, TemplateResource>();
  let loops = 0;
  for (const [logicalId, resource] of Object.entries(
    isJsonObject(declared ?? null) ? (declared as JsonObject) : {},
  )) {
    if (logicalId.startsWith('Fn::')) {
      loops += 1;
      continue;
    }
    const type = ownString(resource, 'Type');
    const properties = ownValue(resource, 'Properties') ?? {};
    const position = `Resources.${logicalId}`;
    if (type === undefined) return { position, message: NO_TYPE };
    if (!isJsonObject(properties)) return { position, message: 'Properties is not an object' };
    if (isDeeperThan(properties, MAX_ATTRIBUTE_DEPTH)) {
      return { position, message: `Properties are nested deeper than ${MAX_ATTRIBUTE_DEPTH}` };
    }
    resources.set(logicalId, { type, properties });
  }
  const conditions = ownValue(value, 'Conditions');
  return {
    source,
    resources,
    loops,
    conditions: isJsonObject(conditions) ? conditions : {},
    parameters: parameterDeclarations(value),
  };
};

/**
 * Joins templates with the listings of the stacks that were made from them: each stack is a state. A template without
 * a listing is read too, but its resources have identities only where their properties name them.
 */
export const readStacks = (
  templates: readonly Template[],
  listings: readonly StackListing[],
  parameters: readonly StackParameters[],
  context: StateContext,
): readonly (StateResult & { readonly source: string })[] => {
  const used = new Set<Template>();
  const files = parameters.filter(({ stackName }) => stackName === undefined);
  const [file] = files;
  if (file !== undefined && (files.length > 1 || Math.max(templates.length, listings.length) > 1)) {
    return [
      {
        source: file.source,
        ...stateFailed(file.source, {
          reason: 'ambiguous',
          message:
            'A parameter file names no stack: read each stack with its own, or give what `aws cloudformation describe-stacks` prints.',
        }),
      },
    ];
  }
  const stacks = listings.map((listing) => {
    const chosen = templateOf(listing, templates);
    if (chosen === 'ambiguous') {
      return {
        source: listing.source,
        ...stateFailed(listing.source, {
          reason: 'ambiguous',
          message:
            'Its resources fit several of the templates alike. Read each stack with its own template.',
        }),
      };
    }
    if (chosen !== undefined) used.add(chosen);
    return { source: listing.source, ...readStack(chosen, listing, parameters, context) };
  });
  const alone = templates
    .filter((template) => !used.has(template))
    .map((template) => ({
      source: template.source,
      ...readStack(template, undefined, parameters, { ...context, source: template.source }),
    }));
  return [...stacks, ...alone];
};

/** The template that has most of the stack's resources, by logical id and type. */
const templateOf = (
  listing: StackListing,
  templates: readonly Template[],
): Template | 'ambiguous' | undefined => {
  const scored = templates
    .map((template) => ({
      template,
      shared: listing.resources.filter(
        ({ logicalId, type }) => template.resources.get(logicalId)?.type === type,
      ).length,
    }))
    .filter(({ shared }) => shared > 0)
    .sort((a, b) => b.shared - a.shared);
  const [best, next] = scored;
  return best !== undefined && best.shared === next?.shared ? 'ambiguous' : best?.template;
};

const readStack = (
  template: Template | undefined,
  listing: StackListing | undefined,
  parameters: readonly StackParameters[],
  context: StateContext,
): StateResult => {
  const source = template?.source ?? listing?.source ?? context.source;
  const name = listing?.stackName ?? context.stack;
  const scope = listing === undefined ? {} : scopeOfStack(listing);
  const physical = new Map(listing?.resources.map((each) => [each.logicalId, each]));
  const told = parameters.find(({ stackName }) => stackName === undefined || stackName === name);
  const references = referencesOf(template, listing, told, name);
  const types = (context.formats ?? NO_FORMAT_TABLES).cloudFormation;
  const entries: FoundEntry[] = [];
  for (const entry of entriesOf(template, listing)) {
    const listed = physical.get(entry.logicalId);
    if (isNothing(entry.type)) {
      entries.push({ skipped: 'component' });
      continue;
    }
    // A condition is false, or it was never made.
    if (listing !== undefined && listed?.physicalId === undefined) {
      entries.push({ skipped: 'absent' });
      continue;
    }
    // A transform makes another type of it: AWS::Serverless::Function is a function of Lambda.
    const row = cloudFormationType(listed?.type ?? entry.type, types);
    const attributes = cloudFormationAttributes(
      listed?.expected ?? resolveProperties(entry.properties, references),
      listed?.physicalId,
      row,
    );
    const found: FoundResource = {
      address: `${name ?? stem(source)}.${entry.logicalId}`,
      position: `Resources.${entry.logicalId}`,
      type: row.type,
      provider:
        entry.type.startsWith('AWS::') || entry.type.startsWith('Alexa::')
          ? 'aws'
          : 'cloudformation',
      configuration: 'cloudformation',
      attributes,
      sensitivePaths: [],
      identities: listedIdentities(row, attributes),
      scope,
      source,
    };
    entries.push({ found });
  }
  return toDesiredState(
    {
      format: 'cloudformation',
      lineage: lineageOf(listing, name),
      serial: 0,
      entries: () => entries,
      warnings: warningsOf(template, listing),
    },
    { ...context, source },
  );
};

const MAX_IDENTITIES = 200;

/** Of a resource that is several things at its provider: a policy within each role, user and group that it names. */
const listedIdentities = (
  { identities = {} }: CloudFormationTypeRow,
  attributes: JsonObject,
): readonly string[] =>
  Object.entries(identities).flatMap(([type, template]) =>
    expandTemplate(compileTemplate(template), attributes, MAX_IDENTITIES).map(({ text }) =>
      typedIdentity(type, text),
    ),
  );

interface Entry extends TemplateResource {
  readonly logicalId: string;
}

/** What the template declares, then what only the stack has: the resources that a transform made. */
const entriesOf = (
  template: Template | undefined,
  listing: StackListing | undefined,
): readonly Entry[] => [
  ...Array.from(template?.resources ?? [], ([logicalId, resource]) => ({ logicalId, ...resource })),
  ...(listing?.resources ?? [])
    .filter(({ logicalId }) => template?.resources.has(logicalId) !== true)
    .map(({ logicalId, type }) => ({ logicalId, type, properties: {} })),
];

/** Types that make nothing in an account, or something that only their own code knows. */
const isNothing = (type: string): boolean =>
  /^Custom::|^AWS::CloudFormation::(WaitCondition|WaitConditionHandle|CustomResource)$|^AWS::CDK::/.test(
    type,
  );

const referencesOf = (
  template: Template | undefined,
  listing: StackListing | undefined,
  parameters: StackParameters | undefined,
  name: string | undefined,
): References => {
  const references = new Map<string, JsonValue>();
  for (const [key, value] of parameters?.values ?? []) {
    const declaration = template?.parameters.get(key);
    const isDescribed = parameters?.stackName !== undefined;
    const given =
      declaration === undefined ? undefined : parameterValue(declaration, value, isDescribed);
    if (given !== undefined) references.set(key, given);
  }
  const arn = listing?.stackId?.split(':') ?? [];
  const pseudo = [
    ['AWS::StackId', listing?.stackId],
    ['AWS::StackName', name],
    ['AWS::Partition', arn[1]],
    ['AWS::Region', arn[3]],
    ['AWS::AccountId', arn[4]],
  ] as const;
  for (const [key, value] of pseudo) if (value !== undefined) references.set(key, value);
  for (const { logicalId, physicalId } of listing?.resources ?? ([] as readonly ListedResource[])) {
    if (physicalId !== undefined) references.set(logicalId, physicalId);
  }
  return { values: references, conditions: template?.conditions ?? {} };
};

const lineageOf = (
  listing: StackListing | undefined,
  name: string | undefined,
): string | undefined => {
  if (name === undefined) return undefined;
  const { account, region } = listing === undefined ? {} : scopeOfStack(listing);
  return ['cloudformation', account, region, name].filter((part) => part !== undefined).join(':');
};

/** The file's name without folder and ending. */
const stem = (source: string): string =>
  (source.split(/[/\\]/).at(-1) ?? source).replace(/\.(json|ya?ml|template|txt)$/i, '');

const warningsOf = (
  template: Template | undefined,
  listing: StackListing | undefined,
): readonly string[] => [
  ...(listing === undefined
    ? [
        'A template alone has no physical ids, so its resources are found only where properties name them. Give the stack too: `aws cloudformation describe-stack-resources --stack-name <stack> > stack.json`, and read both files.',
      ]
    : []),
  ...(template === undefined
    ? [
        'No template that was read fits the stack: its resources are found, their attributes are unknown.',
      ]
    : []),
  ...(listing === undefined && (template?.loops ?? 0) > 0
    ? ['Resources that Fn::ForEach makes are left out: the stack has them.']
    : []),
];

const NO_TYPE =
  'Type is missing or no text. Input of a tool such as Rain: publish what `aws cloudformation get-template` prints';
