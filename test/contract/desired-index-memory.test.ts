import { createMemoryIndex } from '../../src/adapters/desired-store/memory-index.ts';
import { describeDesiredIndex } from './desired-index-contract.ts';

describeDesiredIndex('memory', async () => ({ index: createMemoryIndex(), close: async () => {} }));
