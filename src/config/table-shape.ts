import { isJsonObject } from '../core/model/json.ts';

/** Where a value stands inside the file. Undefined: nobody asks, which spares making a text for each value. */
export type Path = string | undefined;

/** Tells what is wrong: the path inside the file and why. */
export type Report = (path: Path, message: string) => void;

/** Checks one value; reports each fault at its path. */
export type Check = (value: unknown, path: Path, report: Report) => void;

const MAX_KNOWN = 10_000;
/** How keys stand in a path: tables have thousands of rows of the same few keys, and few faults. */
const knownKeys = new Map<string, string>();

const inPath = (key: string): string => {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  const made = /^[A-Za-z_$][\w$-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  if (knownKeys.size < MAX_KNOWN) knownKeys.set(key, made);
  return made;
};

export const join = (path: Path, key: string): Path => {
  if (path === undefined) return undefined;
  const made = inPath(key);
  return path === '' && made.startsWith('.') ? key : path + made;
};

export const text: Check = (value, path, report) => {
  if (typeof value !== 'string' || value === '') report(path, 'must be a text that is not empty');
};

export const anyText: Check = (value, path, report) => {
  if (typeof value !== 'string') report(path, 'must be a text');
};

export const flag: Check = (value, path, report) => {
  if (typeof value !== 'boolean') report(path, 'must be true or false');
};

export const textOrFlag: Check = (value, path, report) => {
  if (typeof value !== 'boolean') text(value, path, report);
};

export const score: Check = (value, path, report) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > 100) {
    report(path, 'must be a number from -100 to 100');
  }
};

export const anyValue: Check = () => undefined;

export const oneOf =
  (words: readonly string[]): Check =>
  (value, path, report) => {
    if (typeof value !== 'string' || !words.includes(value)) {
      report(path, `must be one of ${words.join(', ')}`);
    }
  };

export const matching =
  (pattern: RegExp, shape: string): Check =>
  (value, path, report) => {
    if (typeof value !== 'string' || !pattern.test(value)) report(path, `must be ${shape}`);
  };

export const listOf =
  (item: Check): Check =>
  (value, path, report) => {
    if (!Array.isArray(value)) return report(path, 'must be a list');
    value.forEach((each, index) => {
      item(each, path === undefined ? path : `${path}[${index}]`, report);
    });
  };

/** An object of any keys that pass `key`, with values that pass `item`. */
export const mapOf =
  (item: Check, key: Check = text): Check =>
  (value, path, report) => {
    if (!isJsonObject(value)) return report(path, 'must be an object');
    const reportKey: Report = (at, message) => report(at, `as a key ${message}`);
    for (const name of Object.keys(value)) {
      const at = join(path, name);
      key(name, at, reportKey);
      item(value[name], at, report);
    }
  };

/** An object of the given keys and no others; `also` looks at it as a whole once it is an object. */
export const shape = (
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
  also?: (value: Readonly<Record<string, unknown>>, path: Path, report: Report) => void,
): Check => {
  const needed = Object.keys(required);
  return (value, path, report) => {
    if (!isJsonObject(value)) return report(path, 'must be an object');
    for (const key of needed) {
      if (!Object.hasOwn(value, key)) report(join(path, key), 'is missing');
    }
    for (const key of Object.keys(value)) {
      const each = value[key];
      const check = Object.hasOwn(required, key)
        ? required[key]
        : Object.hasOwn(optional, key)
          ? optional[key]
          : undefined;
      if (check === undefined) {
        const known = [...Object.keys(required), ...Object.keys(optional)].join(', ');
        report(join(path, key), `is no key of this table (known: ${known})`);
      } else {
        check(each, join(path, key), report);
      }
    }
    also?.(value, path, report);
  };
};
