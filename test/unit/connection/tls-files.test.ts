import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CertificateFileError, tlsFiles } from '../../../src/connection/tls-files.ts';
import { testAuthority, type CertificateFiles } from '../../support/certificates.ts';

const DAY_MS = 86_400_000;

let folder: string;
let caFile: string;
let one: CertificateFiles;
let two: CertificateFiles;
let refused: string[];
const onRefused = (message: string): void => void refused.push(message);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-tls-'));
  const authority = testAuthority(folder);
  ({ caFile } = authority);
  one = authority.issue('one');
  two = authority.issue('two');
});
beforeEach(() => {
  refused = [];
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('tlsFiles', () => {
  it('reads the authority, the certificate and its key', () => {
    const material = tlsFiles({ caFile, ...one }, Date.now, onRefused)();
    expect(Object.keys(material)).toEqual(['ca', 'cert', 'key']);
    expect(tlsFiles({ caFile }, Date.now, onRefused)()).toEqual({ ca: material.ca });
    expect(tlsFiles({}, Date.now, onRefused)()).toEqual({});
  });

  it('keeps the pair that it has while half of another one is there', () => {
    const mine = { certFile: join(folder, 'my.pem'), keyFile: join(folder, 'my.key') };
    cpSync(one.certFile, mine.certFile);
    cpSync(one.keyFile, mine.keyFile);
    const current = tlsFiles(mine, Date.now, onRefused);
    const first = current();
    cpSync(two.certFile, mine.certFile);
    expect(current()).toBe(first);
    expect(refused).toEqual([`The key in ${mine.keyFile} is not that of ${mine.certFile}.`]);
    cpSync(two.keyFile, mine.keyFile);
    expect(current()).not.toBe(first);
    expect(refused).toHaveLength(1);
  });

  it('refuses a client certificate that has expired', () => {
    const later = (): number => Date.now() + 3 * DAY_MS;
    expect(tlsFiles(one, later, onRefused)).toThrow(
      new RegExp(`The client certificate in .*ca-one.pem has expired \\(20.*Z\\)`),
    );
  });

  it.each([
    ['an authority that is none', 'caFile', 'does not hold a certificate as PEM'],
    ['a certificate that is none', 'certFile', 'does not hold a certificate as PEM'],
    ['a key that is none', 'keyFile', 'does not hold a key as PEM without a passphrase'],
  ])('refuses %s by the name of its file', (_what, name, message) => {
    const bad = join(folder, `bad-${name}`);
    writeFileSync(bad, 'nothing of the kind');
    const read = tlsFiles({ caFile, ...one, [name]: bad }, Date.now, onRefused);
    expect(read).toThrow(CertificateFileError);
    expect(read).toThrow(`${bad} ${message}`);
  });
});
