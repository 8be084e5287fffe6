/** What a failed TLS handshake says: not that the other side is away, but that somebody has to act. */
export interface TlsFault {
  readonly kind:
    'untrusted' | 'expired' | 'other-name' | 'client-certificate' | 'not-tls' | 'handshake';
  /** What is wrong and what to do, for a sentence that has named the other side. */
  readonly message: string;
}

const FAULTS: Readonly<Record<TlsFault['kind'], string>> = {
  untrusted:
    'its certificate is not signed by an authority that is trusted here: give the file of its authority',
  expired: 'its certificate is not valid at this time: have it renewed, or set the clock',
  'other-name':
    'its certificate is for another name: reach it by a name that the certificate holds',
  'client-certificate':
    'it refuses the client certificate, or asks for one: give one that its authority has signed and that is still valid',
  'not-tls': 'it does not speak TLS at this port',
  handshake: 'no common TLS version or cipher was found',
};

/** By Node's and OpenSSL's codes: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const KINDS: readonly (readonly [RegExp, TlsFault['kind']])[] = [
  [/^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/, 'expired'],
  [/^ERR_TLS_CERT_ALTNAME_(INVALID|FORMAT)$/, 'other-name'],
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT(_LOCALLY)?|VERIFY_LEAF_SIGNATURE)|CERT_(UNTRUSTED|REVOKED|REJECTED|SIGNATURE_FAILURE)|INVALID_CA)$/,
    'untrusted',
  ],
  [
    /ALERT_(CERTIFICATE_\w+|BAD_CERTIFICATE|UNKNOWN_CA|NO_CERTIFICATE|UNSUPPORTED_CERTIFICATE)$/,
    'client-certificate',
  ],
  [/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/, 'not-tls'],
  [/^ERR_SSL_/, 'handshake'],
];

/** The fault that an error tells of, or one that it was caused by; undefined where it is no matter of TLS. */
export const tlsFault = (error: unknown): TlsFault | undefined => {
  let at: unknown = error;
  for (let depth = 0; depth < 8 && at instanceof Error; depth += 1) {
    const code = 'code' in at && typeof at.code === 'string' ? at.code : '';
    const [, kind] = KINDS.find(([pattern]) => pattern.test(code)) ?? [];
    if (kind !== undefined) return { kind, message: `${FAULTS[kind]} (${code})` };
    at = at.cause;
  }
  return undefined;
};
