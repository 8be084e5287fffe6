import { fakeDocumentWriter } from '../support/fake-document-writer.ts';
import { documentWriterContract } from './document-writer-contract.ts';

documentWriterContract('the in-memory fake', async () => {
  const writer = fakeDocumentWriter();
  return { writer, index: 'contract', stored: async (index, id) => writer.stored(index, id) };
});
