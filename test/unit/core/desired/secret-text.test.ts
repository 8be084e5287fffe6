import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, isSecretText } from '../../../../src/core/desired/secret-text.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Text of any script without the control characters that only data has. */
const plainText = fc
  .string({ unit: 'grapheme', minLength: 12, maxLength: 60 })
  .filter((text) => !/[\x00-\x08\x0e-\x1f\x7f\ufeff\ufffd]/.test(text) && text.isWellFormed());

describe('decodeBase64', () => {
  it('gives back every text, whatever script it begins in', () => {
    fc.assert(
      fc.property(plainText, (text) => {
        expect(decodeBase64(base64(text))).toEqual({ text });
      }),
    );
  });

  it('takes the alphabet of URLs, too', () => {
    const text = 'ÿ÷þ?>~ of the alphabet';
    expect(decodeBase64(Buffer.from(text).toString('base64url'))).toEqual({ text });
  });

  it.each([
    ['an id', 'sg-0123456789abcdef0'],
    ['a name', 'AdministratorAccessForEverybody'],
    ['a text with spaces', 'a description of something'],
    ['data', Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 4, 5, 6, 7, 8]).toString('base64')],
    ['text that ends within a character', base64('a text and é').slice(0, 16)],
  ])('finds nothing in %s', (_what, text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  it('tells compressed data, which cannot be looked into', () => {
    const gzip = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]).toString('base64');
    expect(decodeBase64(gzip)).toBe('compressed');
  });
});

describe('isSecretText', () => {
  it.each([
    'xoxb-1234567890',
    'a=b; pwd=x',
    '<pwd>x</pwd>',
    '-psk x1',
    'https://user:pass@host.example/',
    'Authorization: Basic abcd',
    'https://hooks.slack.com/services/T0',
    '-----BEGIN PRIVATE KEY-----',
  ])('sees the secret in %s', (text) => {
    expect(isSecretText(text)).toBe(true);
  });

  it.each([
    '',
    'Enabled',
    '10.0.0.0/16',
    'arn:aws:kms:eu-west-1:111122223333:key/1',
    'a: b',
    'x=1',
  ])('sees none in %j', (text) => {
    expect(isSecretText(text)).toBe(false);
  });
});
