import type { KafkaConnection } from './adapters/kafka/client.ts';
import { mskToken } from './adapters/kafka/aws-msk-token.ts';
import { tokenFrom } from './adapters/kafka/oauth-token.ts';
import type { SaslSignIn } from './adapters/kafka/sign-in.ts';
import { monotonic, refusedFile, SILENT } from './compose-parts.ts';
import type { Config } from './config/schema.ts';
import { changingSecret } from './connection/secret.ts';
import { tlsFiles } from './connection/tls-files.ts';
import type { Telemetry } from './telemetry/telemetry-event.ts';

type OnRefused = (message: string) => void;

/** The configuration has been checked: what a mechanism needs is there. */
const tokenOf = (
  { oauth }: Config['kafka']['sasl'],
  onRefused: OnRefused,
): (() => Promise<string>) => {
  const { tokenFile, tokenUrl = '', clientId = '', clientSecret, clientSecretFile, scope } = oauth;
  if (tokenFile !== undefined) {
    const token = changingSecret(undefined, tokenFile, onRefused);
    return async () => token() ?? '';
  }
  const secret = changingSecret(clientSecret, clientSecretFile, onRefused);
  return tokenFrom({
    url: tokenUrl,
    clientId,
    clientSecret: () => secret() ?? '',
    scope,
    tls: tlsFiles({ caFile: oauth.caFile }, Date.now, onRefused),
    now: monotonic,
  });
};

const signIn = (sasl: Config['kafka']['sasl'], onRefused: OnRefused): SaslSignIn | undefined => {
  const { mechanism, username = '', awsRegion = '' } = sasl;
  switch (mechanism) {
    case undefined:
      return undefined;
    case 'oauthbearer':
      return { mechanism, token: tokenOf(sasl, onRefused) };
    case 'aws-msk-iam':
      return { mechanism: 'oauthbearer', token: mskToken(awsRegion) };
    case 'plain':
    case 'scram-sha-256':
    case 'scram-sha-512': {
      const password = changingSecret(sasl.password, sasl.passwordFile, onRefused);
      return { mechanism, username, password: () => password() ?? '' };
    }
  }
};

/** @throws CertificateFileError */
export const kafkaConnection = (
  { kafka }: Config,
  telemetry: Telemetry = SILENT,
): KafkaConnection => {
  const onRefused = refusedFile('kafka', telemetry);
  const tls = kafka.ssl.enabled ? tlsFiles(kafka.ssl, Date.now, onRefused) : undefined;
  // Files that cannot be used are told of at once, not at the first connection.
  tls?.();
  return {
    brokers: kafka.brokers,
    clientId: kafka.clientId,
    requestTimeoutMs: kafka.requestTimeoutMs,
    tls,
    sasl: signIn(kafka.sasl, onRefused),
  };
};
