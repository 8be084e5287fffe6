import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsedJson, textAt } from './json-members.ts';

export interface TokenSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * The token of a Terraform host, as Terraform finds it: TF_TOKEN_<host> (dots as `_`, hyphens as `__`), TFE_TOKEN
 * (where TFE_ADDRESS is set, for that host only), or `terraform login`'s credentials.tfrc.json.
 */
export const terraformToken = async (
  host: string,
  { env, home }: TokenSettings,
): Promise<string | undefined> => {
  const [hostname = ''] = host.split(':');
  const own = env[`TF_TOKEN_${hostname.replaceAll('-', '__').replaceAll('.', '_')}`];
  if (own !== undefined && own !== '') return own;
  const address = env['TFE_ADDRESS'];
  const general = env['TFE_TOKEN'];
  const isForHost = address === undefined || URL.parse(address)?.host === host;
  if (isForHost && general !== undefined && general !== '') return general;
  return tokenOfLogin(host, join(home, '.terraform.d', 'credentials.tfrc.json'));
};

const tokenOfLogin = async (host: string, file: string): Promise<string | undefined> => {
  let content: Buffer;
  try {
    content = await readFile(file);
  } catch {
    // Most have none; a host without a token is refused with a message that names the file.
    return undefined;
  }
  return textAt(parsedJson(content, `a credentials file (${file})`), 'credentials', host, 'token');
};
