import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { changingFiles } from './changing-files.ts';

/** The PEM files of a TLS connection. */
export interface TlsFileNames {
  /** Certificate authorities to trust in place of the system ones. */
  readonly caFile?: string | undefined;
  /** Client certificate, then those between it and its authority. Goes with `keyFile`. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** Their content, in the shape that `tls.connect` takes. */
export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** A file of a certificate or key cannot be used. The message names the file, and what to do. */
export class CertificateFileError extends Error {
  readonly code = 'certificate_file';
  readonly retriable = false;

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CertificateFileError';
  }
}

const read = (file: string): Buffer => {
  try {
    return readFileSync(file);
  } catch (error) {
    const word = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new CertificateFileError(`${file} cannot be read: ${word}.`, error);
  }
};

const certificate = (file: string, pem: Buffer): X509Certificate => {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new CertificateFileError(`${file} does not hold a certificate as PEM.`, error);
  }
};

const privateKey = (file: string, pem: Buffer): KeyObject => {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new CertificateFileError(
      `${file} does not hold a key as PEM without a passphrase.`,
      error,
    );
  }
};

const readAll = ({ caFile, certFile, keyFile }: TlsFileNames, now: number): TlsMaterial => {
  const ca = caFile === undefined ? undefined : read(caFile);
  if (caFile !== undefined && ca !== undefined) certificate(caFile, ca);
  if (certFile === undefined || keyFile === undefined) return ca === undefined ? {} : { ca };
  const cert = read(certFile);
  const key = read(keyFile);
  const own = certificate(certFile, cert);
  if (!own.checkPrivateKey(privateKey(keyFile, key))) {
    throw new CertificateFileError(`The key in ${keyFile} is not that of ${certFile}.`);
  }
  if (own.validToDate.getTime() < now) {
    throw new CertificateFileError(
      `The client certificate in ${certFile} has expired (${own.validToDate.toISOString()}): have it renewed.`,
    );
  }
  return { ...(ca === undefined ? {} : { ca }), cert, key };
};

/**
 * What the files hold now: checked, and read again once they have changed; a certificate and key that do not belong
 * together, as half way through an exchange, change nothing. The first call throws CertificateFileError.
 */
export const tlsFiles = (
  names: TlsFileNames,
  clock: () => number,
  onRefused: (message: string) => void,
): (() => TlsMaterial) => {
  const files = [names.caFile, names.certFile, names.keyFile].filter((file) => file !== undefined);
  return changingFiles(files, () => readAll(names, clock()), onRefused);
};
