import { mendOnce } from './mend-once.ts';

interface AddPartitionsAnswer {
  readonly errors: readonly {
    readonly topic: string;
    readonly partitionErrors: readonly { readonly partition: number; readonly errorCode: number }[];
  }[];
}

interface AnswerReader {
  parse: (answer: AddPartitionsAnswer) => Promise<unknown>;
}

const NO_ERROR = 0;
const OPERATION_NOT_ATTEMPTED = 55;

/** The answer without what was not attempted, where it tells a reason for that. */
const reasonsOnly = (answer: AddPartitionsAnswer): AddPartitionsAnswer => {
  const errors = answer.errors.map((each) => ({
    ...each,
    partitionErrors: each.partitionErrors.filter(
      ({ errorCode }) => errorCode !== OPERATION_NOT_ATTEMPTED && errorCode !== NO_ERROR,
    ),
  }));
  return errors.some(({ partitionErrors }) => partitionErrors.length > 0)
    ? { ...answer, errors }
    : answer;
};

/**
 * Brokers that refuse one partition of a transaction say OPERATION_NOT_ATTEMPTED of all others, and kafkajs 2.2.4
 * throws what is said of the first. Mended for the whole process: the refusal is thrown, wherever it stands.
 */
export const mendTransactionRefusal = mendOnce((require) => {
  for (const version of ['v0', 'v1']) {
    const reader = require(
      `kafkajs/src/protocol/requests/addPartitionsToTxn/${version}/response.js`,
    ) as AnswerReader;
    const { parse } = reader;
    reader.parse = (answer) => parse(reasonsOnly(answer));
  }
});
