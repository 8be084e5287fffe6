/**
 * What the readers of formats other than Terraform's know of type names, as data from `config/providers`. All of it
 * adds to rules: a type without a row is read too, under a name made from its own.
 */
export interface FormatTables {
  /** By type, such as `AWS::EC2::SecurityGroup`: `aws/cloudformation-types.json`. */
  readonly cloudFormation: Readonly<Record<string, CloudFormationTypeRow>>;
  /** By token, such as `aws:lb/loadBalancer:LoadBalancer`, the Terraform type: `<provider>/pulumi-types.json`. */
  readonly pulumi: Readonly<Record<string, string>>;
  /** By kind and group, such as `Deployment.apps`, of the core group `Pod`: `kubernetes/kinds.json`. */
  readonly kubernetesKinds: Readonly<Record<string, KubernetesKindRow>>;
}

export interface CloudFormationTypeRow {
  /** The Terraform type. */
  readonly type: string;
  /** Attributes whose value the physical id is. Default `id` alone; for an ARN, `arn` too. */
  readonly id?: readonly string[];
  /**
   * Further identities, as templates over the attributes by Terraform type: an inline policy is one in each role that
   * it names, `{"aws_iam_role_policy": "{roles[]}:{name}"}`.
   */
  readonly identities?: Readonly<Record<string, string>>;
  /** Attribute by property, where it is not the property's name in snake case. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface KubernetesKindRow {
  /** Where it is not the rule's: `endpoints`. */
  readonly plural?: string;
  /** The kind belongs to the cluster, not to a namespace. */
  readonly cluster?: boolean;
  /** Groups that the same objects were served under before, such as `extensions`. */
  readonly formerly?: readonly string[];
}

export const NO_FORMAT_TABLES: FormatTables = {
  cloudFormation: {},
  pulumi: {},
  kubernetesKinds: {},
};
