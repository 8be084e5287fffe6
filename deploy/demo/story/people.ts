import { PROD, SANDBOX, session } from './accounts.ts';
import type { Caller } from './call-record.ts';

const CHROME =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0';

interface Person {
  readonly email: string;
  readonly permissionSet: string;
  /** The hexadecimal end that AWS gives the permission set's role. */
  readonly suffix: string;
  readonly roleId: string;
  readonly key: string;
  readonly ip: string;
  readonly browser: string;
}

const person = (of: Person, account: string): Caller => ({
  account,
  ip: of.ip,
  userAgent: of.browser,
  fromConsole: true,
  userIdentity: session({
    account,
    role: `AWSReservedSSO_${of.permissionSet}_${of.suffix}`,
    roleId: of.roleId,
    session: of.email,
    key: of.key,
    path: '/aws-reserved/sso.amazonaws.com/eu-west-1/',
  }),
});

const DEVELOPER = { permissionSet: 'DeveloperAccess', ip: '198.51.100.23', browser: CHROME };

/** A developer; the same session as in the story's key events. */
export const dana = person(
  {
    ...DEVELOPER,
    email: 'dana.okafor@example.com',
    suffix: '4f1c2a9b7d3e6058',
    roleId: 'AROAEXAMPLEDEVELOPER1',
    key: 'ASIAEXAMPLEDANA00001',
  },
  PROD,
);

export const danaInSandbox = person(
  {
    ...DEVELOPER,
    email: 'dana.okafor@example.com',
    suffix: '2d60e8b4f7a1c935',
    roleId: 'AROAEXAMPLEDEVELOPER3',
    key: 'ASIAEXAMPLEDANA00003',
  },
  SANDBOX,
);

/** On call this week; the same session as in the story's key events. */
export const mira = person(
  {
    email: 'mira.lindqvist@example.com',
    permissionSet: 'OnCallAdmin',
    suffix: '9e07b5d2c4a81f36',
    roleId: 'AROAEXAMPLEONCALLADM1',
    key: 'ASIAEXAMPLEMIRA00001',
    ip: '203.0.113.88',
    browser: FIREFOX,
  },
  PROD,
);

/** People who look at consoles and change nothing. */
export const readers: readonly Caller[] = ['ola.brandt', 'priya.raman', 'sam.whitlock'].map(
  (name, index) =>
    person(
      {
        email: `${name}@example.com`,
        permissionSet: 'ReadOnlyAccess',
        suffix: '70c3f8e15b9d2a46',
        roleId: 'AROAEXAMPLEREADONLY01',
        key: `ASIAEXAMPLEREADER000${String(index)}`,
        ip: `198.51.100.${String(40 + index)}`,
        browser: index === 1 ? FIREFOX : CHROME,
      },
      PROD,
    ),
);
