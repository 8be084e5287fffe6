import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import { owned } from './owned-resources.ts';
import { told, type Told } from './told-changes.ts';

const record = (name: string, type: string, more: JsonObject): DesiredResource => {
  const set = more['set_identifier'] ?? '';
  return owned('aws_route53_record', {
    id: `Z1_${name}_${type}${typeof set === 'string' && set !== '' ? `_${set}` : ''}`,
    zone_id: 'Z1',
    name,
    fqdn: name,
    type,
    set_identifier: '',
    alias: [],
    ttl: 300,
    records: [],
    health_check_id: '',
    ...more,
  });
};

const upsert = (owner: DesiredResource, name: string, type: string, more: JsonObject): Told =>
  told(owner, 'route53:ChangeResourceRecordSets', {
    hostedZoneId: 'Z1',
    changeBatch: {
      changes: [{ action: 'UPSERT', resourceRecordSet: { name, type, ...more } }],
    },
  });

const values = (...all: readonly string[]): JsonObject => ({
  tTL: 300,
  resourceRecords: all.map((value) => ({ value })),
});

const ADDRESS = values('192.0.2.1');

describe('routing of a record set', () => {
  const api = (policy: JsonObject): DesiredResource =>
    record('api.example.com', 'A', { set_identifier: 'eu', records: ['192.0.2.1'], ...policy });
  const routed = (owner: DesiredResource, policy: JsonObject): Told =>
    upsert(owner, 'api.example.com.', 'A', { setIdentifier: 'eu', ...ADDRESS, ...policy });

  it('tells of the other role in a failover, and of a health check that the call leaves out', () => {
    const owner = api({ failover_routing_policy: [{ type: 'PRIMARY' }], health_check_id: 'hc-1' });
    expect(routed(owner, { failover: 'SECONDARY' }).changed).toEqual({
      'failover_routing_policy[0].type': 'differs',
      health_check_id: 'differs',
    });
    expect(routed(owner, { failover: 'PRIMARY', healthCheckId: 'hc-1' }).kind).toBe('restored');
  });

  it.each([
    ['latency_routing_policy', { region: 'eu-west-1' }, { region: 'us-east-1' }, 'region'],
    ['weighted_routing_policy', { weight: 10 }, { weight: 90 }, 'weight'],
    [
      'geolocation_routing_policy',
      { continent: '', country: 'DE', subdivision: '' },
      { geoLocation: { countryCode: 'RU' } },
      'country',
    ],
    [
      'geoproximity_routing_policy',
      { aws_region: 'eu-west-1', bias: 0 },
      { geoProximityLocation: { aWSRegion: 'us-east-1' } },
      'aws_region',
    ],
    [
      'cidr_routing_policy',
      { collection_id: 'c-1', location_name: 'office' },
      { cidrRoutingConfig: { locationName: '*' } },
      'location_name',
    ],
  ])('tells of another %s', (policy, said, set, attribute) => {
    expect(routed(api({ [policy]: [said] }), set).changed).toEqual({
      [`${policy}[0].${attribute}`]: 'differs',
    });
  });

  it('tells of a policy of another kind than code says', () => {
    const owner = api({ weighted_routing_policy: [{ weight: 10 }] });
    expect(routed(owner, { failover: 'PRIMARY' }).changed).toEqual({
      'failover_routing_policy[0].type': 'not_in_desired',
    });
  });

  it('tells where answers are no longer of several values', () => {
    const owner = api({ multivalue_answer_routing_policy: true });
    expect(routed(owner, {}).changed).toEqual({ multivalue_answer_routing_policy: 'differs' });
    expect(routed(owner, { multiValueAnswer: true }).kind).toBe('restored');
  });
});

