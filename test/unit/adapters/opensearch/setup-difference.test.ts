import { describe, expect, it } from 'vitest';
import { isEdited, marked } from '../../../../src/adapters/opensearch/setup-difference.ts';

const ours = { _meta: { product: 'driftline' }, template: { settings: { codec: 'default' } } };
const template = { settings: { codec: 'best_compression' } };

describe('isEdited', () => {
  it.each(['component template', 'index template'] as const)(
    'knows a %s as setup wrote it, and one that was changed since',
    (what) => {
      expect(isEdited(what, marked(ours))).toBe(false);
      expect(isEdited(what, { ...marked(ours), template })).toBe(true);
    },
  );

  it('takes a component template without a mark for one that somebody put by hand', () => {
    expect(isEdited('component template', { ...ours, template })).toBe(true);
  });

  it('takes an index template without mark and parts for one of the versions before the mark', () => {
    expect(isEdited('index template', ours)).toBe(false);
    expect(isEdited('index template', { ...ours, composed_of: [] })).toBe(true);
    expect(isEdited('index template', { template })).toBe(true);
  });
});
