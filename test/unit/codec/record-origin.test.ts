import { expect, it } from 'vitest';
import { decodeRecord } from '../../../src/codec/decode-record.ts';
import { recordOrigin } from '../../../src/codec/record-origin.ts';
import { kubernetesRecordWith } from '../../support/kubernetes-records.ts';

const naming = { cluster: null, clusterHeader: 'cluster' };

it('is the cluster of the header, else that of the configuration', () => {
  expect(recordOrigin({}, naming)).toBeUndefined();
  expect(recordOrigin({}, { ...naming, cluster: 'c' })).toEqual({ cluster: 'c' });
  expect(recordOrigin({ cluster: Buffer.from('h') }, { ...naming, cluster: 'c' })).toEqual({
    cluster: 'h',
  });
  expect(recordOrigin({ x: ['h', 'i'] }, { ...naming, clusterHeader: 'x' })).toEqual({
    cluster: 'h',
  });
  expect(recordOrigin({ cluster: '' }, naming)).toBeUndefined();
});

it('names the cluster of a record that nothing else tells it of', () => {
  const accountOf = (record: object): string | undefined => {
    const decoded = decodeRecord(Buffer.from(JSON.stringify(record)), {
      origin: { cluster: 'outer' },
    });
    return decoded instanceof Promise ? undefined : decoded.events[0]?.account;
  };
  expect(accountOf(kubernetesRecordWith({}))).toBe('prod-eu');
  expect(accountOf(kubernetesRecordWith({ cluster: undefined }))).toBe('outer');
  expect(accountOf({ items: [kubernetesRecordWith({ cluster: undefined })] })).toBe('outer');
});
