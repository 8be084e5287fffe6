import { wholeBytes, type SourceContent } from '../../core/model/source-content.ts';
import { SourceError } from './source-error.ts';

/** The value below a path of names, undefined where there is none. */
export const memberAt = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (found, name) =>
      typeof found === 'object' &&
      found !== null &&
      !Array.isArray(found) &&
      Object.hasOwn(found, name)
        ? (found as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  );

export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = memberAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
};

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = memberAt(value, ...path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
};

/** @throws SourceError `not_readable` */
export const parsedJson = (body: SourceContent, service: string): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(wholeBytes(body))) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Without the cause: its message repeats the content.
    throw new SourceError(
      'not_readable',
      `The answer is not that of ${service}: check the location.`,
    );
  }
};
