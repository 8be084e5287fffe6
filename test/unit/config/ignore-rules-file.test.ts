import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readIgnoreRules } from '../../../src/config/ignore-rules-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'ignore-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (text: string, name = 'rules.json'): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

describe('readIgnoreRules of JSON', () => {
  it('reads rules', () => {
    const rule = { id: 'autoscaling', reason: 'scaled by load', attribute: 'desired_capacity' };
    expect(readIgnoreRules(fileOf(JSON.stringify([rule])))).toEqual([rule]);
  });

  it.each([
    ['{', 'no YAML or JSON'],
    ['{}', 'must hold an array'],
    ['["x"]', 'line 1, column 2: a rule must be a mapping'],
    ['[{"id":"a","reason":"b"}]', 'the rule has none of resource, type'],
    ['[{"id":"a","reason":"b","typo":"c"}]', 'line 1, column 25: the unknown key typo'],
    ['[{"id":"a","reason":"b","type":""}]', 'type must be a text'],
    ['[{"reason":"b","type":"x"}]', 'the rule has no id'],
    [
      '[{"id":"a","reason":"b","type":"x"},\n{"id":"a","reason":"b","type":"y"}]',
      'line 2, column 1: the id a is given twice',
    ],
  ])('refuses %s', (text, message) => {
    expect(() => readIgnoreRules(fileOf(text))).toThrow(message);
  });

  it('names a file that is not there', () => {
    expect(() => readIgnoreRules(join(folder, 'none.json'))).toThrow('cannot be read (ENOENT)');
  });
});

describe('readIgnoreRules of YAML', () => {
  const read = (text: string) => readIgnoreRules(fileOf(text, 'rules.yaml'));
  const head = 'owner: team-web\n  reason: scaled by load\n  expires: 2027-03-31';

  it('reads numbers and days as they are written, and lists of patterns', () => {
    expect(
      read(`rules:
- id: capacity
  owner: team-web
  reason: scaled by load
  expires: 2027-03-31
  resource: [aws_autoscaling_group.*, '!aws_autoscaling_group.batch']
  attribute: desired_capacity
  account: 012345678901
- id: forever
  owner: team-web
  reason: never code's
  expires: never
  operation: ec2:CreateTags
`),
    ).toEqual([
      {
        id: 'capacity',
        owner: 'team-web',
        reason: 'scaled by load',
        expires: '2027-03-31',
        resource: ['aws_autoscaling_group.*', '!aws_autoscaling_group.batch'],
        attribute: 'desired_capacity',
        account: '012345678901',
      },
      { id: 'forever', owner: 'team-web', reason: "never code's", operation: 'ec2:CreateTags' },
    ]);
  });

  it.each([
    [
      'no owner and no expiry',
      '- id: a\n  reason: b\n  type: x\n',
      'line 1, column 3: the rule has no owner, no expires',
    ],
    [
      'a day that no calendar has',
      `- id: a\n  owner: o\n  reason: b\n  type: x\n  expires: 2027-02-30\n`,
      'line 5, column 12: expires must be a day',
    ],
    [
      'a key given twice',
      `- id: a\n  ${head}\n  type: x\n  type: y\n`,
      'line 6, column 3: no YAML or JSON',
    ],
    [
      'a pattern with an open class',
      `- id: a\n  ${head}\n  resource: 'aws_[x'\n`,
      'resource aws_[x: [ without its ]',
    ],
    [
      'a mapping where a text belongs',
      `- id: a\n  ${head}\n  type: {a: b}\n`,
      'line 5, column 9: type must be a text',
    ],
    [
      'a list where one text belongs',
      `- id: [a, b]\n  ${head}\n  type: x\n`,
      'id must be one text',
    ],
    ['an alias', `- &a\n  id: a\n  ${head}\n  type: x\n- *a\n`, 'a rule must be a mapping'],
    ['other keys beside rules', `rules: []\nmore: 1\n`, 'must hold nothing but rules'],
  ])('refuses %s, with its place', (_name, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('names every fault, in the order of the file', () => {
    const fault = (): string => {
      try {
        read('- id: a\n- type: 1\n- 7\n');
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    expect(
      fault()
        .split('\n')
        .slice(1)
        .map((line) => line.split(':')[0]),
    ).toEqual([
      '- line 1, column 3',
      '- line 1, column 3',
      '- line 2, column 3',
      '- line 3, column 3',
    ]);
  });
});

describe('readIgnoreRules of .driftignore', () => {
  const read = (text: string) => readIgnoreRules(fileOf(text, '.driftignore'));

  it('makes each line a rule that is named by its place', () => {
    expect(
      read('# everything but buckets\n*\n!aws_s3_bucket\n\n\naws_iam_user.tfc-demo\r\n'),
    ).toEqual([
      { id: '.driftignore:2', reason: 'everything but buckets', line: '*' },
      { id: '.driftignore:3', reason: 'everything but buckets', line: '!aws_s3_bucket' },
      { id: '.driftignore:6', reason: 'line of .driftignore:6', line: 'aws_iam_user.tfc-demo' },
    ]);
  });

  it('takes id, owner, reason and expiry from the comment above', () => {
    const text = `# id: capacity
# owner: team-web
# expires: 2027-03-31
# reason: scaled by load
aws_autoscaling_group.*.desired_capacity
aws_ecs_service.*.desired_count

aws_x.y`;
    const head = {
      id: 'capacity',
      reason: 'scaled by load',
      owner: 'team-web',
      expires: '2027-03-31',
    };
    expect(read(text)).toEqual([
      { ...head, line: 'aws_autoscaling_group.*.desired_capacity' },
      { ...head, line: 'aws_ecs_service.*.desired_count' },
      { id: '.driftignore:8', reason: 'line of .driftignore:8', line: 'aws_x.y' },
    ]);
  });

  it.each([
    ['aws_x.[a', 'line 1, column 7: [ without its ]'],
    ['aws_x.a\\', 'line 1, column 8: \\ with nothing after it'],
    ['aws_x.a\n!', 'line 2, column 2: no pattern'],
    [' aws_x.a', 'line 1, column 1: a space where the pattern starts'],
    ['aws_x.a # why', 'line 1, column 9: a comment behind the pattern'],
    ['# expires: soon\naws_x.a', 'line 1, column 11: expires must be a day'],
    ['# id: a\nx.y\n\n# id: a\nx.z', 'line 4, column 1: the id a is given twice'],
  ])('refuses %j, with its place', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('of no line at all has no rules', () => {
    expect(read('# nothing yet\n\n')).toEqual([]);
  });
});
