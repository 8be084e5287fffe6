import { expect, it } from 'vitest';
import {
  isLocation,
  parseLocation,
} from '../../../../src/adapters/state-sources/state-location.ts';

const locationOf = (text: string) => {
  const parsed = parseLocation(text);
  return parsed.ok ? parsed.location : parsed.message;
};

it('tells locations from paths', () => {
  expect(['s3://b/k', 'HTTPS://h/p', 'foo://x'].every(isLocation)).toBe(true);
  expect(['a.tfstate', './s3:/b', 'c:\\state', '-', 's3:/b'].some(isLocation)).toBe(false);
});

it('keeps the key of a bucket as it is written', () => {
  const path = 'env:/a b/100%/x#1.tfstate';
  expect(locationOf(`s3://my-bucket/${path}`)).toEqual({ kind: 's3', bucket: 'my-bucket', path });
});

it('reads organization, workspaces and tags', () => {
  expect(locationOf('tfe://tfe.acme.example/acme/app-*?tags=prod,app')).toEqual({
    kind: 'terraform-cloud',
    host: 'tfe.acme.example',
    organization: 'acme',
    workspaces: 'app-*',
    tags: ['prod', 'app'],
  });
});

it('reads the key of the azurerm backend', () => {
  expect(locationOf('azurerm://acct/tfstate/prod.tfstate')).toMatchObject({
    account: 'acct',
    container: 'tfstate',
    path: 'prod.tfstate',
    withWorkspaces: true,
  });
});

it.each([
  ['s3://', 's3://<bucket>/'],
  ['s3://UPPER/key', 's3://<bucket>/'],
  ['azblob://account', 'azblob://<account>/<container>/'],
  ['azurerm://acct/tfstate/', 'azurerm://<account>/<container>/<key of the backend>'],
  ['tfc://acme/a/b', 'tfc://<organization>/'],
  ['tfc://acme/a?token=x', 'tfc://<organization>/'],
  ['tfe://host', 'tfe://<host>/'],
  ['k8s://ns/suffix/ws/more', 'k8s://<namespace>/'],
  ['k8s://../x', 'k8s://<namespace>/'],
  ['ftp://host/state', 'no kind of location ftp://'],
])('refuses %s and says what it takes', (text, expected) => {
  expect(locationOf(text)).toContain(expected);
});

it('refuses credentials in a location without repeating them', () => {
  const message = locationOf('s3://key-id:hunter2@bucket/key');
  expect(message).toContain('holds no credentials');
  expect(message).not.toContain('hunter2');
});
