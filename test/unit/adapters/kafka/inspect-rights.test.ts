import { describe, expect, it } from 'vitest';
import { runAcls } from '../../../../src/adapters/kafka/acls.ts';
import type { AuthorizedOperations } from '../../../../src/adapters/kafka/authorized-operations.ts';
import { inspectRights } from '../../../../src/adapters/kafka/inspect-rights.ts';

const acls = runAcls({
  groupId: 'g',
  topics: { auditEvents: 'in', desiredState: 'state', driftCandidates: 'out', deadLetters: 'dead' },
});

type Operations = readonly ('Read' | 'Write' | 'Describe')[];

const inspect = (
  topics: Readonly<Record<string, Operations>>,
  groups: Readonly<Record<string, Operations>>,
) => {
  const named = (all: Readonly<Record<string, Operations>>): AuthorizedOperations['topics'] =>
    new Map(Object.entries(all).map(([name, operations]) => [name, new Set(operations)]));
  const held = { topics: named(topics), groups: named(groups) };
  return inspectRights({ read: async () => held, acls, brokers: 'b:9092' });
};

const all = {
  in: ['Read', 'Describe'],
  state: ['Read', 'Describe'],
  out: ['Write', 'Describe'],
  dead: ['Write', 'Describe'],
} as const;
const only = ['Describe'] as const;

describe('the rights of the user', () => {
  it('are right where they are all that the service needs', async () => {
    expect(await inspect(all, { g: ['Read', 'Describe'] })).toMatchObject([{ state: 'ok' }]);
  });

  it('lack a row, which is named with the command that grants it', async () => {
    expect(await inspect({ ...all, out: only }, { g: only })).toEqual([
      {
        state: 'fault',
        subject: 'rights of this user',
        what: 'lack Write on Topic out: write drift candidates',
        mend: 'kafka-acls.sh --bootstrap-server b:9092 --add --allow-principal User:<user> --operation Write --topic out',
      },
      {
        state: 'fault',
        subject: 'rights of this user',
        what: 'lack Read on Group g: join the group and commit offsets',
        mend: 'kafka-acls.sh --bootstrap-server b:9092 --add --allow-principal User:<user> --operation Read --group g',
      },
    ]);
  });

  it('are those of another user where all are missing', async () => {
    const found = await inspect({ in: only, state: only, out: only, dead: only }, { g: only });
    expect(found).toMatchObject([
      { state: 'warning', what: expect.stringContaining('not the service') as unknown },
    ]);
  });

  it('are not told of a topic that cannot be seen, which is a finding of its own', async () => {
    const { out: _out, ...seen } = all;
    expect(await inspect(seen, {})).toMatchObject([{ state: 'ok' }]);
  });

  it('are passed over where the brokers do not tell them', async () => {
    expect(await inspect({}, {})).toMatchObject([{ state: 'skipped' }]);
  });
});
