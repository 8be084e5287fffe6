import { describe, expect, it } from 'vitest';
import { readTerraformType } from '../../../../scripts/tables/terraform-types.ts';
import { tableText } from '../../../../scripts/tables/write-table.ts';

/** As the bindings of CDK for Terraform are written. */
const BINDING = `
function thingVpcConfigToHclTerraform(struct) {
    const attrs = {
        subnet_ids: {
            value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(struct.subnetIds),
            isBlock: false,
            type: "set",
            storageClassType: "stringList",
        },
    };
}
class Thing extends cdktf.TerraformResource {
    constructor(scope, id, config) {
        super(scope, id, {
            terraformResourceType: 'aws_thing',
        });
    }
    get arn() {
        return this.getStringAttribute('arn');
    }
    synthesizeHclAttributes() {
        const attrs = {
            name: {
                value: cdktf.stringToHclTerraform(this._name),
                isBlock: false,
                type: "simple",
                storageClassType: "string",
            },
            rule: {
                value: cdktf.listMapperHcl(thingRuleToHclTerraform, true)(this._rule.internalValue),
                isBlock: true,
                type: "set",
                storageClassType: "ThingRuleList",
            },
            vpc_config: {
                value: thingVpcConfigToHclTerraform(this._vpcConfig.internalValue),
                isBlock: true,
                type: "list",
                storageClassType: "ThingVpcConfigList",
            },
        };
    }
}
`;

describe('readTerraformType', () => {
  const found = readTerraformType(BINDING);

  it('reads the type, what code sets, and what only the provider sets', () => {
    expect(found?.type).toBe('aws_thing');
    expect([...(found?.names ?? [])]).toEqual(['name', 'rule', 'vpc_config', 'arn']);
    expect(found?.attributes.get('name')).toEqual({ kind: 'string' });
  });

  it('tells a block of one from a list of blocks, and reads what is in it', () => {
    expect(found?.attributes.get('vpc_config')).toEqual({
      kind: 'block',
      single: true,
      block: new Map([['subnet_ids', { kind: 'list' }]]),
    });
    expect(found?.attributes.get('rule')).toMatchObject({ kind: 'block', single: false });
  });

  it('takes no file without a resource for one', () => {
    expect(readTerraformType('class A extends cdktf.TerraformDataSource {}')).toBeUndefined();
  });
});

describe('tableText', () => {
  it('is the same whatever the order of the rows', () => {
    expect(tableText({ b: [1], a: { x: 2 } })).toBe('{\n  "a": {"x":2},\n  "b": [1]\n}\n');
    expect(tableText({ a: { x: 2 }, b: [1] })).toBe(tableText({ b: [1], a: { x: 2 } }));
    expect(tableText({})).toBe('{}\n');
  });
});
