import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathIdentity } from '../../../../src/core/model/resource-path.ts';

describe('the identity of a path', () => {
  const firewall = 'id:projects/p/global/firewalls/f';

  it.each([
    ['projects/p/global/firewalls/f', firewall],
    ['//compute.googleapis.com/projects/p/global/firewalls/f', firewall],
    ['https://www.googleapis.com/compute/v1/projects/p/global/firewalls/f', firewall],
    ['//x.googleapis.com/projects/a/folders/b/c', 'id:folders/b/c'],
    ['//x.googleapis.com/projects/a/b/folders/c', 'id:projects/a/b/folders/c'],
    ['projects/a/folders/b/c', 'id:projects/a/folders/b/c'],
    ['/Subscriptions/S/resourceGroups/G', 'id:/subscriptions/s/resourcegroups/g'],
  ])('of %s is %s', (value, identity) => {
    expect(pathIdentity(value)).toBe(identity);
  });

  it.each([
    'projects/p',
    'projects/p/',
    'projects//x',
    'projects',
    '//example.com/projects/p/x',
    'x/projects/p/y',
    'projects/p/x\ny',
    '//x.googleapis.com/v1/projects/p/',
    '',
  ])('is none of %j', (value) => {
    expect(pathIdentity(value)).toBeUndefined();
  });

  it('is what the expression says that takes too long on long text', () => {
    const expression =
      /^(?:(?:https:)?\/\/[^/]*googleapis\.com\/(?:.*\/)?)?((?:projects|organizations|folders|billingAccounts)\/[^/]+\/.+)$/;
    const segment = fc.constantFrom('projects', 'folders', 'v1', 'a', '');
    const host = fc.constantFrom('', 'https://x.googleapis.com/', '//googleapis.com/', '//a/');
    fc.assert(
      fc.property(host, fc.array(segment, { maxLength: 7 }), (start, segments) => {
        const text = start + segments.join('/');
        const found = expression.exec(text)?.[1];
        expect(pathIdentity(text)).toBe(found === undefined ? undefined : `id:${found}`);
      }),
    );
  });

  it.each([
    ['many roots and no end', `//x.googleapis.com/${'projects/a/'.repeat(12_000)}\n`],
    ['many roots', `//x.googleapis.com/${'projects/a/'.repeat(12_000)}`],
    ['many hosts', `//${'googleapis.com'.repeat(9_400)}`],
  ])('is told in time of 128 KiB of %s', (_what, value) => {
    const start = performance.now();
    expect(pathIdentity(value)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(250);
  });
});
