import type { OpenSearchTransport } from '../../../../src/adapters/opensearch/transport.ts';

const LINE_END = 0x0a;
const WRITTEN = { create: { status: 201 } };

const actionsIn = (body: Buffer): number => {
  let lines = 0;
  for (let at = body.indexOf(LINE_END); at !== -1; at = body.indexOf(LINE_END, at + 1)) lines += 1;
  return lines / 2;
};

/** Takes every document of a bulk request at once, without a wire. */
export const nullTransport: OpenSearchTransport = {
  request: async ({ body = '' }) => {
    const documents = actionsIn(typeof body === 'string' ? Buffer.from(body) : body);
    const items = new Array<typeof WRITTEN>(documents).fill(WRITTEN);
    return { status: 200, body: { errors: false, items } };
  },
  close: async () => undefined,
};
