import { createRequire } from 'node:module';
import { beforeEach, describe, expect, it } from 'vitest';
import { runAcls, deniedError } from '../../../../src/adapters/kafka/acls.ts';
import { protocolErrorType } from '../../../../src/adapters/kafka/kafka-error.ts';
import { mendTransactionRefusal } from '../../../../src/adapters/kafka/mend-transaction-refusal.ts';
import { writeRefusal } from '../../../../src/adapters/kafka/write-refusal.ts';

interface Answer {
  readonly errors: readonly {
    readonly topic: string;
    readonly partitionErrors: readonly { readonly partition: number; readonly errorCode: number }[];
  }[];
}

const require = createRequire(import.meta.url);
const { protocol } = require('kafkajs/src/protocol/requests/addPartitionsToTxn/index.js') as {
  readonly protocol: (of: { readonly version: number }) => (request: object) => {
    readonly response: { readonly parse: (answer: Answer) => Promise<unknown> };
  };
};

const CODES = { ok: 0, missing: 3, denied: 29, notAttempted: 55 };
const acls = runAcls({
  groupId: 'g',
  topics: { auditEvents: 'in', desiredState: 'state', driftCandidates: 'out', deadLetters: 'dead' },
});

/** The answer about two topics of a transaction, as kafkajs would throw or take it. */
const answered = async (version: number, first: number, second: number): Promise<unknown> => {
  const { response } = protocol({ version })({});
  const errors = [first, second].map((errorCode, i) => ({
    topic: `topic ${i}`,
    partitionErrors: [{ partition: 0, errorCode }],
  }));
  try {
    return await response.parse({ errors });
  } catch (error) {
    return error;
  }
};

describe.each([0, 1])('what refuses a transaction of several topics (answer version %i)', (v) => {
  beforeEach(() => mendTransactionRefusal());

  it('is told as a topic that is gone, though another one is named first', async () => {
    const refusal = writeRefusal(
      await answered(v, CODES.notAttempted, CODES.missing),
      'commit partition in/0',
    );
    expect(refusal?.message).toContain('a topic does not exist: run `driftline setup`');
    expect(deniedError(refusal, acls)).toBeUndefined();
  });

  it('is told as a missing ACL, though another topic is named first', async () => {
    const refusal = writeRefusal(
      await answered(v, CODES.notAttempted, CODES.denied),
      'commit partition in/0',
    );
    expect(deniedError(refusal, acls)?.message).toContain('lacks Write on Topic out');
  });

  it('is told where it stands first', async () => {
    const error = await answered(v, CODES.missing, CODES.notAttempted);
    expect(protocolErrorType(error)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  it('stays without a reason where the brokers give none', async () => {
    const error = await answered(v, CODES.notAttempted, CODES.notAttempted);
    expect(protocolErrorType(error)).toBe('OPERATION_NOT_ATTEMPTED');
    expect(writeRefusal(error, 'commit')).toBeUndefined();
  });

  it('is nothing where all are taken', async () => {
    expect(await answered(v, CODES.ok, CODES.ok)).not.toBeInstanceOf(Error);
  });
});
