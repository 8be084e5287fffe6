import type { StatedResource } from '../model/audit-event.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { groupName, objectIdentity, type ObjectReference } from '../model/object-reference.ts';

/** Parameters of a call's URL that tell what it does; others, such as `timeout`, do not. */
const PARAMETERS = [
  'dryRun',
  'fieldManager',
  'fieldSelector',
  'force',
  'labelSelector',
  'propagationPolicy',
] as const;

type Parameter = (typeof PARAMETERS)[number];

export type QueryParameters = Readonly<Partial<Record<Parameter, string>>>;

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // A broken escape is the caller's own: the text stands as it is.
    return text;
  }
};

/** The parameters of a request URI that matter here; each the first of its name. */
export const queryParameters = (uri: string | undefined): QueryParameters => {
  const mark = uri?.indexOf('?') ?? -1;
  if (uri === undefined || mark === -1) return {};
  const found: Partial<Record<Parameter, string>> = {};
  for (const pair of uri.slice(mark + 1).split('&')) {
    const equals = pair.indexOf('=');
    const name = decoded(equals === -1 ? pair : pair.slice(0, equals));
    const known = PARAMETERS.find((parameter) => parameter === name);
    if (known === undefined || found[known] !== undefined) continue;
    found[known] = equals === -1 ? '' : decoded(pair.slice(equals + 1));
  }
  return found;
};

/**
 * The parameters of a call as one value: which object, the parameters of the URL, the body. Its members are named as
 * the Kubernetes audit event names them, from whatever carrier it comes.
 */
export const requestValue = (
  reference: ObjectReference | undefined,
  uri: string | undefined,
  body: JsonValue | undefined,
): JsonObject => {
  const objectRef =
    reference === undefined
      ? undefined
      : {
          apiGroup: reference.group,
          resource: reference.resource,
          ...(reference.subresource === undefined ? {} : { subresource: reference.subresource }),
          ...(reference.namespace === undefined ? {} : { namespace: reference.namespace }),
          ...(reference.name === undefined ? {} : { name: reference.name }),
        };
  return {
    ...(objectRef === undefined ? {} : { objectRef }),
    // That there were none is known only where there is a URL.
    ...(uri === undefined ? {} : { parameters: queryParameters(uri) }),
    ...(body === undefined ? {} : { requestObject: body }),
  };
};

/** The object as a resource that the record names: none for a collection. */
export const statedObject = (
  reference: ObjectReference | undefined,
  name: string | undefined,
): readonly StatedResource[] =>
  reference === undefined || name === undefined
    ? []
    : [
        {
          uid: objectIdentity(reference, name),
          type: `${reference.resource}.${groupName(reference.group)}`,
        },
      ];
