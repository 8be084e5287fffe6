import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import { processEvent } from '../../../../src/core/process-event.ts';
import { contextOf } from '../sample-context.ts';
import { call, owned } from './owned-resources.ts';
import { told, type Told } from './told-changes.ts';

describe('the dimensions of an alarm', () => {
  const alarm = (dimensions: JsonObject | readonly JsonObject[]): ReturnType<typeof owned> =>
    owned('aws_cloudwatch_metric_alarm', { id: 'cpu', alarm_name: 'cpu', dimensions });
  const put = (owner: ReturnType<typeof alarm>, dimensions?: readonly JsonObject[]): Told =>
    told(owner, 'monitoring:PutMetricAlarm', {
      alarmName: 'cpu',
      ...(dimensions === undefined ? {} : { dimensions }),
    });
  const watched = alarm({ InstanceId: 'i-0abc', Zone: 'a' });
  const same = [
    { name: 'Zone', value: 'a' },
    { name: 'InstanceId', value: 'i-0abc' },
  ];

  it('are the map that their names and values make', () => {
    expect(put(watched, same).kind).toBe('restored');
  });

  it('are told of where the alarm watches something else, or all', () => {
    const other = [{ name: 'InstanceId', value: 'i-0other' }, ...same.slice(0, 1)];
    expect(put(watched, other).changed).toEqual({ dimensions: 'differs' });
    expect(put(watched, same.slice(1)).changed).toEqual({ dimensions: 'differs' });
    expect(put(watched).changed).toEqual({ dimensions: 'differs' });
  });

  it('are a list in CloudFormation too', () => {
    expect(put(alarm(same.toReversed()), same).kind).toBe('restored');
    expect(put(alarm(same), same.slice(1)).changed).toEqual({ dimensions: 'differs' });
  });

  it('may be none', () => {
    expect(put(alarm({})).kind).toBe('restored');
    expect(put(alarm({}), same).changed).toEqual({ dimensions: 'differs' });
  });
});

describe('a target of a rule', () => {
  const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:nightly';
  const target = owned('aws_cloudwatch_event_target', {
    id: 'nightly-t1',
    rule: 'nightly',
    target_id: 't1',
    arn: FUNCTION,
    event_bus_name: 'default',
    input: '{"depth": 1}',
    role_arn: null,
  });
  const put = (...targets: readonly JsonObject[]): Told =>
    told(target, 'events:PutTargets', { rule: 'nightly', targets });
  const same = { id: 't1', arn: FUNCTION, input: '{"depth":1}' };

  it('is restored by the same, however its input is laid out', () => {
    expect(put(same).kind).toBe('restored');
  });

  it('is told of where it leads elsewhere, also beside another in the call', () => {
    const evil = { ...same, arn: `${FUNCTION}-evil` };
    expect(put(evil).changed).toEqual({ arn: 'differs' });
    expect(put({ id: 't0', arn: FUNCTION }, evil).changed).toEqual({ arn: 'differs' });
  });

  it('is replaced as a whole', () => {
    expect(put({ id: 't1', arn: FUNCTION }).changed).toEqual({ input: 'differs' });
  });
});

describe('a subscription', () => {
  const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alerts';
  const subscribed = { topicArn: TOPIC, protocol: 'email', endpoint: 'x@example.org' };
  const pending = { subscriptionArn: 'pending confirmation' };

  it('is a change of a topic that code owns', () => {
    const topic = owned('aws_sns_topic', { id: TOPIC, arn: TOPIC, name: 'alerts' });
    expect(told(topic, 'sns:Subscribe', subscribed, pending)).toMatchObject({
      kind: 'changed',
      changed: { subscription: 'not_in_desired' },
    });
  });

  it('whose endpoint the record hides is not taken for one that code has', () => {
    const topic = owned('aws_sns_topic', {
      id: TOPIC,
      arn: TOPIC,
      subscription: [{ protocol: 'email', endpoint: 'x@example.org' }],
    });
    expect(told(topic, 'sns:Subscribe', subscribed, pending).kind).toBe('restored');
    const hidden = { ...subscribed, endpoint: 'HIDDEN_DUE_TO_SECURITY_REASONS' };
    expect(told(topic, 'sns:Subscribe', hidden, pending).changed).toEqual({
      subscription: 'unknown',
    });
  });

  it('that nobody confirmed yet is named by its topic', () => {
    const queue = owned('aws_sqs_queue', { id: 'jobs', name: 'jobs' });
    const { candidates } = processEvent(
      call('sns:Subscribe', subscribed, pending),
      contextOf([{ ...queue, account: '111122223333', region: 'eu-west-1' }]),
    );
    expect(candidates.map(({ kind, resource }) => [kind, resource.identity])).toEqual([
      ['unmanaged', `${TOPIC}:email`],
    ]);
  });
});
