import { describe, expect, it } from 'vitest';
import { redactObserved } from '../../../../src/core/desired/redact-observed.ts';
import type { JsonValue } from '../../../../src/core/model/json.ts';

const MARKER = { $redacted: 'hmac-sha256:h' };
const table = {
  aws_db_instance: { secrets: ['password'] },
  aws_instance: { secrets: ['user_data'] },
};

const redact = (type: string, path: string, observed: JsonValue): JsonValue | undefined =>
  redactObserved(observed, path, type, table, () => 'h');

describe('a value that an act set', () => {
  it.each([
    ['aws_db_instance', 'password', 'by the table of its type'],
    ['aws_lambda_function', 'environment[0].variables.PLAIN', 'by what is known of the type'],
    ['aws_amplify_branch', 'environment_variables.PLAIN', 'by the name of variables'],
    ['aws_vpc', 'settings[0].db_password', 'by the name at the end of its path'],
    ['aws_vpc', 'credentials[0].user', 'by a name on its path'],
    ['aws_vpc', 'tags.app.db_password', 'by the name of a tag, dots and all'],
  ])('of %s at %s is a secret %s', (type, path) => {
    expect(redact(type, path, 'hunter2-hunter2')).toEqual(MARKER);
  });

  it.each([
    ['a URL with a password', 'postgres://app:hunter2@db/app'],
    ['an assignment', 'export DB_PASSWORD=hunter2'],
    ['base64 of one', Buffer.from('export DB_PASSWORD=hunter2').toString('base64')],
  ])('is a secret by its form: %s', (_what, text) => {
    expect(redact('aws_vpc', 'description', text)).toEqual(MARKER);
    expect(redact('aws_vpc', 'tags.note', text)).toEqual(MARKER);
  });

  it('keeps what is no secret as it is, of any type and at any path', () => {
    const values: readonly JsonValue[] = [1, null, true, 'text', [1, 'a'], { a: [{ b: 'c' }] }, ''];
    for (const value of values) {
      for (const path of ['a', 'a[0].b', 'tags.x.y', 'a.b[0][1].c']) {
        expect(redact('aws_vpc', path, value)).toEqual(value);
      }
    }
  });

  it('keeps names of variables and loses their values', () => {
    expect(redact('aws_amplify_branch', 'environment_variables', { A: 'x', B: 'y' })).toEqual({
      A: MARKER,
      B: MARKER,
    });
  });

  it('keeps the rest where a part is secret', () => {
    expect(redact('aws_vpc', 'settings', [{ password: 'hunter2', user: 'app' }])).toEqual([
      { password: MARKER, user: 'app' },
    ]);
  });
});
