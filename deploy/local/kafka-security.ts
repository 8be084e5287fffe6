import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How clients sign in to a broker that denies what no ACL allows; the plain listener stays, for its administrator. */
export type KafkaSecurity = {
  /** Port of the listener for users with passwords, by TLS. */
  readonly saslPort: number;
  /** Port of the listener for client certificates: `CN=name` is the user `name`. */
  readonly mutualTlsPort: number;
  /** PEM files: authority, and the broker's own certificate for loopback with its key. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** Passwords by user name, for SCRAM-SHA-256, SCRAM-SHA-512 and PLAIN. */
  readonly users: Readonly<Record<string, string>>;
};

const MECHANISMS = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
const LISTENER = { sasl: 'SIGNEDIN', mutualTls: 'MUTUALTLS' } as const;

export const SECURE_PROTOCOLS = `${LISTENER.sasl}:SASL_SSL,${LISTENER.mutualTls}:SSL`;

/** The listeners beside the plain one, `NAME://127.0.0.1:port`. */
export function secureListeners(security: KafkaSecurity): readonly string[] {
  return [
    `${LISTENER.sasl}://127.0.0.1:${security.saslPort}`,
    `${LISTENER.mutualTls}://127.0.0.1:${security.mutualTlsPort}`,
  ];
}

/** Settings: https://kafka.apache.org/41/configuration/broker-configs/ */
export function kafkaSecuritySettings(
  security: KafkaSecurity,
  folder: string,
): Readonly<Record<string, string | boolean>> {
  const prefix = `listener.name.${LISTENER.sasl.toLowerCase()}`;
  const plainUsers = Object.entries(security.users).map(
    ([name, password]) => `user_${name}="${password}"`,
  );
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule';
  const bearer = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule';
  return {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // Of the plain listeners, which only the administrator and the controller use.
    'super.users': 'User:ANONYMOUS',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': join(folder, 'broker.pem'),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': security.caFile,
    'ssl.principal.mapping.rules': 'RULE:^CN=([^,]+).*$/$1/',
    'sasl.enabled.mechanisms': [...MECHANISMS, 'PLAIN', 'OAUTHBEARER'].join(),
    ...Object.fromEntries(
      MECHANISMS.map((name) => [
        `${prefix}.${name.toLowerCase()}.sasl.jaas.config`,
        `${scram} required;`,
      ]),
    ),
    [`${prefix}.plain.sasl.jaas.config`]: `${plain} required ${plainUsers.join(' ')};`,
    // Without a validator of its own it takes unsecured tokens (RFC 7515, A.5).
    [`${prefix}.oauthbearer.sasl.jaas.config`]: `${bearer} required unsecuredLoginStringClaim_sub="broker";`,
    [`listener.name.${LISTENER.mutualTls.toLowerCase()}.ssl.client.auth`]: 'required',
  };
}

/** Writes what the settings name. */
export function writeKafkaSecurityFiles(security: KafkaSecurity, folder: string): void {
  const { certFile, keyFile } = security;
  writeFileSync(
    join(folder, 'broker.pem'),
    [keyFile, certFile].map((file) => readFileSync(file, 'utf8')).join(''),
    { mode: 0o600 },
  );
}

/** Arguments of StorageTool that make the users; passwords without `]` and `,`. */
export function scramArguments(security: KafkaSecurity): readonly string[] {
  return Object.entries(security.users).flatMap(([name, password]) =>
    MECHANISMS.flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${name},password=${password}]`,
    ]),
  );
}
