import { cloudTrailName } from '../names.ts';
import type { Member, ServiceModel } from '../service-models.ts';

/** Where CloudTrail writes a member of an operation's request or response: a path, alternatives with `|`. */
export interface RecordPaths {
  readonly request: (...members: readonly NamedMember[]) => string;
  readonly response: (...members: readonly NamedMember[]) => string;
}

export interface NamedMember {
  readonly name: string;
  readonly member: Member;
}

const plain = (members: readonly NamedMember[]): string =>
  members.map(({ name }) => cloudTrailName(name)).join('.');

/** EC2's own names: the location's name small in what CloudTrail has always recorded. */
const ec2Name = ({ name, member }: NamedMember): string =>
  cloudTrailName(member.locationName ?? name);

/**
 * The spelling of the service's records. Most write each member with a small first letter. EC2 wraps newer operations
 * under `<Operation>Request`, with the members as the model spells them. API Gateway has what was in the body under
 * `<operation>Input`. Some REST services write a member as it goes over the wire, with a capital.
 */
export const recordPaths = (model: ServiceModel, operation: string): RecordPaths => {
  if (model.protocol === 'ec2') {
    const wrapped = (members: readonly NamedMember[]): string =>
      members.map(({ name }) => name).join('.');
    return {
      request: (...members) =>
        `request.${members.map(ec2Name).join('.')}|request.${operation}Request.${wrapped(members)}`,
      response: (...members) => {
        const path = members.map(ec2Name).join('.');
        return `response.${path}|response.${operation}Response.${path}`;
      },
    };
  }
  const response = (...members: readonly NamedMember[]): string => `response.${plain(members)}`;
  if (model.source === 'apigateway') {
    const body = `request.${cloudTrailName(operation)}Input`;
    return {
      request: (...members) => `request.${plain(members)}|${body}.${plain(members)}`,
      response,
    };
  }
  if (model.source === 'securityhub') {
    const wire = (members: readonly NamedMember[]): string =>
      members.map(({ name }) => name).join('.');
    return {
      request: (...members) => `request.${plain(members)}|request.${wire(members)}`,
      response: (...members) => `response.${plain(members)}|response.${wire(members)}`,
    };
  }
  return { request: (...members) => `request.${plain(members)}`, response };
};
