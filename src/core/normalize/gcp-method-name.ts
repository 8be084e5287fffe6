const REST_VERSION = /^(?:v\d+(?:(?:alpha|beta|p)\d*)*|alpha|beta)\./;
const VERSION_SEGMENT = /^v\d+(?:(?:alpha|beta|p)\d*)*$/;
const ONE_WORD = /^(?:[A-Z]?[a-z0-9]+|[A-Z0-9]+)$/;

/**
 * The operation that a `methodName` of Cloud Audit Logs means, without API version and package:
 * `v1.compute.firewalls.patch` is `compute.firewalls.patch`, `google.iam.admin.v1.CreateServiceAccount` is
 * `CreateServiceAccount`, `google.container.v1beta1.ClusterManager.UpdateCluster` is `UpdateCluster`. A name of one
 * word keeps the interface that it needs to be told: `SqlInstancesService.Update`.
 */
export const gcpOperation = (methodName: string): string => {
  const rest = methodName.replace(REST_VERSION, '');
  const segments = rest.split('.');
  const version = segments.findIndex((segment) => VERSION_SEGMENT.test(segment));
  if (version === -1 && segments[0] !== 'google') return rest === '' ? methodName : rest;
  const call = segments.slice(version + 1);
  const last = call.at(-1);
  if (!last) return rest === '' ? methodName : rest;
  const owner = call.at(-2);
  return owner !== undefined && ONE_WORD.test(last) ? `${owner}.${last}` : last;
};
