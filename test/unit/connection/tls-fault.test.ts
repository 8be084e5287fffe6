import { describe, expect, it } from 'vitest';
import { tlsFault } from '../../../src/connection/tls-fault.ts';

const failing = (code: string, cause?: unknown): Error =>
  Object.assign(new Error('failed', { cause }), { code });

describe('tlsFault', () => {
  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted'],
    ['CERT_HAS_EXPIRED', 'expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'other-name'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'client-certificate'],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'client-certificate'],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN', 'client-certificate'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'client-certificate'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'not-tls'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'handshake'],
  ])('takes %s for %s', (code, kind) => {
    expect(tlsFault(failing(code))).toMatchObject({ kind });
    expect(tlsFault(failing(code))?.message).toContain(`(${code})`);
  });

  it('looks at what an error was caused by', () => {
    expect(tlsFault(failing('OUTER', failing('CERT_HAS_EXPIRED')))).toMatchObject({
      kind: 'expired',
    });
  });

  it('takes nothing else for one', () => {
    expect(tlsFault(failing('ECONNREFUSED'))).toBeUndefined();
    expect(tlsFault(new Error('no code'))).toBeUndefined();
    expect(tlsFault('text')).toBeUndefined();
  });
});
