import type { CloudFormationTypeRow } from '../model/format-tables.ts';
import { snakeCase } from '../model/snake-case.ts';

type Rows = Readonly<Record<string, CloudFormationTypeRow>>;

/** The row of a type, whatever the case of its letters: Pulumi's aws-native writes `aws::ec2::Instance`. */
export const cloudFormationRow = (type: string, rows: Rows): CloudFormationTypeRow | undefined => {
  if (Object.hasOwn(rows, type)) return rows[type];
  const lower = lowerCaseOf(rows);
  return lower.get(type.toLowerCase());
};

/** The row of a type, or one made by rule: `AWS::Kinesis::Stream` is `aws_kinesis_stream`, of EC2 `aws_volume`. */
export const cloudFormationType = (type: string, rows: Rows): CloudFormationTypeRow => {
  const row = cloudFormationRow(type, rows);
  if (row !== undefined) return row;
  const [vendor = '', service = '', ...rest] = type.split('::');
  if (vendor !== 'AWS' || rest.length === 0) return { type };
  const thing = rest.map(snakeCase).join('_');
  return { type: service === 'EC2' ? `aws_${thing}` : `aws_${service.toLowerCase()}_${thing}` };
};

const lowered = new WeakMap<Rows, ReadonlyMap<string, CloudFormationTypeRow>>();

const lowerCaseOf = (rows: Rows): ReadonlyMap<string, CloudFormationTypeRow> => {
  const known = lowered.get(rows);
  if (known !== undefined) return known;
  const made = new Map(Object.entries(rows).map(([type, row]) => [type.toLowerCase(), row]));
  lowered.set(rows, made);
  return made;
};
