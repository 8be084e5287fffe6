import { describe, expect, it } from 'vitest';
import { compileActor } from '../../../../src/core/detect/actor.ts';
import type { EventActor } from '../../../../src/core/model/audit-event.ts';
import type { ActorVerdict } from '../../../../src/core/model/drift-candidate.ts';
import type { ActorTable } from '../../../../src/core/model/provider-tables.ts';
import { readProviderTables } from '../../../../src/config/provider-tables.ts';
import { eventWith, ROLE_ARN, TERRAFORM_AGENT } from '../sample-event.ts';

const table = readProviderTables('config').tables.get('aws')?.actors as ActorTable;

const pipeline = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLEPIPELINE01:GitHubActions',
  arn: 'arn:aws:sts::210987654321:assumed-role/deploy/GitHubActions',
  accountId: '210987654321',
  sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::210987654321:role/ci/deploy' } },
};

const verdict = (
  fields: Readonly<Record<string, unknown>>,
  trusted: readonly string[] = [],
): ActorVerdict => compileActor(table, trusted)(eventWith(fields));

const noConsole = { sessionCredentialFromConsole: undefined };

describe('the class of an actor', () => {
  it.each([
    [TERRAFORM_AGENT, 'iac_pipeline'],
    [`[${TERRAFORM_AGENT}]`, 'iac_pipeline'],
    ['aws-sdk-go/1.29.7 (go1.13.8; linux) APN/1.0 HashiCorp/1.0 Terraform/0.12.24', 'iac_pipeline'],
    ['APN/1.0 OpenTofu/1.9.0 aws-sdk-go-v2/1.36.3', 'iac_pipeline'],
    ['APN/1.0 Pulumi/1.0 PulumiAws/6.70.0', 'iac_pipeline'],
    ['console.ec2.amazonaws.com', 'console'],
    ['signin.amazonaws.com', 'console'],
    ['[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.1]', 'console'],
    ['Mozilla/5.0 (X11)', 'console'],
    ['Coral/Netty4', 'console'],
    ['aws-internal/3 aws-sdk-java/1.11.9 AWSLambdaConsole/3', 'console'],
    ['aws-cli/2.24.10 md/awscrt#0.23.8', 'cli_sdk'],
    ['Boto3/1.37.1 md/Botocore#1.37.1', 'cli_sdk'],
    ['aws-sdk-js/3.750.0', 'cli_sdk'],
    ['curl/8.5.0', 'unknown'],
  ])('by the user agent %s is %s', (userAgent, expected) => {
    expect(verdict({ ...noConsole, userAgent }).class).toBe(expected);
  });

  it('is console where the credentials came from a sign-in, whatever the client', () => {
    expect(verdict({ userAgent: 'aws-cli/2.24.10 exec-env/CloudShell' })).toMatchObject({
      class: 'console',
      signals: ['console-credentials', 'aws-cli-user-agent'],
    });
  });

  it('is cloud_service where AWS acts for itself: its own identity, event or service-linked role', () => {
    const service = 'autoscaling.amazonaws.com';
    const from = { ...noConsole, userAgent: service, sourceIPAddress: service };
    const userIdentity = { type: 'AWSService', invokedBy: service };
    expect(verdict({ ...from, userIdentity }).class).toBe('cloud_service');
    expect(verdict({ ...noConsole, eventType: 'AwsServiceEvent' }).class).toBe('cloud_service');
    const arn =
      'arn:aws:iam::210987654321:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling';
    const linked = { ...pipeline, invokedBy: service, sessionContext: { sessionIssuer: { arn } } };
    expect(verdict({ ...from, userIdentity: linked }).class).toBe('cloud_service');
  });

  it.each(['ssm.amazonaws.com', 'cloudcontrolapi.amazonaws.com', 'autoscaling.amazonaws.com'])(
    'is not cloud_service where %s forwards the call of a principal, who stays the principal',
    (service) => {
      const fields = {
        ...noConsole,
        userAgent: service,
        sourceIPAddress: service,
        userIdentity: { ...pipeline, invokedBy: service },
      };
      expect(verdict(fields)).toMatchObject({
        class: 'unknown',
        signals: ['forwarded-by-service', 'forwarded-from-service'],
        principal: 'arn:aws:iam::210987654321:role/ci/deploy',
      });
      expect(verdict({ ...fields, userAgent: 'aws-cli/2.24.10' }).class).toBe('cli_sdk');
    },
  );

  it('is not cloud_service by the user agent alone, which the caller chooses', () => {
    expect(verdict({ ...noConsole, userAgent: 'rds.amazonaws.com' }).class).toBe('unknown');
  });

  it('is iac_service where CloudFormation acted for the caller, who stays the principal', () => {
    const service = 'cloudformation.amazonaws.com';
    const fields = {
      ...noConsole,
      userAgent: service,
      sourceIPAddress: service,
      userIdentity: { ...pipeline, invokedBy: service },
    };
    expect(verdict(fields)).toMatchObject({
      class: 'iac_service',
      trusted: false,
      principal: 'arn:aws:iam::210987654321:role/ci/deploy',
    });
  });

  it('is not iac_service by a user agent that names CloudFormation', () => {
    expect(verdict({ ...noConsole, userAgent: 'cloudformation.amazonaws.com' }).class).toBe(
      'unknown',
    );
  });

  it('reports every signal, in the order of the table', () => {
    expect(verdict({ userAgent: TERRAFORM_AGENT }).signals).toEqual([
      'terraform-user-agent',
      'terraform-provider-aws-user-agent',
      'console-credentials',
      'aws-sdk-user-agent',
    ]);
  });
});

