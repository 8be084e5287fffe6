import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Takes every document at once and keeps none: what remains is the service's own cost. As a process of its own, told
 * its port on stdout.
 */
export const runNullOpenSearch = (): void => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.url?.startsWith('/_bulk') !== true) {
        response.end('{"version":{"number":"3.4.0","distribution":"opensearch"}}');
        return;
      }
      // Each action is one line, and each has one document on the next.
      let lines = 0;
      for (const chunk of chunks) {
        for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
      }
      const item = '{"create":{"status":201}}';
      const items = new Array<string>(lines / 2).fill(item).join(',');
      response.end(`{"took":0,"errors":false,"items":[${items}]}`);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
  });
};
