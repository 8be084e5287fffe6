/** `vpcSecurityGroupIds` and `VpcSecurityGroupIds` as Terraform names it; `DBInstanceClass` is `db_instance_class`. */
export const snakeCase = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