describe('trust', () => {
  it.each([
    ['arn:aws:iam::210987654321:role/ci/*', true],
    ['arn:aws:iam::*:role/ci/deploy', true],
    ['arn:aws:sts::210987654321:assumed-role/deploy/GitHubActions', true],
    ['arn:aws:iam::111111111111:role/ci/*', false],
    ['deploy', false],
  ])('by the pattern %s is %s', (pattern, trusted) => {
    expect(verdict({ userIdentity: pipeline }, [pattern]).trusted).toBe(trusted);
  });

  it('is never given to an actor without a name', () => {
    expect(verdict({ userIdentity: {} }, ['*'])).toEqual({
      class: 'console',
      trusted: false,
      signals: ['console-credentials', 'browser-user-agent'],
    });
  });
});

describe('the name of an actor', () => {
  it('of a single sign-on session is the person and the permission set', () => {
    expect(verdict({})).toMatchObject({
      name: 'alice@example.com (AdministratorAccess)',
      principal: ROLE_ARN,
    });
  });

  it('of another session is the session and the role', () => {
    expect(verdict({ userIdentity: pipeline }).name).toBe('GitHubActions (deploy)');
  });

  it('is the source identity where there is one', () => {
    const sessionContext = { ...pipeline.sessionContext, sourceIdentity: 'dana' };
    expect(verdict({ userIdentity: { ...pipeline, sessionContext } }).name).toBe('dana (deploy)');
  });

  it('of a user is the user name', () => {
    const userIdentity = { type: 'IAMUser', userName: 'bob', arn: 'arn:aws:iam::1:user/bob' };
    expect(verdict({ userIdentity })).toMatchObject({
      name: 'bob',
      principal: 'arn:aws:iam::1:user/bob',
    });
  });

  it('stays on one line and short', () => {
    const userIdentity = { type: 'IAMUser', userName: `a\nb${'x'.repeat(500)}` };
    const { name } = verdict({ userIdentity });
    expect(name).toMatch(/^a b/);
    expect(name?.length).toBeLessThan(140);
  });
});

describe('trust in some accounts', () => {
  const scoped = (
    byAccount: Parameters<typeof compileActor>[2],
    account: string | undefined = '210987654321',
  ): boolean =>
    compileActor(
      table,
      [],
      byAccount,
    )(eventWith({ userIdentity: pipeline, recipientAccountId: account })).trusted;
  const principals = ['arn:aws:iam::*:role/ci/*'];

  it('counts where the act happened in one of them', () => {
    expect(scoped([{ principals, accounts: ['2109*'] }])).toBe(true);
    expect(scoped([{ principals, accounts: ['111111111111', '222222222222'] }])).toBe(false);
    expect(scoped([{ principals, accounts: ['2109*'] }], '999999999999')).toBe(false);
  });

  it('needs the principal as well', () => {
    const other = ['arn:aws:iam::*:role/other'];
    expect(scoped([{ principals: other, accounts: ['*'] }])).toBe(false);
    expect(
      scoped([
        { principals: other, accounts: ['*'] },
        { principals, accounts: ['*'] },
      ]),
    ).toBe(true);
  });
});

describe('the name that is shown', () => {
  const nameOf = (actor: EventActor): string | undefined => {
    const event = eventWith({});
    return compileActor(table, [])({ ...event, account: '1', actor }).name;
  };

  it.each<[string, EventActor, string]>([
    [
      'a session of single sign-on',
      {
        userName: 'kim@example.org',
        sessionIssuer:
          'arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef',
      },
      'kim@example.org (Admin)',
    ],
    [
      'a source identity behind a role',
      {
        userName: 'session-7',
        sourceIdentity: 'kim@example.org',
        sessionIssuer: 'arn:aws:iam::1:role/Deploy',
      },
      'kim@example.org (Deploy)',
    ],
    [
      'a user principal name',
      { userName: 'kim@example.org', userUid: '6d7f0d3c' },
      'kim@example.org',
    ],
    [
      'a person behind a service account of Google',
      {
        userName: 'deploy@p.iam.gserviceaccount.com',
        userUid: 'deploy@p.iam.gserviceaccount.com',
        sourceIdentity: 'kim@example.org',
      },
      'kim@example.org as deploy@p.iam.gserviceaccount.com',
    ],
    [
      'an impersonation in Kubernetes',
      { userType: 'Impersonator', userUid: 'kim@example.org', userName: 'system:admin' },
      'kim@example.org as system:admin',
    ],
    ['a name with line ends', { userName: 'kim\n\u001b[31m' }, 'kim [31m'],
  ])('of %s', (_name, actor, expected) => {
    expect(nameOf(actor)).toBe(expected);
  });

  it('is none where the record names nobody', () => {
    expect(nameOf({})).toBeUndefined();
  });
});
