/**
 * A Terraform state for the resources that the mutating events of stratus-red-team name, written by reading the events:
 * line of the event file, type, and the attributes by which the aws provider knows the resource. Events without a
 * resource (SendCommand, StartSession, account settings, GetFederationToken) have no row.
 */
export interface StratusResource {
  readonly lines: readonly number[];
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const INSTANCE_ARN = (region: string, account: string, id: string): string =>
  `arn:aws:ec2:${region}:${account}:instance/${id}`;

const instance = (
  lines: readonly number[],
  region: string,
  account: string,
  id: string,
): StratusResource => ({
  lines,
  type: 'aws_instance',
  attributes: {
    id,
    arn: INSTANCE_ARN(region, account, id),
    instance_state: 'running',
    user_data: null,
  },
});

const user = (lines: readonly number[], account: string, name: string): StratusResource => ({
  lines,
  type: 'aws_iam_user',
  attributes: { id: name, name, arn: `arn:aws:iam::${account}:user/${name}`, tags: {} },
});

const role = (lines: readonly number[], account: string, name: string): StratusResource => ({
  lines,
  type: 'aws_iam_role',
  attributes: {
    id: name,
    name,
    arn: `arn:aws:iam::${account}:role/${name}`,
    assume_role_policy:
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
  },
});

const trail = (
  lines: readonly number[],
  region: string,
  account: string,
  name: string,
): StratusResource => ({
  lines,
  type: 'aws_cloudtrail',
  attributes: {
    id: `arn:aws:cloudtrail:${region}:${account}:trail/${name}`,
    arn: `arn:aws:cloudtrail:${region}:${account}:trail/${name}`,
    name,
    enable_logging: true,
    event_selector: [],
  },
});

const lambda = (
  lines: readonly number[],
  region: string,
  account: string,
  name: string,
): StratusResource => ({
  lines,
  type: 'aws_lambda_function',
  attributes: {
    id: name,
    function_name: name,
    arn: `arn:aws:lambda:${region}:${account}:function:${name}`,
    layers: [],
  },
});

export const STRATUS_RESOURCES: readonly StratusResource[] = [
  trail(
    [116],
    'megov-westwest-1r',
    '847129010505',
    'stratus-red-team-cloudtraild-trail-kvrwohmiai',
  ),
  trail([117], 'cn-northsouth-2r', '958312252124', 'stratus-red-team-ctes-trail-khlvciwdor'),
  trail(
    [118],
    'apiso-centralnorth-2r',
    '143434273843',
    'stratus-red-team-ct-stop-trail-buykxbqejv',
  ),
  {
    lines: [119],
    type: 'aws_route53_resolver_query_log_config',
    attributes: {
      id: 'rqlc-4473f20ca554c07',
      arn: 'arn:aws:route53resolver:sa-central-3r:206821776919:resolver-query-log-config/rqlc-4473f20ca554c07',
    },
  },
  {
    lines: [123],
    type: 'aws_flow_log',
    attributes: {
      id: 'fl-0e17aa62a21d4bbfe',
      arn: 'arn:aws:ec2:megov-south-1r:498376118699:vpc-flow-log/fl-0e17aa62a21d4bbfe',
    },
  },
  instance([149, 151, 180], 'ca-northsouth-2r', '309303190113', 'i-DDd6c7B0e18F0E35f'),
  {
    lines: [266],
    type: 'aws_security_group',
    attributes: {
      id: 'sg-003dc7f1f1c686164',
      arn: 'arn:aws:ec2:us-northeast-1r:032092706103:security-group/sg-003dc7f1f1c686164',
      owner_id: '032092706103',
      ingress: [],
      egress: [],
    },
  },
  {
    lines: [267],
    type: 'aws_ami',
    attributes: {
      id: 'ami-de1fbCab6ccB03e6D',
      arn: 'arn:aws:ec2:me-south-1r::image/ami-de1fbCab6ccB03e6D',
    },
  },
  {
    lines: [268],
    type: 'aws_ebs_snapshot',
    attributes: {
      id: 'snap-041993b54a9b3af6f',
      arn: 'arn:aws:ec2:me-central-3r::snapshot/snap-041993b54a9b3af6f',
    },
  },
  {
    lines: [269],
    type: 'aws_db_snapshot',
    attributes: {
      id: 'exfiltration',
      db_snapshot_identifier: 'exfiltration',
      db_snapshot_arn: 'arn:aws:rds:meiso-eastwest-2r:171471557522:snapshot:exfiltration',
    },
  },
  instance([286], 'eu-south-1r', '572910899909', 'i-fDb357cB7e99ad973'),
  instance([287], 'eu-south-1r', '572910899909', 'i-6D7Fb8F606130A33d'),
  instance([288], 'eu-south-1r', '572910899909', 'i-9d2abfF1798C34950'),
  instance([290], 'cniso-east-3r', '844015365555', 'i-EFCb4e480CAbc4CF9'),
  instance([291], 'cniso-east-3r', '844015365555', 'i-B2ABDCa5b78E0f1dd'),
  instance([292], 'cniso-east-3r', '844015365555', 'i-D46eD8FCdefED5aAE'),
  role([293], '751203476945', 'stratus-red-team-backdoor-r-role'),
  user([294], '946986569305', 'stratus-red-team-backdoor-u-user'),
  user([295, 296, 297], '229654561268', 'malicious-iam-user'),
  role([298, 299], '609418236337', 'stratus-red-team-malicious-iam-role'),
  user([302], '070411556318', 'stratus-red-team-login-profile-user'),
  lambda([303], 'ca-centralnorth-1r', '880896431042', 'stratus-red-team-backdoor-f-func'),
  lambda(
    [304],
    'eugov-eastcentral-1r',
    '712967571683',
    'stratus-red-team-lambda-layer-simpleLambda',
  ),
  lambda([305], 'ap-westeast-2r', '266106314375', 'stratus-red-team-olc-func-vayhjqkdav'),
  {
    lines: [306],
    type: 'aws_rolesanywhere_trust_anchor',
    attributes: {
      id: '4d07f6a0-1c50-44d3-951b-b68b783daa0a',
      arn: 'arn:aws:rolesanywhere:cn-northsouth-3r:791182566784:trust-anchor/4d07f6a0-1c50-44d3-951b-b68b783daa0a',
      name: 'malicious-rolesanywhere-trust-anchor',
    },
  },
  {
    lines: [307],
    type: 'aws_rolesanywhere_profile',
    attributes: {
      id: '910042eb-8463-427d-8095-6fd60ac303d9',
      arn: 'arn:aws:rolesanywhere:cn-northsouth-3r:791182566784:profile/910042eb-8463-427d-8095-6fd60ac303d9',
      name: 'malicious-rolesanywhere-profile',
    },
  },
  user([310], '763751499319', 'stratus-red-team-update-login-profile-user'),
];

const nameOf = ({ lines }: StratusResource): string => `line_${String(lines[0])}`;

export const stratusAddress = (resource: StratusResource): string =>
  `${resource.type}.${nameOf(resource)}`;

/** The state as Terraform writes it. */
export const stratusState = (): string =>
  JSON.stringify({
    version: 4,
    terraform_version: '1.9.8',
    serial: 1,
    lineage: '6f1b6b0e-2f2c-4c58-9f57-a2f2a8a1c001',
    outputs: {},
    resources: STRATUS_RESOURCES.map((resource) => ({
      mode: 'managed',
      type: resource.type,
      name: nameOf(resource),
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [{ schema_version: 0, attributes: resource.attributes, sensitive_attributes: [] }],
    })),
  });
