import type { DesiredResource } from '../model/desired-resource.ts';
import { typedIdentity } from '../model/identity.ts';

const PEER = 'peer';

type Named = Pick<DesiredResource, 'type' | 'address' | 'repository'>;

/**
 * The identity that the same logical resource has in every environment: type and address within one repository. It
 * denotes no resource at a provider; the publisher adds it, so that peers are found as everything else is.
 */
export const peerIdentity = ({ type, address, repository }: Named): string =>
  typedIdentity(PEER, `${repository ?? ''}:${type}:${address}`);

export const isPeerIdentity = (identity: string): boolean => identity.startsWith(`${PEER}:`);

export const withPeerIdentity = (resource: DesiredResource): DesiredResource => ({
  ...resource,
  identities: [...resource.identities, peerIdentity(resource)],
});
