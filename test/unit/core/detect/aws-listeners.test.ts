import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import { owned } from './owned-resources.ts';
import { told, type Told } from './told-changes.ts';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
const LISTENER = `${ARN}:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2`;
const RULE = `${ARN}:listener-rule/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee`;
const WEB = `${ARN}:targetgroup/web/1111111111111111`;
const EVIL = `${ARN}:targetgroup/evil/2222222222222222`;

const group = (targetGroupArn: string, weight?: number): JsonObject => ({
  targetGroupArn,
  ...(weight === undefined ? {} : { weight }),
});
const forwardTo = (...targetGroups: readonly JsonObject[]): JsonObject => ({
  type: 'forward',
  forwardConfig: { targetGroups, targetGroupStickinessConfig: { enabled: false } },
});

const action = (more: JsonObject): JsonObject => ({
  type: 'forward',
  order: 1,
  target_group_arn: '',
  forward: [],
  fixed_response: [],
  redirect: [],
  ...more,
});
const single = action({ target_group_arn: WEB });
const blocks = (...target_group: readonly JsonObject[]): JsonObject =>
  action({ forward: [{ target_group, stickiness: [{ enabled: false, duration: 0 }] }] });

const listener = (...default_action: readonly JsonObject[]): DesiredResource =>
  owned('aws_lb_listener', { id: LISTENER, arn: LISTENER, port: 443, default_action });
const modified = (owner: DesiredResource, ...defaultActions: readonly JsonObject[]): Told =>
  told(owner, 'elasticloadbalancing:ModifyListener', { listenerArn: LISTENER, defaultActions });

const TARGET = 'default_action[0].target_group_arn';
const GROUPS = 'default_action[0].forward[0].target_group';

describe('the target group of a listener', () => {
  const one = blocks({ arn: WEB, weight: 1 });

  it.each([
    ['the attribute', single],
    ['a block', one],
  ])('is read from a list of one, where code says it by %s', (_, said) => {
    expect(modified(listener(said), forwardTo(group(WEB, 1))).kind).toBe('restored');
    expect(modified(listener(said), forwardTo(group(EVIL, 1))).changed).toEqual({
      [TARGET]: 'differs',
    });
    expect(modified(listener(said), { type: 'forward', targetGroupArn: WEB }).kind).toBe(
      'restored',
    );
  });

  it('is told of where a call sends a part of the traffic elsewhere', () => {
    const parted = forwardTo(group(WEB, 90), group(EVIL, 10));
    expect(modified(listener(single), parted).changed).toEqual({ [GROUPS]: 'not_in_desired' });
    expect(modified(listener(one), parted).changed).toEqual({ [GROUPS]: 'differs' });
  });

  it('is told of where of two groups one is left', () => {
    const two = blocks({ arn: WEB, weight: 1 }, { arn: EVIL, weight: 1 });
    expect(modified(listener(two), forwardTo(group(WEB))).changed).toEqual({ [TARGET]: 'differs' });
    expect(modified(listener(two), forwardTo(group(EVIL), group(WEB))).kind).toBe('restored');
    expect(modified(listener(two), forwardTo(group(EVIL, 5), group(WEB))).changed).toEqual({
      [GROUPS]: 'differs',
    });
  });

  it('of the second action, after one that asks who comes, is told of too', () => {
    const asks = action({ type: 'authenticate-oidc' });
    const owner = listener(asks, { ...single, order: 2 });
    expect(modified(owner, { type: 'authenticate-oidc' }, forwardTo(group(EVIL))).changed).toEqual({
      'default_action[1].target_group_arn': 'differs',
    });
    expect(modified(owner, forwardTo(group(WEB))).changed).toMatchObject({
      'default_action[0].type': 'differs',
    });
  });

  it('of CloudFormation is found among its default actions', () => {
    const template = owned('aws_lb_listener', {
      id: LISTENER,
      arn: LISTENER,
      default_actions: [{ type: 'forward', target_group_arn: WEB }],
    });
    expect(modified(template, { type: 'forward', targetGroupArn: WEB }).kind).toBe('restored');
    expect(modified(template, forwardTo(group(EVIL))).changed).toEqual({ [TARGET]: 'differs' });
  });
});

