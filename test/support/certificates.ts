import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface TestAuthority {
  readonly caFile: string;
  /** A certificate for loopback that serves both sides, by its common name. `days` below 0: it has expired. */
  issue(
    commonName: string,
    options?: { readonly days?: number; readonly file?: string },
  ): CertificateFiles;
}

const openssl = (folder: string, args: readonly string[]): void => {
  execFileSync('openssl', [...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
};

/** A certificate authority that lives as long as its folder. Takes openssl. */
export const testAuthority = (folder: string, name = 'ca'): TestAuthority => {
  const ca = { cert: `${name}.pem`, key: `${name}.key` };
  const subject = ['-subj', `/CN=driftline test ${name}`];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(folder, [
    'req',
    '-x509',
    ...curve,
    '-keyout',
    ca.key,
    '-out',
    ca.cert,
    '-days',
    '2',
    ...subject,
  ]);
  return {
    caFile: join(folder, ca.cert),
    issue: (commonName, { days = 2, file = commonName } = {}) => {
      const [cert, key, request, extensions] = ['.pem', '.key', '.csr', '.ext'].map(
        (ending) => `${name}-${file}${ending}`,
      ) as [string, string, string, string];
      writeFileSync(
        join(folder, extensions),
        'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n',
      );
      openssl(folder, [
        'req',
        ...curve,
        '-keyout',
        key,
        '-out',
        request,
        '-subj',
        `/CN=${commonName}`,
      ]);
      openssl(folder, [
        ...['x509', '-req', '-in', request, '-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial'],
        ...['-extfile', extensions, '-out', cert],
        ...['-days', String(days)],
      ]);
      return { certFile: join(folder, cert), keyFile: join(folder, key) };
    },
  };
};