describe('an alias', () => {
  const alias = {
    name: 'web-1.eu-west-1.elb.amazonaws.com',
    zone_id: 'Z32',
    evaluate_target_health: true,
  };
  const owner = record('example.com', 'A', { alias: [alias], ttl: 0 });
  const set = (dNSName: string, evaluateTargetHealth = true): Told =>
    upsert(owner, 'example.com', 'A', {
      aliasTarget: { hostedZoneId: 'Z32', dNSName, evaluateTargetHealth },
    });

  it.each([
    'web-1.eu-west-1.elb.amazonaws.com.',
    'Web-1.eu-west-1.elb.amazonaws.com',
    'dualstack.web-1.eu-west-1.elb.amazonaws.com.',
  ])('leads to the same as %s', (name) => {
    expect(set(name).kind).toBe('restored');
  });

  it('to another name is told, and so is a target whose health no longer counts', () => {
    expect(set('evil-1.eu-west-1.elb.amazonaws.com.').changed).toEqual({
      'alias[0].name': 'differs',
    });
    expect(set(alias.name, false).changed).toEqual({
      'alias[0].evaluate_target_health': 'differs',
    });
  });

  it('is gone where the call writes values, and values are where it writes an alias', () => {
    expect(upsert(owner, 'example.com', 'A', ADDRESS).changed).toMatchObject({ alias: 'differs' });
    const plain = record('example.com', 'A', { records: ['192.0.2.1'] });
    expect(
      upsert(plain, 'example.com', 'A', {
        aliasTarget: { hostedZoneId: 'Z32', dNSName: alias.name, evaluateTargetHealth: false },
      }).changed,
    ).toMatchObject({ records: 'differs', 'alias[0].name': 'not_in_desired' });
  });

  it('of CloudFormation is compared with its target', () => {
    const { alias: _, ...rest } = owner.attributes;
    const template = owned('aws_route53_record', {
      ...rest,
      alias_target: { dns_name: alias.name, hosted_zone_id: 'Z32', evaluate_target_health: true },
    });
    const to = (dNSName: string): Told =>
      upsert(template, 'example.com', 'A', {
        aliasTarget: { hostedZoneId: 'Z32', dNSName, evaluateTargetHealth: true },
      });
    expect(to(`${alias.name}.`).kind).toBe('restored');
    expect(to('evil-1.eu-west-1.elb.amazonaws.com.').changed).toEqual({
      'alias[0].name': 'differs',
    });
  });
});

describe('values of a record set', () => {
  it.each([
    ['TXT', 'v=spf1 -all', '"v=spf1 -all"'],
    ['TXT', 'v=DKIM1; p=AAA" "BBB', '"v=DKIM1; p=AAA" "BBB"'],
    ['TXT', 'v=DKIM1; p=AAA""BBB', '"v=DKIM1; p=AAABBB"'],
    ['MX', '10 mail.example.com', '10 Mail.example.com.'],
    ['CNAME', 'app.example.com', 'app.example.com.'],
    ['CAA', '0 issue "letsencrypt.org"', '0 issue "letsencrypt.org"'],
  ])('%s: %s is the same as %s', (type, said, set) => {
    const owner = record('example.com', type, { records: [said] });
    expect(upsert(owner, 'example.com', type, values(set)).kind).toBe('restored');
  });

  it.each([
    ['TXT', 'v=spf1 -all', '"v=spf1 +all"'],
    ['TXT', 'token=Abc', '"token=abc"'],
    ['MX', '10 mail.example.com', '20 mail.example.com'],
    ['CAA', '0 issue "letsencrypt.org"', '0 issue ";"'],
  ])('%s: %s is not the same as %s', (type, said, set) => {
    const owner = record('example.com', type, { records: [said] });
    expect(upsert(owner, 'example.com', type, values(set)).changed).toEqual({ records: 'differs' });
  });

  it('are found under the name of all names, in whatever way it is written', () => {
    const owner = record('*.example.com', 'CNAME', { records: ['app.example.com'] });
    for (const name of ['\\052.example.com', '\\052.example.com.', '*.example.com.']) {
      expect(upsert(owner, name, 'CNAME', values('evil.example.net')).changed).toEqual({
        records: 'differs',
      });
    }
  });
});
