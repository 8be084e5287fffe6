import { InvalidArgumentError, type Command } from 'commander';
import type { StateLabels } from '../../pipeline/read-desired-states.ts';

/** What the command line says where the format of a state does not. */
export type FormatOptions = Partial<Pick<StateLabels, 'unit' | 'namespace' | 'cluster' | 'stack'>>;

/** The argument of each command that reads states. */
export const STATES_HELP =
  'Terraform or OpenTofu states, `show -json` output, Pulumi exports, CloudFormation templates with their stack resources, Kubernetes manifests: files, folders, globs, or - for standard input; or where they lie: s3://, gs://, azblob://, azurerm://, https://, tfc://, tfe://, k8s://';

export const addFormatOptions = (command: Command): Command =>
  command
    .option(
      '--unit <name>',
      'what publishes as one, for manifests and `show -json`, which have no lineage',
      parseName,
    )
    .option('--cluster <name>', 'cluster that manifests are for', parseName)
    .option(
      '--namespace <name>',
      'namespace of manifests that name none (default: "default")',
      parseName,
    )
    .option('--stack <name>', 'stack of a CloudFormation template', parseName);

export const formatLabels = ({
  unit,
  namespace,
  cluster,
  stack,
}: FormatOptions): FormatOptions => ({
  ...(unit === undefined ? {} : { unit }),
  ...(namespace === undefined ? {} : { namespace }),
  ...(cluster === undefined ? {} : { cluster }),
  ...(stack === undefined ? {} : { stack }),
});

/** Becomes part of a scope, which a slash ends. */
const parseName = (text: string): string => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}$/.test(text)) {
    throw new InvalidArgumentError(
      'It takes letters, digits, dot, dash, colon, @ and underscore, at most 200.',
    );
  }
  return text;
};
