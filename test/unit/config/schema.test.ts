import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../../src/config/formats.ts';
import { renderReference } from '../../../src/config/reference.ts';
import { KEYS, SECRET_FILES } from '../../../src/config/schema.ts';

const variableOf = (path: string): string =>
  `DRIFTLINE_${path.replaceAll('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase()}`;

describe('every key', () => {
  it.each(KEYS)('%s', (path, key) => {
    expect(key.env).toBe(variableOf(path));
    expect(key.doc).toMatch(/^[A-Z].*\.$/s);
    if (key.default !== null) expect(FORMATS[key.format].fault(key.default)).toBeUndefined();
    if (['bytes', 'milliseconds', 'count'].includes(key.format)) expect(key.unit).toBeDefined();
    expect(key.sensitive === true).toBe(key.format === 'secret');
  });
});

describe('every secret', () => {
  it('may stand in a file', () => {
    const secrets = KEYS.filter(([, key]) => key.sensitive).map(([path]) => path);
    expect(SECRET_FILES.map(([secret]) => secret).sort()).toEqual([...secrets].sort());
    const paths = KEYS.map(([path]) => path);
    expect(paths).toEqual(expect.arrayContaining(SECRET_FILES.map(([, file]) => file)));
  });
});

describe('the reference', () => {
  it('is as the schema says', () => {
    const file = new URL('../../../config/reference.md', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(renderReference());
  });
});

describe('the example', () => {
  it('names only files for secrets', () => {
    const text = readFileSync(
      new URL('../../../config/driftline.example.json', import.meta.url),
      'utf8',
    );
    expect(text).not.toMatch(/"(?:password|hashKey)"/);
  });
});
