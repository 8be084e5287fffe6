import { expect, it } from 'vitest';
import { instanceAddress } from '../../../../src/core/desired/terraform-address.ts';

it.each([
  [undefined, undefined, 'aws_vpc.main'],
  ['module.a["x"].module.b[0]', undefined, 'module.a["x"].module.b[0].aws_vpc.main'],
  [undefined, 0, 'aws_vpc.main[0]'],
  [undefined, '0', 'aws_vpc.main["0"]'],
  [undefined, '', 'aws_vpc.main[""]'],
  [undefined, 'a "b" \\', 'aws_vpc.main["a \\"b\\" \\\\"]'],
  [undefined, 'a\nb\tc\r', 'aws_vpc.main["a\\nb\\tc\\r"]'],
  [undefined, '${x} %{y} $z 5%', 'aws_vpc.main["$${x} %%{y} $z 5%"]'],
  [undefined, 'ä 水 🦀', 'aws_vpc.main["ä 水 🦀"]'],
  [undefined, '\u0000\u200b\u{e0001}', 'aws_vpc.main["\\u0000\\u200b\\U000e0001"]'],
])('prints the address as Terraform does: %s %j', (module, indexKey, address) => {
  expect(instanceAddress({ module, type: 'aws_vpc', name: 'main', indexKey })).toBe(address);
});
