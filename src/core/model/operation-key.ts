/** The first half of an operation key: the service without the provider's suffix, such as `ec2`. */
export const serviceKey = (service: string, suffix: string): string =>
  suffix !== '' && service.endsWith(suffix) ? service.slice(0, -suffix.length) : service;

/**
 * The second half of an operation key: the operation without the service that Azure and Google write before it:
 * `Microsoft.Network/virtualNetworks/write` and `compute.firewalls.patch` are `virtualNetworks/write` and
 * `firewalls.patch`.
 */
export const operationName = (operation: string, service: string): string => {
  const mark = operation[service.length];
  return (mark === '/' || mark === '.') && operation.startsWith(service)
    ? operation.slice(service.length + 1)
    : operation;
};

/** The key of the operation tables: `<service>:<operation>`, such as `ec2:AuthorizeSecurityGroupIngress`. */
export const operationKey = (
  event: { readonly service: string; readonly operation: string },
  suffix: string,
): string => {
  const service = serviceKey(event.service, suffix);
  return `${service}:${operationName(event.operation, service)}`;
};
