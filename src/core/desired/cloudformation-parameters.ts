import { isJsonObject, ownString, ownValue, type JsonValue } from '../model/json.ts';
import type { StateProblem } from './desired-state.ts';

/** Values of a stack's parameters, as `describe-stacks` prints them or as a parameter file gives them. */
export interface StackParameters {
  readonly source: string;
  /** Absent of a parameter file, which names no stack. */
  readonly stackName?: string;
  readonly values: ReadonlyMap<string, string>;
}

/** `{"Stacks": [{"StackName": …, "Parameters": […]}]}`, or `[{"ParameterKey": …, "ParameterValue": …}]`. */
export const isParameters = (value: JsonValue): boolean =>
  Array.isArray(ownValue(value, 'Stacks')) || isParameterList(value);

const isParameterList = (value: JsonValue): value is readonly JsonValue[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  (value as readonly JsonValue[]).every(
    (member) => ownString(member, 'ParameterKey') !== undefined,
  );

export const stackParameters = (
  source: string,
  value: JsonValue,
): readonly StackParameters[] | StateProblem => {
  if (isParameterList(value)) return [{ source, values: valuesOf(value) }];
  const stacks = ownValue(value, 'Stacks');
  const found: StackParameters[] = [];
  for (const [index, stack] of (Array.isArray(stacks)
    ? (stacks as readonly JsonValue[])
    : []
  ).entries()) {
    const stackName = ownString(stack, 'StackName');
    if (stackName === undefined) {
      return { position: `Stacks[${index}]`, message: 'StackName is missing' };
    }
    const listed = ownValue(stack, 'Parameters');
    const values = valuesOf(Array.isArray(listed) ? (listed as readonly JsonValue[]) : []);
    found.push({ source, stackName, values });
  }
  return found;
};

/** A value that CloudFormation hides, or that stays as the stack has it, is none. */
const valuesOf = (listed: readonly JsonValue[]): ReadonlyMap<string, string> =>
  new Map(
    listed.flatMap((member) => {
      const key = ownString(member, 'ParameterKey');
      const value = ownValue(member, 'ResolvedValue') ?? ownValue(member, 'ParameterValue');
      return key === undefined || typeof value !== 'string' || /^\*+$/.test(value)
        ? []
        : [[key, value] as const];
    }),
  );

/** What a template declares of a parameter. */
export interface ParameterDeclaration {
  readonly type: string;
  /** Its value is a secret. */
  readonly noEcho: boolean;
}

export const parameterDeclarations = (
  template: JsonValue,
): ReadonlyMap<string, ParameterDeclaration> => {
  const declared = ownValue(template, 'Parameters');
  return new Map(
    Object.entries(isJsonObject(declared) ? declared : {}).map(([name, declaration]) => {
      const noEcho = ownValue(declaration, 'NoEcho');
      return [
        name,
        {
          type: ownString(declaration, 'Type') ?? 'String',
          noEcho: noEcho === true || noEcho === 'true',
        },
      ];
    }),
  );
};

/** What `Ref` to a parameter gives; undefined for a secret, and for what the parameter store would have to tell. */
export const parameterValue = (
  { type, noEcho }: ParameterDeclaration,
  value: string,
  isResolved: boolean,
): JsonValue | undefined => {
  if (noEcho || (type.startsWith('AWS::SSM::Parameter::Value<') && !isResolved)) return undefined;
  return /CommaDelimitedList|List</.test(type)
    ? value.split(',').map((member) => member.trim())
    : value;
};
