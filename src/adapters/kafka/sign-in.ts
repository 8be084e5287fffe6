import type { KafkaConfig } from 'kafkajs';
import { tlsFault } from '../../connection/tls-fault.ts';
import { errorMessage, KafkaError } from './kafka-error.ts';

/** How to sign in; secrets and tokens are asked for at each sign-in, so that they can be exchanged. */
export type SaslSignIn =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: () => string;
    }
  | { readonly mechanism: 'oauthbearer'; readonly token: () => Promise<string> };

/** In the shape of kafkajs, which reads `password` at each sign-in. */
export const saslOptions = (signIn: SaslSignIn): NonNullable<KafkaConfig['sasl']> => {
  if (signIn.mechanism === 'oauthbearer') {
    const { mechanism, token } = signIn;
    return { mechanism, oauthBearerProvider: async () => ({ value: await token() }) };
  }
  const { mechanism, username, password } = signIn;
  // One object type a mechanism in kafkajs's types: the union has to be named.
  return {
    mechanism,
    username,
    get password() {
      return password();
    },
  } as NonNullable<KafkaConfig['sasl']>;
};

const isSignInError = (error: unknown): error is Error =>
  error instanceof Error &&
  (error.name === 'KafkaJSSASLAuthenticationError' ||
    (error.cause !== undefined && isSignInError(error.cause)));

/** The error of a connection that did not come about: what is wrong with TLS or the sign-in, or that nobody is there. */
export const connectionError = (error: unknown, brokers: readonly string[]): KafkaError => {
  const who = brokers.join(', ');
  const fault = tlsFault(error);
  if (fault !== undefined) {
    return new KafkaError(
      'kafka_certificate',
      `Cannot reach Kafka at ${who} by TLS: ${fault.message}`,
      { retriable: false, cause: error },
    );
  }
  if (error instanceof KafkaError) return error;
  if (isSignInError(error)) {
    return new KafkaError(
      'kafka_sign_in',
      `Kafka at ${who} refuses the sign-in: ${errorMessage(error)}. Check kafka.sasl.`,
      { retriable: false, cause: error },
    );
  }
  const message = errorMessage(error);
  // A broker that ends, or one that does not speak TLS: the system does not tell them apart.
  const hint = message.includes('before secure TLS connection')
    ? ' (does it speak TLS at this port?)'
    : '';
  return new KafkaError('kafka_unavailable', `Cannot reach Kafka at ${who}: ${message}${hint}`, {
    retriable: true,
    cause: error,
  });
};
