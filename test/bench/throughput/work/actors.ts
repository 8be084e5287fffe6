import type { JsonObject } from '../../../../src/core/model/json.ts';
import type { SeededRandom } from '../../../support/seeded-random.ts';

/** A session of a principal: who acts, from where, with what. */
export interface Session {
  readonly identity: JsonObject;
  readonly address: string;
  readonly userAgent: string;
  readonly fromConsole: boolean;
}

/** Who may act in the work. */
export interface Actors {
  /** People and programs, outside code. */
  readonly others: readonly Session[];
  /** Terraform under its own role, which the configuration trusts. */
  readonly pipelines: readonly Session[];
  /** Terraform under a person's role. */
  readonly impostors: readonly Session[];
  /** The provider itself. */
  readonly services: readonly Session[];
}

/** For `detection.trustedPrincipals`. */
export const TRUSTED_PRINCIPAL = 'arn:aws:iam::*:role/terraform-apply';

const BROWSERS = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
];
const PROGRAMS = [
  'aws-cli/2.31.13 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0-1035-aws md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython m/Z,E,b cfg/retry-mode#standard md/installer#exe md/prompt#off',
  'Boto3/1.40.50 md/Botocore#1.40.50 ua/2.1 os/linux#5.10.240-238.955.amzn2.x86_64 md/arch#x86_64 lang/python#3.12.11 md/pyimpl#CPython exec-env/AWS_ECS_FARGATE cfg/retry-mode#standard Botocore/1.40.50',
  'aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.251.2 m/E,g',
  'aws-sdk-js/3.908.0 ua/2.1 os/linux#6.1.147 lang/js md/nodejs#22.19.0 api/lambda#3.908.0 exec-env/AWS_Lambda_nodejs22.x',
  'aws-sdk-java/2.33.8 md/io#sync md/http#Apache ua/2.1 os/Linux#5.15.0-1084-aws lang/java#21.0.8 md/OpenJDK_64-Bit_Server_VM#21.0.8+9-LTS md/vendor#Amazon.com_Inc. md/en_US',
];
const TERRAFORM =
  'APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.15.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#amd64';

const ROLES = ['Administrator', 'PlatformEngineer', 'DataEngineer', 'OnCall', 'SecurityAudit'];

const address = (random: SeededRandom): string =>
  `${random.pick([52, 18, 34, 203, 198])}.${random.whole(256)}.${random.whole(256)}.${1 + random.whole(254)}`;

const roleSession = (
  account: string,
  role: string,
  session: string,
  created: string,
  random: SeededRandom,
  mfa = false,
): JsonObject => {
  const roleId = `AROA${random.hex(17).toUpperCase()}`;
  return {
    type: 'AssumedRole',
    principalId: `${roleId}:${session}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
    accountId: account,
    accessKeyId: `ASIA${random.hex(16).toUpperCase()}`,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: roleId,
        arn: `arn:aws:iam::${account}:role/${role}`,
        accountId: account,
        userName: role,
      },
      attributes: { creationDate: created, mfaAuthenticated: String(mfa) },
    },
  };
};

const userIdentity = (account: string, user: string, random: SeededRandom): JsonObject => ({
  type: 'IAMUser',
  principalId: `AIDA${random.hex(17).toUpperCase()}`,
  arn: `arn:aws:iam::${account}:user/${user}`,
  accountId: account,
  accessKeyId: `AKIA${random.hex(16).toUpperCase()}`,
  userName: user,
});

const PRINCIPALS = 300;
const SESSIONS_EACH = 4;

/** 300 principals with four sessions each, some people and most programs; busy ones first. */
export const workActors = (
  accounts: readonly string[],
  created: string,
  random: SeededRandom,
): Actors => {
  const others: Session[] = [];
  for (let session = 0; session < SESSIONS_EACH; session += 1) {
    for (let principal = 0; principal < PRINCIPALS; principal += 1) {
      const account = accounts[principal % accounts.length]!;
      const isPerson = principal % 5 < 2;
      const isUser = principal % 25 === 7;
      const fromConsole = isPerson && session % 2 === 0;
      const role = isPerson ? ROLES[principal % ROLES.length]! : `svc-${principal}`;
      const name = isPerson ? `person-${principal}@example.com` : `${random.hex(12)}`;
      others.push({
        identity: isUser
          ? userIdentity(account, `robot-${principal}`, random)
          : roleSession(account, role, name, created, random, isPerson),
        address: address(random),
        userAgent: random.pick(fromConsole ? BROWSERS : PROGRAMS),
        fromConsole,
      });
    }
  }
  const pipelines = accounts.flatMap((account) =>
    Array.from({ length: SESSIONS_EACH }, () => ({
      identity: roleSession(account, 'terraform-apply', `run-${random.hex(16)}`, created, random),
      address: address(random),
      userAgent: TERRAFORM,
      fromConsole: false,
    })),
  );
  const impostors = others
    .filter(({ fromConsole }) => !fromConsole)
    .slice(0, 20)
    .map((session) => ({ ...session, userAgent: TERRAFORM }));
  const services = ['autoscaling', 'rds', 'elasticache', 'ecs'].flatMap((service) =>
    accounts.map((account) => ({
      identity: {
        ...roleSession(
          account,
          `aws-service-role/${service}.amazonaws.com/AWSServiceRoleFor${service}`,
          service,
          created,
          random,
        ),
        invokedBy: `${service}.amazonaws.com`,
      },
      address: `${service}.amazonaws.com`,
      userAgent: `${service}.amazonaws.com`,
      fromConsole: false,
    })),
  );
  return { others, pipelines, impostors, services };
};
