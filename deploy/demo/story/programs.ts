import { PROD, session, user } from './accounts.ts';
import type { Caller } from './call-record.ts';

const TERRAFORM =
  'APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.17.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.8 md/GOOS#linux md/GOARCH#amd64';
const OLD_TERRAFORM =
  'APN/1.0 HashiCorp/1.0 Terraform/1.5.7 (+https://www.terraform.io) terraform-provider-aws/5.31.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.24.0 os/linux lang/go#1.20.12 md/GOOS#linux md/GOARCH#amd64';
const BOTO3 =
  'Boto3/1.40.21 md/Botocore#1.40.21 ua/2.1 os/linux#6.8.0-1014 md/arch#x86_64 lang/python#3.12.3 md/pyimpl#CPython m/Z,b cfg/retry-mode#legacy Botocore/1.40.21';
const AWS_CLI =
  'aws-cli/2.31.9 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0-1014 md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython m/E,Z,b cfg/retry-mode#standard md/prompt#off';

/** The pipeline: GitHub Actions takes the role that is trusted to apply code. */
export const terraform = (account: string, run: string): Caller => ({
  account,
  ip: '203.0.113.10',
  userAgent: TERRAFORM,
  userIdentity: session({
    account,
    role: 'terraform-apply',
    roleId: 'AROAEXAMPLETERRAFORM1',
    session: run,
    key: `ASIAEXAMPLE${run.slice(-9).toUpperCase().replaceAll('-', '0')}`,
  }),
});

/** CloudFormation with the stack's own service role. */
export const cloudFormation: Caller = {
  account: PROD,
  ip: 'cloudformation.amazonaws.com',
  userAgent: 'cloudformation.amazonaws.com',
  userIdentity: session({
    account: PROD,
    role: 'cloudformation-exec',
    roleId: 'AROAEXAMPLECFNEXEC001',
    session: 'AWSCloudFormation',
    key: 'ASIAEXAMPLECFN000001',
    invokedBy: 'cloudformation.amazonaws.com',
  }),
};

/** The pipeline's role for stacks that other teams own; it only asks CloudFormation. */
export const stackPipeline: Caller = {
  account: PROD,
  ip: '203.0.113.10',
  userAgent: AWS_CLI,
  userIdentity: session({
    account: PROD,
    role: 'stack-deploy',
    roleId: 'AROAEXAMPLESTACKDEP01',
    session: 'deploy-security-tooling',
    key: 'ASIAEXAMPLESTACK0001',
  }),
};

/** The release script, with keys of its own. */
export const ciRelease: Caller = {
  account: PROD,
  ip: '203.0.113.10',
  userAgent: BOTO3,
  userIdentity: user('ci-release', 'AIDAEXAMPLECIRELEASE', 'AKIAEXAMPLECIRELEASE'),
};

/** Keys of a user that should have been removed with the old pipeline. */
export const oldDeployer: Caller = {
  account: PROD,
  ip: '192.0.2.66',
  userAgent: OLD_TERRAFORM,
  userIdentity: user('old-deployer', 'AIDAEXAMPLEOLDDEPLOY', 'AKIAEXAMPLEOLDDEPLOY'),
};

/** Puts the cost centre on whatever it finds. */
export const costTagger: Caller = {
  account: PROD,
  ip: '203.0.113.17',
  userAgent: BOTO3,
  userIdentity: session({
    account: PROD,
    role: 'cost-tagger',
    roleId: 'AROAEXAMPLECOSTTAGGER',
    session: 'nightly',
    key: 'ASIAEXAMPLECOSTTAG01',
  }),
};

/** The monitoring vendor's collector. */
export const monitoring = (account: string): Caller => ({
  account,
  ip: '192.0.2.140',
  userAgent: 'aws-sdk-go-v2/1.38.1 ua/2.1 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#arm64',
  userIdentity: session({
    account,
    role: 'metrics-reader',
    roleId: 'AROAEXAMPLEMETRICSRD1',
    session: 'collector',
    key: 'ASIAEXAMPLEMETRICS01',
  }),
});

/** The SSM agent on an instance. */
export const ssmAgent = (account: string, instance: string, ip: string): Caller => ({
  account,
  ip,
  userAgent: `aws-sdk-go/1.55.5 (go1.23.8; linux; arm64) amazon-ssm-agent/3.3.2299.0`,
  userIdentity: session({
    account,
    role: account === PROD ? 'larkfield-prod-app' : 'larkfield-staging-app',
    roleId: account === PROD ? 'AROAEXAMPLEAPPROLE01' : 'AROAEXAMPLESTAGEAPP1',
    session: instance,
    key: 'ASIAEXAMPLEINSTANCE1',
  }),
});

/** The report function under its own role. */
export const reportFunction: Caller = {
  account: PROD,
  ip: '192.0.2.12',
  userAgent: 'aws-sdk-js/3.888.0 ua/2.1 os/linux#5.10 lang/js md/nodejs#22.18.0',
  userIdentity: session({
    account: PROD,
    role: 'larkfield-prod-report',
    roleId: 'AROAEXAMPLEREPORTRL1',
    session: 'larkfield-prod-report',
    key: 'ASIAEXAMPLEREPORT001',
  }),
};

/** A service-linked role at work. */
export const serviceRole = (service: string, role: string, name: string): Caller => ({
  account: PROD,
  ip: `${service}.amazonaws.com`,
  userAgent: `${service}.amazonaws.com`,
  userIdentity: session({
    account: PROD,
    role,
    roleId: `AROAEXAMPLESVC${name.toUpperCase().slice(0, 7).padEnd(7, '0')}`,
    session: name,
    key: 'ASIAEXAMPLESERVICE01',
    path: `/aws-service-role/${service}.amazonaws.com/`,
    invokedBy: `${service}.amazonaws.com`,
  }),
});

/** AWS itself. */
export const awsService = (service: string): Caller => ({
  account: PROD,
  ip: `${service}.amazonaws.com`,
  userAgent: `${service}.amazonaws.com`,
  userIdentity: { type: 'AWSService', invokedBy: `${service}.amazonaws.com` },
});
