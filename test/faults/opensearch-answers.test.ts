import { describe, expect } from 'vitest';
import {
  refusal,
  startBulkInterposer,
  writeAnswer,
  type BulkFault,
  type BulkInterposer,
  type BulkRequest,
} from './support/bulk-interposer.ts';
import type { FaultRun } from './support/fault-run.ts';
import { faultTest } from './support/fault-test.ts';

const RECORDS = 1_000;
const unit = ['--set', 'unit.maxRecords=100'];

/** Runs a member whose bulk requests go through an interposer, to the end of what was fed. */
const against = async (
  run: FaultRun,
  faultOf: (request: BulkRequest) => BulkFault | undefined,
  look: (interposer: BulkInterposer) => void | Promise<void> = () => undefined,
  settings: readonly string[] = [],
): Promise<void> => {
  const interposer = await startBulkInterposer(
    `http://127.0.0.1:${run.opensearchProxy.port}`,
    faultOf,
  );
  try {
    await run.feed(RECORDS / 2, 0);
    await run.feed(RECORDS / 2, 1);
    const member = run.member([
      ...unit,
      ...settings,
      '--set',
      `opensearch.nodes=${interposer.url}`,
    ]);
    await run.deployment.caughtUp(120_000);
    await look(interposer);
    expect(await run.retire(member)).toBe(0);
  } finally {
    await interposer.close();
  }
};

/** The n-th bulk requests, from 1, have the fault. */
const at =
  (numbers: readonly number[], fault: BulkFault | ((request: BulkRequest) => BulkFault)) =>
  (request: BulkRequest): BulkFault | undefined =>
    numbers.includes(request.number)
      ? typeof fault === 'function'
        ? fault(request)
        : fault
      : undefined;

const deadLetters = async (run: FaultRun): Promise<number> =>
  (await run.evidence()).deadLetters.length;

/** Documents whose event id ends so. */
const names =
  (...ids: readonly string[]) =>
  ({ id }: { readonly id: string }): boolean =>
    ids.some((each) => id.endsWith(each));

describe('answers of OpenSearch to a whole request', () => {
  faultTest('T34-429-whole-request', {}, (run) =>
    against(
      run,
      at([2, 3, 4], refusal(429, 'rejected_execution_exception', { 'retry-after': '2' })),
      ({ requests }) => {
        const [first, second] = [
          requests[1],
          requests.find(({ at: when }) => when > (requests[1]?.at ?? 0) + 1_900),
        ];
        expect(second?.at).toBeGreaterThan((first?.at ?? 0) + 1_900);
      },
    ),
  );

  faultTest('T37-500-then-200', {}, (run) =>
    against(run, ({ number }) => {
      if (number % 4 === 1) return refusal(500, 'internal');
      if (number % 4 === 2)
        return { kind: 'answer', answer: { status: 502, body: '<html>bad gateway</html>' } };
      return number % 4 === 3 && number < 20
        ? { kind: 'answer', answer: { status: 504, body: '' } }
        : undefined;
    }),
  );

  faultTest('T38-timeout-after-applied', {}, (run) =>
    against(
      run,
      at([2, 5, 9], { kind: 'applied', write: () => undefined }),
      ({ requests }) => expect(requests.length).toBeGreaterThan(RECORDS / 100),
      ['--set', 'opensearch.requestTimeoutMs=1000'],
    ),
  );

  faultTest('T40-whole-400', {}, (run) =>
    against(
      run,
      ({ actions }) =>
        actions.some(names('event-123')) ? refusal(400, 'json_parse_exception') : undefined,
      async () => expect(await deadLetters(run)).toBe(1),
    ),
  );

  faultTest('T41-413-split', {}, (run) =>
    against(run, ({ body }) => (body.length > 20_000 ? refusal(413, 'too_large') : undefined)),
  );

  faultTest('T47-slow-responses', {}, (run) =>
    against(run, ({ number }) =>
      number <= 6 ? { kind: 'applied', delayMs: 6_000, write: writeAnswer } : undefined,
    ),
  );

  faultTest('T48-truncated-or-garbled-answer', {}, (run) =>
    against(
      run,
      at([1, 2, 4, 6, 8], ({ number }) => ({
        kind: 'applied',
        write: (answer, response) => {
          if (number === 1)
            return writeAnswer({ ...answer, body: answer.body.slice(0, 40) }, response);
          if (number === 2) return writeAnswer({ ...answer, body: '{"items":"\u0000' }, response);
          if (number === 4) return void response.destroy();
          response.writeHead(200, { 'content-length': String(answer.body.length) });
          response.write(answer.body.slice(0, 40));
          setTimeout(() => response.destroy(), 20);
        },
      })),
    ),
  );

  faultTest('T49-answer-with-another-count', {}, (run) =>
    against(
      run,
      at([1, 3, 5], ({ number }) => ({
        kind: 'applied',
        write: (answer, response) => {
          const { items } = JSON.parse(answer.body) as { readonly items: readonly unknown[] };
          const other = number === 1 ? items.slice(1) : [...items, ...items];
          writeAnswer(
            { ...answer, body: JSON.stringify({ errors: false, items: other }) },
            response,
          );
        },
      })),
    ),
  );
});

describe('answers of OpenSearch to some items', () => {
  const odd = ({ id }: { readonly id: string }): boolean => /[13579]$/.test(id);

  faultTest('T35-429-some-items', {}, (run) =>
    against(
      run,
      at([1, 2, 3, 5, 8], {
        kind: 'items',
        faultOf: (action) =>
          odd(action) ? { status: 429, type: 'rejected_execution_exception' } : undefined,
      }),
    ),
  );

  faultTest('T36-503-items', {}, (run) =>
    against(
      run,
      at([1, 2, 4], {
        kind: 'items',
        faultOf: (action) =>
          odd(action) ? undefined : { status: 503, type: 'unavailable_shards_exception' },
      }),
    ),
  );

  faultTest('T39-partial-400', {}, (run) =>
    against(
      run,
      () => ({
        kind: 'items',
        faultOf: (action) =>
          names('event-77', 'event-501')(action)
            ? { status: 400, type: 'mapper_parsing_exception', reason: 'failed to parse field [n]' }
            : undefined,
      }),
      async () => {
        const { deadLetters: letters } = await run.evidence();
        expect(letters.map(({ headers }) => headers['driftline.reason'])).toEqual([
          'document_rejected',
          'document_rejected',
        ]);
      },
    ),
  );
});
