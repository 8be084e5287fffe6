import { compileGlob } from './glob.ts';

/** Whether a row of a table means this attribute of this type. */
export type AttributeMatcher = (type: string, path: string) => boolean;

const endsAtSegment = (path: string, prefix: string): boolean =>
  path.startsWith(prefix) &&
  (path.length === prefix.length || path[prefix.length] === '.' || path[prefix.length] === '[');

/**
 * `<type glob>.<path>`, or a type glob alone for all its attributes: `aws_security_group.ingress`, `*.tags`. The path
 * also covers those below it.
 */
export const compileAttributeMatch = (match: string): AttributeMatcher => {
  const dot = match.indexOf('.');
  const isType = compileGlob(dot < 0 ? match : match.slice(0, dot));
  const prefix = dot < 0 ? '*' : match.slice(dot + 1);
  return (type, path) => isType(type) && (prefix === '*' || endsAtSegment(path, prefix));
};
