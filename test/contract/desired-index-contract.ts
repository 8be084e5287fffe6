import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DesiredIndex, DesiredResource } from '../../src/core/model/desired-resource.ts';

interface WritableIndex extends DesiredIndex {
  upsert(resource: DesiredResource): void;
  remove(key: string): void;
}

const resource = (
  change: Partial<DesiredResource> & { readonly key: string },
): DesiredResource => ({
  scope: 'prod/lineage-1',
  address: 'aws_vpc.main',
  type: 'aws_vpc',
  provider: 'aws',
  identities: [],
  attributes: { tags: { Name: 'main' } },
  environment: 'prod',
  source: 'a.tfstate',
  published_time: 1_700_000_000_000,
  ...change,
});

/** An index may hand out resources whose fields are getters, and which say what they hold by toJSON. */
const plain = (owners: readonly DesiredResource[]): unknown => JSON.parse(JSON.stringify(owners));

/** What any desired-state index must do, whatever it stores in. */
export const describeDesiredIndex = (
  name: string,
  open: () => Promise<{ readonly index: WritableIndex; close(): Promise<void> }>,
): void => {
  describe(`desired-state index: ${name}`, () => {
    let index: WritableIndex;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ index, close } = await open());
    });
    afterEach(() => close());

    const keys = (identity: string) =>
      index
        .lookup(identity)
        .map(({ key }) => key)
        .sort();

    it('holds nothing at first', () => {
      expect(index.size).toBe(0);
      expect(index.lookup('aws_vpc:vpc-1')).toEqual([]);
      expect(index.covers('aws', '123456789012')).toBe(false);
    });

    it('finds a resource by each of its identities, as it was written', () => {
      const written = resource({ key: 'k', identities: ['aws_vpc:vpc-1', 'id:vpc-1'], serial: 3 });
      index.upsert(written);
      expect(plain(index.lookup('aws_vpc:vpc-1'))).toEqual([written]);
      expect(plain(index.lookup('id:vpc-1'))).toEqual([written]);
      expect(index.lookup('vpc-1')).toEqual([]);
    });

    it('gives every field, also those that are seldom there, and attributes of any shape', () => {
      const written = resource({
        key: 'k',
        identities: ['id:ä€😀'],
        provider_source: 'registry.example/hashicorp/aws',
        module: 'module.a["ü"]',
        account: '111111111111',
        region: 'eu-west-1',
        repository: 'git@example:infra',
        owner: 'team',
        commit: 'c0ffee',
        lineage: 'l-1',
        serial: 2 ** 52,
        tainted: true,
        attributes: {
          list: [1, -2.5, null, { deep: ['ß'] }],
          empty: {},
          text: 'x'.repeat(100_000),
        },
      });
      index.upsert(written);
      expect(plain(index.lookup('id:ä€😀'))).toEqual([written]);
      const [owner] = index.lookup('id:ä€😀');
      expect(owner?.attributes).toEqual(written.attributes);
      expect(owner?.region).toBe('eu-west-1');
      expect(owner?.tainted).toBe(true);
    });

    it('hands out what was held at the lookup, whatever is written later', () => {
      index.upsert(resource({ key: 'k', identities: ['id:vpc-1'], address: 'aws_vpc.before' }));
      const [before] = index.lookup('id:vpc-1');
      index.upsert(resource({ key: 'k', identities: ['id:vpc-1'], address: 'aws_vpc.after' }));
      const [after] = index.lookup('id:vpc-1');
      expect(before?.address).toBe('aws_vpc.before');
      expect(before?.attributes).toEqual({ tags: { Name: 'main' } });
      expect(after?.address).toBe('aws_vpc.after');
    });

    it('keeps two resources under one identity', () => {
      index.upsert(resource({ key: 'a', identities: ['id:vpc-1'] }));
      index.upsert(resource({ key: 'b', identities: ['id:vpc-1'] }));
      expect(keys('id:vpc-1')).toEqual(['a', 'b']);
      index.remove('a');
      expect(keys('id:vpc-1')).toEqual(['b']);
    });

    it('replaces what a key held, with its identities and its account', () => {
      index.upsert(
        resource({ key: 'k', identities: ['id:old', 'id:kept'], account: '111111111111' }),
      );
      index.upsert(
        resource({ key: 'k', identities: ['id:kept', 'id:new'], account: '222222222222' }),
      );
      expect(index.size).toBe(1);
      expect(keys('id:old')).toEqual([]);
      expect(keys('id:kept')).toEqual(['k']);
      expect(keys('id:new')).toEqual(['k']);
      expect(index.covers('aws', '111111111111')).toBe(false);
      expect(index.covers('aws', '222222222222')).toBe(true);
    });

    it('lists a resource once where it states an identity twice', () => {
      index.upsert(resource({ key: 'k', identities: ['id:vpc-1', 'id:vpc-1'] }));
      expect(keys('id:vpc-1')).toEqual(['k']);
    });

    it('forgets a removed key, and ignores the removal of an absent one', () => {
      index.upsert(resource({ key: 'k', identities: ['id:vpc-1'], account: '111111111111' }));
      index.remove('other');
      expect(index.size).toBe(1);
      index.remove('k');
      index.remove('k');
      expect(index.size).toBe(0);
      expect(index.lookup('id:vpc-1')).toEqual([]);
      expect(index.covers('aws', '111111111111')).toBe(false);
    });

    it('covers an account until its last resource is gone, for its provider only', () => {
      index.upsert(resource({ key: 'a', account: '111111111111' }));
      index.upsert(resource({ key: 'b', account: '111111111111' }));
      expect(index.covers('gcp', '111111111111')).toBe(false);
      index.remove('a');
      expect(index.covers('aws', '111111111111')).toBe(true);
      index.remove('b');
      expect(index.covers('aws', '111111111111')).toBe(false);
    });

    it('takes identities of any text as they are', () => {
      for (const identity of ['__proto__', 'constructor', '', 'ä\u0000ß', 'x'.repeat(3000)]) {
        expect(index.lookup(identity)).toEqual([]);
        index.upsert(resource({ key: `k/${identity}`, identities: [identity] }));
        expect(keys(identity)).toEqual([`k/${identity}`]);
      }
    });
  });
};
