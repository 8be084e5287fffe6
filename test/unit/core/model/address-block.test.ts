import { describe, expect, it } from 'vitest';
import { addressBlock } from '../../../../src/core/model/address-block.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

describe('a block of addresses', () => {
  it.each([
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['8.8.8.8/0', '0.0.0.0/0'],
    ['10.1.2.3/12', '10.0.0.0/12'],
    ['192.0.2.1/32', '192.0.2.1/32'],
    ['::/0', '::/0'],
    ['0:0:0:0:0:0:0:0/0', '::/0'],
    ['0000::1/0', '::/0'],
    ['2001:DB8:0:0::/32', '2001:db8::/32'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['2001:db8:0:1:1:1:1:1/128', '2001:db8:0:1:1:1:1:1/128'],
  ])('%s is %s', (text, block) => {
    expect(addressBlock(text)).toBe(block);
  });

  it.each([
    ...['', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '12345::', '::/129'],
    ...[
      '10.0.0.0',
      '10.0.0/8',
      '10.0.0.256/8',
      '10.0.0.0/33',
      'fe80::1%eth0',
      'a:b',
      'sg-1',
      '10:30',
    ],
    ...['arn:aws:iam::aws:policy/x', 'tcp:443/0'],
  ])('%j is none', (text) => {
    expect(addressBlock(text)).toBeUndefined();
  });

  it('is spelled as URLs spell it', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 500; round += 1) {
      const groups = Array.from({ length: 8 }, () =>
        random.next() < 0.6 ? 0 : random.whole(65_536),
      );
      const text = groups
        .map((group) => group.toString(16).padStart(random.whole(5), '0'))
        .join(':')
        .toUpperCase();
      const url = new URL(`http://[${text}]/`).hostname.slice(1, -1);
      expect(addressBlock(text)).toBe(url);
      expect(addressBlock(url)).toBe(url);
    }
  });
});
