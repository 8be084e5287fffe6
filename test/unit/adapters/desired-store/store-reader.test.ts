import { expect, it } from 'vitest';
import type { StoreDatabases } from '../../../../src/adapters/desired-store/store-databases.ts';
import { StoreError } from '../../../../src/adapters/desired-store/store-error.ts';
import { createStoreReader } from '../../../../src/adapters/desired-store/store-reader.ts';
import { desiredPayloads } from '../../../../src/codec/desired-resource-payload.ts';
import { loadSchemas } from '../../../../src/codec/load-schemas.ts';

it('a disk that cannot be read is a failure of the store, not of the record that was looked up for', () => {
  const full = new Error('MDB_READERS_FULL: Environment maxreaders limit reached');
  const database = {
    getBinaryFast: () => {
      throw full;
    },
  };
  const reader = createStoreReader(
    { resources: database, buckets: database, accounts: database } as unknown as StoreDatabases,
    desiredPayloads(loadSchemas()['desired-resource']),
  );
  for (const look of [() => reader.lookup('id:vpc-1'), () => reader.covers('aws', '1')]) {
    expect(look).toThrow(StoreError);
    expect(look).toThrow(
      expect.objectContaining({ code: 'store_failed', retriable: true, cause: full }),
    );
  }
});
