/** The first half of an operation key: the service without the provider's suffix, such as `ec2`. */
export const serviceKey = (service: string, suffix: string): string =>
  suffix !== '' && service.endsWith(suffix) ? service.slice(0, -suffix.length) : service;

/** The key of the operation tables: `<service>:<Operation>`, such as `ec2:AuthorizeSecurityGroupIngress`. */
export const operationKey = (
  event: { readonly service: string; readonly operation: string },
  suffix: string,
): string => `${serviceKey(event.service, suffix)}:${event.operation}`;