describe('other actions of a listener', () => {
  it('tell of another fixed answer', () => {
    const owner = listener(
      action({
        type: 'fixed-response',
        fixed_response: [{ content_type: 'text/plain', message_body: 'no', status_code: '403' }],
      }),
    );
    const answer = (config: JsonObject): JsonObject => ({
      type: 'fixed-response',
      fixedResponseConfig: config,
    });
    const same = { contentType: 'text/plain', messageBody: 'no', statusCode: '403' };
    expect(modified(owner, answer(same)).kind).toBe('restored');
    expect(modified(owner, answer({ ...same, statusCode: '200' })).changed).toEqual({
      'default_action[0].fixed_response[0].status_code': 'differs',
    });
    const { messageBody: _, ...without } = same;
    expect(modified(owner, answer(without)).changed).toEqual({
      'default_action[0].fixed_response[0].message_body': 'differs',
    });
  });

  it('tell of another redirect, of which what the call leaves out is as it came', () => {
    const said = {
      status_code: 'HTTP_301',
      host: '#{host}',
      path: '/#{path}',
      port: '443',
      protocol: 'HTTPS',
      query: '#{query}',
    };
    const owner = listener(action({ type: 'redirect', redirect: [said] }));
    const redirect = (config: JsonObject): JsonObject => ({
      type: 'redirect',
      redirectConfig: { statusCode: 'HTTP_301', protocol: 'HTTPS', ...config },
    });
    expect(modified(owner, redirect({ port: '443' })).kind).toBe('restored');
    expect(modified(owner, redirect({ port: '443', host: 'evil.example' })).changed).toEqual({
      'default_action[0].redirect[0].host': 'differs',
    });
    expect(modified(owner, redirect({})).changed).toEqual({
      'default_action[0].redirect[0].port': 'differs',
    });
  });
});

describe('a rule of a listener', () => {
  const rule = owned('aws_lb_listener_rule', {
    id: RULE,
    arn: RULE,
    action: [single],
    condition: [
      {
        host_header: [],
        http_header: [],
        path_pattern: [{ values: ['/api/*'] }],
        query_string: [],
        source_ip: [],
      },
    ],
  });
  const modifiedRule = (request: JsonObject): Told =>
    told(rule, 'elasticloadbalancing:ModifyRule', { ruleArn: RULE, ...request });
  const path = (...values: readonly string[]): JsonObject => ({
    field: 'path-pattern',
    pathPatternConfig: { values },
  });

  it('tells of another target group', () => {
    expect(modifiedRule({ actions: [forwardTo(group(WEB))] }).kind).toBe('restored');
    expect(modifiedRule({ actions: [forwardTo(group(EVIL))] }).changed).toEqual({
      'action[0].target_group_arn': 'differs',
    });
  });

  it('tells of other conditions', () => {
    expect(modifiedRule({ conditions: [path('/api/*')] }).kind).toBe('restored');
    expect(modifiedRule({ conditions: [path('/*')] }).changed).toEqual({ condition: 'differs' });
    const internal = { field: 'source-ip', sourceIpConfig: { values: ['10.0.0.0/8'] } };
    expect(modifiedRule({ conditions: [path('/api/*'), internal] }).changed).toEqual({
      condition: 'differs',
    });
  });

  it('reads a condition in the short form', () => {
    const short = (value: string): JsonObject => ({ field: 'path-pattern', values: [value] });
    expect(modifiedRule({ conditions: [short('/api/*')] }).kind).toBe('restored');
    expect(modifiedRule({ conditions: [short('/*')] }).changed).toEqual({
      'condition[0].path_pattern[0].values': 'differs',
    });
  });

  it('says of conditions that it cannot translate that they are unknown', () => {
    const header = {
      field: 'http-header',
      httpHeaderConfig: { httpHeaderName: 'X', values: ['1'] },
    };
    expect(modifiedRule({ conditions: [header] }).changed).toEqual({
      'condition.http-header': 'unknown',
    });
  });
});
