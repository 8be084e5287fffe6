import { activityByName } from '../../../../src/core/normalize/activity.ts';
import { ACTIVITY } from '../../../../src/core/model/audit-event.ts';
import {
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../../../../src/core/model/json.ts';

const ACTIVITY_NAMES: Readonly<Record<number, string>> = {
  [ACTIVITY.unknown]: 'Unknown',
  [ACTIVITY.create]: 'Create',
  [ACTIVITY.read]: 'Read',
  [ACTIVITY.update]: 'Update',
  [ACTIVITY.delete]: 'Delete',
  [ACTIVITY.other]: 'Other',
};

const text = (record: JsonObject, name: string): string => ownString(record, name) ?? '';

const afterLast = (path: string | undefined): string | undefined =>
  path?.slice(path.lastIndexOf('/') + 1);

const endpoint = (source: string | undefined): JsonObject =>
  source?.endsWith('.amazonaws.com') === true
    ? { svc_name: source }
    : source === undefined
      ? {}
      : { ip: source };

const defined = (fields: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  ) as JsonObject;

const actorOf = (identity: JsonObject): JsonObject => {
  const context = ownValue(identity, 'sessionContext');
  const arn = ownString(identity, 'arn');
  const mfa = ownString(ownValue(context, 'attributes'), 'mfaAuthenticated');
  return defined({
    user: defined({
      type: ownString(identity, 'type'),
      uid: arn,
      name: ownString(identity, 'userName') ?? afterLast(arn),
      account: { uid: ownString(identity, 'accountId') ?? '' },
      credential_uid: ownString(identity, 'accessKeyId'),
    }),
    session: defined({
      uid: `${ownString(identity, 'principalId') ?? ''}/${ownString(identity, 'accessKeyId') ?? ''}`,
      issuer: ownString(ownValue(context, 'sessionIssuer'), 'arn'),
      is_mfa: mfa === undefined ? undefined : mfa === 'true',
    }),
    invoked_by: ownString(identity, 'invokedBy'),
  });
};

/** The parts of an audit event that the JSON and the Avro form of it have alike. */
interface NormalizedParts {
  /** OCSF API Activity without request and answer. */
  readonly head: JsonObject;
  readonly request: JsonObject | undefined;
  readonly response: JsonObject | undefined;
}

/** A CloudTrail record of the work as a normalizer writes it. */
const normalizedParts = (record: JsonObject): NormalizedParts => {
  const operation = text(record, 'eventName');
  const source = text(record, 'eventSource');
  const code = ownString(record, 'errorCode');
  const activity = activityByName(operation, record['readOnly'] === true);
  const resources = ownValue(record, 'resources');
  const fromConsole = ownString(record, 'sessionCredentialFromConsole');
  const request = ownValue(record, 'requestParameters');
  const response = ownValue(record, 'responseElements');
  return {
    head: defined({
      class_uid: 6003,
      activity_id: activity,
      time: Date.parse(text(record, 'eventTime')),
      status_id: code === undefined ? 1 : 2,
      status_code: code,
      metadata: {
        uid: text(record, 'eventID'),
        event_code: text(record, 'eventType'),
        version: '1.5.0',
      },
      cloud: {
        provider: 'AWS',
        account: { uid: text(record, 'recipientAccountId') },
        region: text(record, 'awsRegion'),
      },
      api: { operation, service: { name: source } },
      unmapped: defined({
        readOnly: record['readOnly'],
        managementEvent: record['managementEvent'],
        sessionCredentialFromConsole: fromConsole === undefined ? undefined : true,
      }),
      actor: actorOf(record['userIdentity'] as JsonObject),
      src_endpoint: endpoint(ownString(record, 'sourceIPAddress')),
      http_request: { user_agent: text(record, 'userAgent') },
      resources: Array.isArray(resources)
        ? (resources as readonly JsonValue[]).map((each) => ({
            uid: ownString(each, 'ARN'),
            type: ownString(each, 'type'),
          }))
        : undefined,
    }),
    request: (request ?? undefined) as JsonObject | undefined,
    response: (response ?? undefined) as JsonObject | undefined,
  };
};

/** What a producer of OCSF says beside that: captions, the product, times as text. */
const captions = ({ head }: NormalizedParts, record: JsonObject): JsonObject => {
  const activity = Number(head['activity_id']);
  const isDone = head['status_id'] === 1;
  return {
    category_uid: 6,
    category_name: 'Application Activity',
    class_name: 'API Activity',
    activity_name: ACTIVITY_NAMES[activity] ?? 'Unknown',
    type_uid: 600_300 + activity,
    type_name: `API Activity: ${ACTIVITY_NAMES[activity] ?? 'Unknown'}`,
    severity_id: 1,
    severity: 'Informational',
    status: isDone ? 'Success' : 'Failure',
    time_dt: text(record, 'eventTime'),
  };
};

/** The record as an OCSF API Activity document. */
export const ocsfDocument = (record: JsonObject): JsonObject => {
  const parts = normalizedParts(record);
  const { head, request, response } = parts;
  const metadata = head['metadata'] as JsonObject;
  return {
    ...head,
    ...captions(parts, record),
    metadata: {
      ...metadata,
      product: { name: 'CloudTrail', vendor_name: 'AWS', version: text(record, 'eventVersion') },
      profiles: ['cloud', 'datetime'],
    },
    api: {
      ...(head['api'] as JsonObject),
      request: { uid: text(record, 'requestID'), data: request ?? null },
      response: { error: ownString(record, 'errorCode') ?? null, data: response ?? null },
    },
  };
};

/** The record as the schema `audit-event` has it; absent fields take the schema's defaults. */
export const avroFields = (record: JsonObject): JsonObject => {
  const { head, request, response } = normalizedParts(record);
  return {
    ...head,
    resources: head['resources'] ?? [],
    request_data: request === undefined ? null : JSON.stringify(request),
    response_data: response === undefined ? null : JSON.stringify(response),
    raw_data: null,
  };
};
