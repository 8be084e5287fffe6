/**
 * `DBInstanceIdentifier` as `db_instance_identifier`, `VPCId` as `vpc_id`, `WebACLs` as `web_acls`, `IPv6Cidr` as
 * `ipv6_cidr`: as Terraform spells the words that an API writes together.
 */
export const snakeCase = (name: string): string =>
  name
    .replaceAll(/[-. ]+/g, '_')
    .replaceAll(/IPv(?=[46])/g, 'Ipv')
    .replaceAll(/OAuth/g, 'Oauth')
    .replaceAll(
      /([A-Z]{2,})s(?=[A-Z]|$)/g,
      (_all, word: string) => `${word[0]}${word.slice(1).toLowerCase()}s`,
    )
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_')
    .toLowerCase();

/** The last word in the singular: `security_groups` as `security_group`, `policies` as `policy`. */
export const singular = (name: string): string => {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  if (/(ss|us|is|as)$/.test(name)) return name;
  if (/(sses|xes|ches|shes)$/.test(name)) return name.slice(0, -2);
  return name.endsWith('s') ? name.slice(0, -1) : name;
};

/**
 * The name that CloudTrail writes a parameter under: the first letter small, the others as they are
 * (`dBInstanceIdentifier`, `aRN`, `vpcId`).
 */
export const cloudTrailName = (member: string): string =>
  `${member.slice(0, 1).toLowerCase()}${member.slice(1)}`;

export interface OperationWords {
  /** `Create`, of `BatchCreateX` and `AdminCreateX` both words. */
  readonly verb: string;
  /** `ConfigurationProfile`; empty for a name of one word. */
  readonly noun: string;
}

/** What an operation does, and to what: `Update` and `ConfigurationProfile`. */
export const operationWords = (operation: string): OperationWords => {
  const verb = /^(?:Batch|Admin)?[A-Z][a-z0-9]+(?![a-z])/.exec(operation)?.[0] ?? operation;
  return { verb, noun: operation.slice(verb.length) };
};
