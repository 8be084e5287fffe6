import { describe, expect, it } from 'vitest';
import { identitiesOf } from '../../../../src/core/desired/identities.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';

const of = (type: string, attributes: JsonObject, table = {}) =>
  identitiesOf({ type, attributes }, table);

describe('identities', () => {
  it('are the ARN and the id under the type', () => {
    const arn = 'arn:aws:iam::111111111111:role/app';
    expect(of('aws_iam_role', { id: 'app', arn })).toEqual([arn, 'aws_iam_role:app']);
  });

  it('have the id alone where it is unique by its form', () => {
    expect(of('aws_security_group', { id: 'sg-0a1b2c3d' })).toContain('id:sg-0a1b2c3d');
    expect(
      of('aws_ec2_transit_gateway_vpc_attachment', { id: 'tgw-attach-0a1b2c3d4e5f6a7b8' }),
    ).toContain('id:tgw-attach-0a1b2c3d4e5f6a7b8');
    expect(of('aws_iam_role', { id: 'app-production' })).toEqual(['aws_iam_role:app-production']);
  });

  it('fill the templates of the table, and skip one whose attribute is absent or redacted', () => {
    const table = {
      aws_iam_role_policy_attachment: { identities: ['{role}:{policy_arn}', '{none}', '{secret}'] },
      aws_x: { identities: ['{vpc_config[0].id}/{port}'] },
    };
    const attributes = {
      id: 'x',
      role: 'r',
      policy_arn: 'arn:aws:iam::aws:policy/P',
      secret: { $redacted: 'dropped' },
    };
    expect(of('aws_iam_role_policy_attachment', attributes, table)).toEqual([
      'aws_iam_role_policy_attachment:x',
      'aws_iam_role_policy_attachment:r:arn:aws:iam::aws:policy/P',
    ]);
    expect(of('aws_x', { vpc_config: [{ id: 'v' }], port: 80 }, table)).toEqual(['aws_x:v/80']);
  });

  it('are made under the name of the type that is the same', () => {
    const table = { aws_alb: { sameAs: 'aws_lb' }, aws_lb: { identities: ['{name}'] } };
    expect(of('aws_alb', { id: 'i', name: 'web' }, table)).toEqual(['aws_lb:i', 'aws_lb:web']);
  });

  it('strip host and version of Google links, and lower the case of ARM ids', () => {
    const self_link = 'https://www.googleapis.com/compute/v1/projects/p/zones/z/instances/i';
    expect(of('google_compute_instance', { self_link })).toEqual([
      'id:projects/p/zones/z/instances/i',
    ]);
    expect(of('azurerm_lb', { id: '/subscriptions/S/resourceGroups/G' })).toContain(
      'id:/subscriptions/s/resourcegroups/g',
    );
  });

  it('never take a type or an attribute from a prototype', () => {
    expect(of('constructor', { id: 'i' })).toEqual(['constructor:i']);
    expect(of('t', {}, { t: { identities: ['{constructor.name}'] } })).toEqual([]);
  });
});
