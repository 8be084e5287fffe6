import { describeOrigin } from './config-error.ts';
import type { ResolvedConfig } from './load-config.ts';
import { KEYS } from './schema.ts';

const MASK = '********';

const valueAt = (config: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((node, name) => (node as Readonly<Record<string, unknown>>)[name], config);

interface ShownValue {
  readonly key: string;
  /** The value; for a secret a mask, whatever it is; undefined where it is not set. */
  readonly value: unknown;
  readonly origin: string;
}

/** Every key with its value, secrets masked. */
const shownValues = ({ config, origins }: ResolvedConfig): readonly ShownValue[] =>
  KEYS.map(([path, key]) => {
    const value = valueAt(config, path);
    const origin = origins.get(path);
    return {
      key: path,
      value: key.sensitive && value !== undefined ? MASK : value,
      origin: origin === undefined ? 'default' : describeOrigin(origin),
    };
  });

/** One line a key: `key = value`, as JSON, with the origin behind it where that is asked for. */
export const showConfig = (resolved: ResolvedConfig, withOrigin: boolean): string =>
  shownValues(resolved)
    .map(
      ({ key, value, origin }) =>
        `${key} = ${value === undefined ? 'not set' : JSON.stringify(value)}${withOrigin ? `  (${origin})` : ''}\n`,
    )
    .join('');
