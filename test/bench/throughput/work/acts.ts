import { ownString, type JsonObject } from '../../../../src/core/model/json.ts';
import type { SeededRandom } from '../../../support/seeded-random.ts';
import type { Actors, Session } from './actors.ts';
import { estateResource } from './estate.ts';
import type { Call, Place } from './kind.ts';
import { readCall } from './reads.ts';

/** What an act ends as, in a thousand. */
export const INTENTS = {
  read: 700,
  candidate: 150,
  iac: 50,
  unresolved: 40,
  failed: 20,
  runtime: 25,
  service: 15,
} as const;

export type Intent = keyof typeof INTENTS;

/** One act, as a CloudTrail record. */
export interface Act {
  readonly intent: Intent;
  readonly record: JsonObject;
}

const SPREAD: readonly Intent[] = (Object.entries(INTENTS) as [Intent, number][]).flatMap(
  ([intent, weight]) => new Array<Intent>(weight).fill(intent),
);

const CIPHERS = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'];

export interface ActSource {
  readonly actors: Actors;
  /** Desired resources that code owns. */
  readonly resources: number;
  readonly random: SeededRandom;
}

const uuid = (random: SeededRandom): string => {
  const hex = random.hex(32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-9${hex.slice(17, 20)}-${hex.slice(20)}`;
};

/** Half of all acts are on few resources, the others on any. */
const owned = ({ resources, random }: ActSource) =>
  estateResource(random.next() < 0.5 ? random.zipf(resources) : random.whole(resources));

const unowned = ({ resources, random }: ActSource) =>
  estateResource(resources + random.whole(resources));

/** Changing it makes nothing. */
const absent = (source: ActSource): ReturnType<typeof unowned> => {
  const resource = unowned(source);
  return resource.kind.putsNew === true ? absent(source) : resource;
};

const runtimeCall = ({ mark }: Place, even: boolean): Call =>
  even
    ? {
        service: 'logs',
        operation: 'CreateLogStream',
        request: {
          logGroupName: `/aws/lambda/svc-${mark.slice(0, 6)}`,
          logStreamName: `2026/01/31/[$LATEST]${mark}${mark}`,
        },
        response: null,
      }
    : {
        service: 'ssm',
        operation: 'UpdateInstanceInformation',
        request: {
          instanceId: `i-0${mark}`,
          agentVersion: '3.3.3050.0',
          agentStatus: 'Active',
          platformType: 'Linux',
          platformName: 'Amazon Linux',
          platformVersion: '2023',
          iPAddress: '10.12.7.41',
          computerName: `ip-10-12-7-41.ec2.internal`,
          agentName: 'amazon-ssm-agent',
        },
        response: null,
      };

interface Planned {
  readonly call: Call;
  readonly place: Place;
  readonly session: Session;
}

const changed = (source: ActSource, of: typeof owned, session: Session): Planned => {
  const { random } = source;
  const resource = of(source);
  const call = random.pick(Object.values(resource.kind.changes))(resource, random.next() < 0.5);
  return { call, place: resource, session };
};

const drift = (source: ActSource, session: Session): Planned => {
  const { random, actors } = source;
  const chance = random.next();
  // Five in a hundred make something that no code owns, as many remove what it owns, and two claim to be Terraform.
  if (chance < 0.1) {
    for (;;) {
      const place = chance < 0.05 ? unowned(source) : owned(source);
      const make = chance < 0.05 ? place.kind.create : place.kind.remove;
      if (make !== undefined) return { call: make(place), place, session };
    }
  }
  return changed(source, owned, chance < 0.12 ? random.pick(actors.impostors) : session);
};

const planned = (intent: Intent, source: ActSource): Planned => {
  const { actors, random } = source;
  const session = actors.others[random.zipf(actors.others.length)]!;
  switch (intent) {
    case 'read': {
      const place = owned(source);
      return { call: readCall(place, random), place, session };
    }
    case 'runtime': {
      const place = owned(source);
      return { call: runtimeCall(place, random.next() < 0.5), place, session };
    }
    case 'candidate':
      return drift(source, session);
    case 'failed':
      return changed(source, owned, session);
    case 'iac':
      return changed(source, owned, random.pick(actors.pipelines));
    case 'service':
      return changed(source, owned, random.pick(actors.services));
    case 'unresolved':
      return changed(source, absent, session);
  }
};

const failure = (operation: string, { identity }: Session): JsonObject => ({
  errorCode: 'AccessDenied',
  errorMessage: `User: ${ownString(identity, 'arn') ?? ''} is not authorized to perform: ${operation} because no identity-based policy allows the action`,
});

/** The next act of a run of acts, at `time` (ISO 8601, whole seconds). */
export const nextAct = (source: ActSource, time: string): Act => {
  const { random } = source;
  const intent = random.pick(SPREAD);
  const { call, place, session } = planned(intent, source);
  const host = `${call.service}.${place.region}.amazonaws.com`;
  return {
    intent,
    record: {
      eventVersion: '1.11',
      userIdentity: session.identity,
      eventTime: time,
      eventSource: `${call.service}.amazonaws.com`,
      eventName: call.operation,
      awsRegion: place.region,
      sourceIPAddress: session.address,
      userAgent: session.userAgent,
      ...(intent === 'failed' ? failure(`${call.service}:${call.operation}`, session) : {}),
      requestParameters: call.request,
      responseElements: intent === 'failed' ? null : call.response,
      ...(call.service === 's3'
        ? {
            additionalEventData: {
              SignatureVersion: 'SigV4',
              CipherSuite: 'TLS_AES_128_GCM_SHA256',
              bytesTransferredIn: 0,
              AuthenticationMethod: 'AuthHeader',
              'x-amz-id-2': random.hex(76),
              bytesTransferredOut: 137,
            },
          }
        : {}),
      requestID: uuid(random),
      eventID: uuid(random),
      readOnly: intent === 'read',
      ...(call.resources === undefined
        ? {}
        : {
            resources: call.resources.map(({ arn, type }) => ({
              accountId: place.account,
              type,
              ARN: arn,
            })),
          }),
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: place.account,
      eventCategory: 'Management',
      tlsDetails: {
        tlsVersion: 'TLSv1.3',
        cipherSuite: random.pick(CIPHERS),
        clientProvidedHostHeader: host,
      },
      ...(session.fromConsole ? { sessionCredentialFromConsole: 'true' } : {}),
    },
  };
};
