import type { Config } from './schema.ts';

type Sasl = Config['kafka']['sasl'];
type Issue = readonly [key: string, message: string];

const oauthIssues = ({ oauth }: Sasl): readonly Issue[] => {
  if (oauth.tokenFile !== undefined) {
    return oauth.tokenUrl === undefined
      ? []
      : [
          [
            'kafka.sasl.oauth.tokenUrl',
            'must not be given together with kafka.sasl.oauth.tokenFile',
          ],
        ];
  }
  if (oauth.tokenUrl === undefined) {
    const message = 'or kafka.sasl.oauth.tokenUrl is needed with oauthbearer';
    return [['kafka.sasl.oauth.tokenFile', message]];
  }
  const missing = (['clientId', 'clientSecret'] as const).find((name) => oauth[name] === undefined);
  if (missing !== undefined) {
    return [[`kafka.sasl.oauth.${missing}`, 'is needed with kafka.sasl.oauth.tokenUrl']];
  }
  return oauth.tokenUrl.startsWith('https:')
    ? []
    : [['kafka.sasl.oauth.tokenUrl', 'must start with https://: the secret is sent to it']];
};

/** What a mechanism needs, and what is given without one, as key and message. */
export const checkSasl = (sasl: Sasl): readonly Issue[] => {
  const { mechanism, username, password, awsRegion } = sasl;
  if (mechanism === undefined) {
    return (username ?? password) === undefined
      ? []
      : [['kafka.sasl.mechanism', 'is needed where kafka.sasl has a user name or a password']];
  }
  if (mechanism === 'oauthbearer') return oauthIssues(sasl);
  if (mechanism === 'aws-msk-iam') {
    return awsRegion === undefined ? [['kafka.sasl.awsRegion', 'is needed with aws-msk-iam']] : [];
  }
  const issues: Issue[] = [];
  if (username === undefined) {
    issues.push(['kafka.sasl.username', 'is needed with kafka.sasl.mechanism']);
  }
  if (password === undefined) {
    issues.push([
      'kafka.sasl.password',
      'or kafka.sasl.passwordFile is needed with kafka.sasl.mechanism',
    ]);
  }
  return issues;
};
