import { describe, expect, it } from 'vitest';
import { knownOperation } from '../../../../src/core/model/known-operation.ts';
import type { ProviderTables } from '../../../../src/core/model/provider-tables.ts';

const row = { effect: 'update', targets: [{ type: 'aws_x', id: '{request.id}' }] } as const;

const tables = (): ProviderTables => ({
  serviceSuffix: '.amazonaws.com',
  operations: {
    readPrefixes: [],
    createPrefixes: [],
    deletePrefixes: [],
    runtime: [],
    rows: { 'x:Put': row },
  },
  resourceTypes: {},
  actors: { signals: [] },
});

describe('knownOperation', () => {
  it('finds the row by service without suffix and operation', () => {
    const known = knownOperation({ service: 'x.amazonaws.com', operation: 'Put' }, tables());
    expect(known).toMatchObject({ key: 'x:Put', row, targets: [{ target: row.targets[0] }] });
  });

  it.each(['constructor', '__proto__', 'toString'])('has no row for a call named %s', (name) => {
    const known = knownOperation({ service: name, operation: name }, tables());
    expect(known).toEqual({ key: `${name}:${name}`, row: undefined, targets: [] });
  });

  it('gives the same answer however often and after however many other names it is asked', () => {
    const own = tables();
    const asked = { service: 'x.amazonaws.com', operation: 'Put' };
    const first = knownOperation(asked, own);
    expect(knownOperation({ ...asked }, own)).toBe(first);
    for (let at = 0; at < 20_001; at += 1) {
      knownOperation({ service: `s${at % 50}`, operation: `Call${at}` }, own);
    }
    expect(knownOperation(asked, own)).toEqual(first);
  });

  it('asks the tables it is given: two providers do not meet', () => {
    const asked = { service: 'x.amazonaws.com', operation: 'Put' };
    const one = tables();
    knownOperation(asked, one);
    const bare = { ...one, operations: { ...one.operations, rows: {} } };
    expect(knownOperation(asked, bare).row).toBeUndefined();
  });
});
