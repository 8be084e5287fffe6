import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { createDeployment } from '../../support/deployment.ts';
import { runDriftlineCommand } from '../../support/driftline-process.ts';
import { readCommitted } from '../../support/kafka-reader.ts';
import { kubernetesRecordWith } from '../../support/kubernetes-records.ts';

const MANIFESTS = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  template:
    spec:
      containers: [{ name: web, image: registry.example/web:1.4.2 }]
---
apiVersion: v1
kind: Secret
metadata: { name: db, namespace: shop }
stringData: { password: hunter2 }
`;

const record = (auditID: string, fields: object): string =>
  JSON.stringify(kubernetesRecordWith({ auditID, cluster: undefined, ...fields }));

it('driftline run finds the drift of Kubernetes objects that manifests own', async () => {
  const deployment = await createDeployment(inject('stack'));
  const folder = mkdtempSync(join(tmpdir(), 'driftline-manifests-'));
  try {
    const file = join(folder, 'shop.yaml');
    writeFileSync(file, MANIFESTS);
    const labels = ['--env', 'prod', '--cluster', 'prod-eu', '--unit', 'shop'];
    const hash = ['--set', 'desired.hashKey=a-key-of-this-test-alone'];
    const publish = ['desired', 'publish', file, ...labels, ...hash, ...deployment.settings];
    expect(await runDriftlineCommand(publish)).toMatchObject({ code: 0 });

    const secret = { resource: 'secrets', namespace: 'shop', name: 'db' };
    const pods = { resource: 'pods', namespace: 'shop', name: 'debug' };
    await deployment.produce([
      record('a-read', { verb: 'get' }),
      record('b-early', { stage: 'RequestReceived' }),
      record('c-scale', {}),
      record('d-secret', { objectRef: secret, requestObject: { data: { password: 'b3RoZXI=' } } }),
      record('e-same', {
        objectRef: secret,
        requestObject: { stringData: { password: 'hunter2' } },
      }),
      record('f-new', {
        verb: 'create',
        objectRef: pods,
        requestObject: { kind: 'Pod', spec: { hostNetwork: true } },
      }),
      record('g-broken', { verb: 7 }),
    ]);
    deployment.start(['--set', 'kubernetes.cluster=prod-eu', ...hash]);
    await deployment.caughtUp();

    const documents = await deployment.auditDocuments();
    const outcomes = documents.map(({ _id, _source }) => [
      _id.split(/[:/]/)[2],
      (_source['driftline'] as { readonly outcome: string }).outcome,
    ]);
    expect(outcomes.toSorted()).toEqual([
      ['a-read', 'read'],
      ['b-early', 'runtime'],
      ['c-scale', 'candidate'],
      ['d-secret', 'candidate'],
      ['e-same', 'candidate'],
      ['f-new', 'candidate'],
    ]);
    const text = JSON.stringify(await deployment.candidateDocuments());
    expect(text).toContain('data.password');
    expect(text).not.toContain('b3RoZXI=');
    expect(text).not.toContain('hunter2');
    const told = await readCommitted(deployment.kafka, deployment.topics.candidates);
    expect(told.map(({ key }) => key).toSorted()).toEqual([
      'kubernetes:core/pods/shop/debug',
      expect.stringContaining('deployments.apps/shop/web'),
      expect.stringContaining('secrets/shop/db'),
      expect.stringContaining('secrets/shop/db'),
    ]);
    const dead = await readCommitted(deployment.kafka, deployment.topics.dead);
    expect(dead.map(({ headers }) => headers['driftline.reason'])).toEqual(['invalid_event']);
  } finally {
    await deployment.end();
    rmSync(folder, { recursive: true });
  }
});
