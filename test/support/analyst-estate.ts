import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackAddresses } from '../../deploy/local/options.ts';
import { createDeployment, type Deployment } from './deployment.ts';
import { desiredForEvents } from './desired-for-events.ts';
import { labelsOf } from './detection-labels.ts';
import { runDriftlineCommand } from './driftline-process.ts';
import { sourceRecords, sources } from './source-records.ts';

/** None of the thirds: code owns every resource that the events of the file touch. */
const NOTHING_LEFT_OUT = 3;

/** Code that owns one thing in each of two accounts, so that whatever else is made there is unmanaged. */
const SANDBOX = JSON.stringify({
  version: 4,
  terraform_version: '1.9.8',
  serial: 1,
  lineage: 'sandbox',
  outputs: {},
  resources: [
    {
      mode: 'managed',
      type: 'aws_sns_topic',
      name: 'anchor',
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [
        {
          schema_version: 0,
          attributes: {
            id: 'arn:aws:sns:us-east-2:012345678901:anchor',
            arn: 'arn:aws:sns:us-east-2:012345678901:anchor',
          },
          sensitive_attributes: [],
        },
      ],
    },
    {
      mode: 'managed',
      type: 'google_pubsub_topic',
      name: 'anchor',
      provider: 'provider["registry.terraform.io/hashicorp/google"]',
      instances: [
        {
          schema_version: 0,
          attributes: {
            id: 'projects/fake-project/topics/anchor',
            name: 'anchor',
            project: 'fake-project',
          },
          sensitive_attributes: [],
        },
      ],
    },
  ],
});

const publish = async (
  { settings }: Deployment,
  environment: string,
  files: readonly { readonly name: string; readonly content: string }[],
): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-estate-'));
  try {
    mkdirSync(join(folder, environment));
    const paths = files.map(({ name, content }) => {
      const path = join(folder, environment, name);
      writeFileSync(path, content);
      return path;
    });
    const { code, stderr } = await runDriftlineCommand([
      ...['desired', 'publish', ...paths, '--env', environment],
      ...settings,
    ]);
    if (code !== 0) throw new Error(`desired publish ended with ${code}: ${stderr}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const codeOf = (source: string) =>
  desiredForEvents(sourceRecords(source), labelsOf(source), NOTHING_LEFT_OUT).files;

/**
 * All events of shared/data in OpenSearch, by a whole service: code in `prod` owns what stratus-red-team touches, code
 * in `staging` what panther-analysis touches in AWS, and nothing owns the rest.
 * @param extra further records, behind those of the files
 */
export const analystEstate = async (
  stack: StackAddresses,
  trustedPrincipals: readonly string[],
  extra: readonly string[],
): Promise<Deployment> => {
  const deployment = await createDeployment(stack, 1, {
    // All acts are years old: one index holds them, not one for each of their days.
    'opensearch.quarantine.pastDays': '1',
    'detection.trustedPrincipals': trustedPrincipals.join(','),
    'log.level': 'warn',
  });
  await publish(deployment, 'prod', codeOf('stratus-red-team.cloudtrail'));
  await publish(deployment, 'staging', codeOf('panther-analysis.cloudtrail'));
  await publish(deployment, 'sandbox', [{ name: 'sandbox.tfstate', content: SANDBOX }]);
  await deployment.produce([
    ...sources().flatMap((source) => sourceRecords(source).map(({ text }) => text)),
    ...extra,
  ]);
  deployment.start();
  try {
    // Some 2,500 records, on a machine that may be busy.
    await deployment.caughtUp(180_000);
  } catch (error) {
    await deployment.end();
    throw error;
  }
  await fetch(
    `${stack.opensearch}/${deployment.indexes.auditEvents},${deployment.indexes.driftCandidates}/_refresh`,
    { method: 'POST' },
  );
  return deployment;
};
