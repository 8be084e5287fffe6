import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const LINE_END = 0x0a;
const ITEM = '{"create":{"status":201}}';

/** Answers to bulk requests by their number of documents: there are few of them. */
const answers = new Map<number, string>();

const answerTo = (documents: number, told: string): string => {
  let answer = answers.get(documents);
  if (answer === undefined) {
    const items = new Array<string>(documents).fill(ITEM).join(',');
    answer = `"errors":false,"items":[${items}]}`;
    if (answers.size > 1_000) answers.clear();
    answers.set(documents, answer);
  }
  return told + answer;
};

/**
 * Takes every document at once and keeps none: what remains is the service's own cost. As a process of its own, told
 * its port on stdout.
 */
export const runNullOpenSearch = (): void => {
  const server = createServer((request, response) => {
    // Each action is one line, and each has one document on the next.
    let lines = 0;
    request.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(LINE_END); at !== -1; at = chunk.indexOf(LINE_END, at + 1)) {
        lines += 1;
      }
    });
    request.on('end', () => {
      const { url = '' } = request;
      response.setHeader('content-type', 'application/json');
      if (!url.includes('/_bulk')) {
        response.end('{"version":{"number":"3.4.0","distribution":"opensearch"}}');
        return;
      }
      response.end(answerTo(lines / 2, url.includes('filter_path') ? '{' : '{"took":0,'));
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
  });
};
