import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { verdictsOf } from '../../support/cloud-detection.ts';
import { FIREWALL, PROJECT } from '../../support/cloud-fixtures.ts';
import { act, google } from '../../support/gcp-acts.ts';

const firewall = google('google_compute_firewall', {
  id: FIREWALL,
  name: 'allow-web',
  self_link: `https://www.googleapis.com/compute/v1/${FIREWALL}`,
  network: `https://www.googleapis.com/compute/v1/projects/${PROJECT}/global/networks/default`,
  source_ranges: ['10.0.0.0/8'],
  allow: [{ protocol: 'tcp', ports: ['443'] }],
  priority: 1000,
});

describe('a firewall, patched', () => {
  it('is compared by what the body names', () => {
    const request = {
      network: `projects/${PROJECT}/global/networks/default`,
      sourceRanges: ['0.0.0.0/0'],
      alloweds: [{ IPProtocol: 'tcp', ports: ['443'] }],
      priority: '900',
    };
    const [candidate] = act({ request }, [firewall]).candidates;
    expect(candidate).toMatchObject({ kind: 'changed', resource: { key: firewall.key } });
    expect(verdictsOf(candidate)).toEqual([
      ['allow', 'set', 'equals_desired'],
      ['source_ranges', 'set', 'differs'],
      ['priority', 'set', 'differs'],
      ['network', 'set', 'equals_desired'],
    ]);
  });

  it('is found by a short id of an old state too, through its self link', () => {
    const old = google('google_compute_firewall', {
      ...firewall.attributes,
      id: 'allow-web',
    });
    expect(act({}, [old]).candidates).toMatchObject([{ resource: { key: old.key } }]);
  });
});

describe('the number of a project', () => {
  const project = google('google_project', {
    id: `projects/${PROJECT}`,
    project_id: PROJECT,
    number: '424242',
  });
  const topic = google('google_pubsub_topic', {
    id: `projects/${PROJECT}/topics/orders`,
    name: 'orders',
  });
  const payload = {
    serviceName: 'pubsub.googleapis.com',
    methodName: 'google.pubsub.v1.Publisher.DeleteTopic',
    resourceName: 'projects/424242/topics/orders',
    request: { topic: 'projects/424242/topics/orders' },
  };
  const numbered = {
    logName: 'projects/424242/logs/cloudaudit.googleapis.com%2Factivity',
    resource: { type: 'pubsub_topic', labels: { project_id: '424242' } },
  };

  it('is told by what else the entry names', () => {
    const told = {
      ...payload,
      authorizationInfo: [{ resource: `projects/${PROJECT}/topics/orders` }],
    };
    expect(act(told, [topic]).candidates).toMatchObject([{ kind: 'deleted' }]);
  });

  it("that nothing tells never makes another project's resource this one's", () => {
    expect(act(payload, [topic]).candidates).toEqual([]);
    expect(act(payload, [topic, project]).candidates).toMatchObject([
      { kind: 'deleted', resource: { key: topic.key } },
    ]);
  });

  it('is told by the project that code owns', () => {
    expect(act(payload, [topic, project], numbered).candidates).toMatchObject([
      { kind: 'deleted', resource: { key: topic.key } },
    ]);
    expect(act(payload, [topic], numbered).outcome).toBe('unresolved');
  });
});

describe('what an act without a row touches', () => {
  const key = `projects/${PROJECT}/locations/eu/own/o`;
  const thing = google('google_own_thing', { id: key });
  const payload = {
    serviceName: 'own.googleapis.com',
    methodName: 'google.own.v1.Own.UpdateThing',
  };

  it('is the resource that it names', () => {
    expect(act({ ...payload, resourceName: key }, [thing])).toMatchObject({
      outcome: 'candidate',
      unmapped: true,
    });
  });

  it('is not the key ring that a call named Create makes an import job in', () => {
    const name = `projects/${PROJECT}/locations/l/keyRings/r`;
    const ring = google('google_kms_key_ring', { id: name, name: 'r' });
    const create = {
      serviceName: 'cloudkms.googleapis.com',
      methodName: 'google.cloud.kms.v1.KeyManagementService.CreateImportJob',
      resourceName: name,
      request: { parent: name, importJobId: 'j' },
    };
    expect(act(create, [ring]).candidates).toEqual([]);
  });

  it('is neither the project nor what something is created in', () => {
    const project = google('google_project', { id: `projects/${PROJECT}`, project_id: PROJECT });
    const inside = { ...payload, resourceName: `projects/${PROJECT}` };
    expect(act(inside, [project]).outcome).toBe('unresolved');
    const create = { ...payload, methodName: 'own.things.create', resourceName: key };
    expect(act(create, [thing]).outcome).toBe('unresolved');
  });
});

describe('what is no act', () => {
  const log = (name: string): object => ({
    logName: `projects/${PROJECT}/logs/cloudaudit.googleapis.com%2F${name}`,
  });
  const reading = { authorizationInfo: [{ permissionType: 'DATA_READ' }] };

  it.each([
    ['a failure', {}, { status: { code: 7 } }, 'failed', 'call_failed'],
    ['a denial', log('policy'), {}, 'failed', 'call_failed'],
    ['reading data', log('data_access'), reading, 'read', 'read_only'],
    ['writing data', log('data_access'), {}, 'runtime', 'data_event'],
    ['what Google does by itself', log('system_event'), {}, 'service', 'cloud_service'],
    ['a beginning', { operation: { id: 'o', first: true } }, {}, 'runtime', 'call_begun'],
    ['a read by name', {}, { methodName: 'v1.compute.firewalls.list' }, 'read', 'read_by_name'],
    ['a start', {}, { methodName: 'v1.compute.instances.start' }, 'runtime', 'runtime_operation'],
  ])('is %s', (_name, more, payload, outcome, reason) => {
    expect(act(payload, [firewall], more)).toMatchObject({ outcome, reason });
  });
});

describe('who acted', () => {
  const by = (
    email: string,
    callerSuppliedUserAgent: string,
    trusted: readonly string[] = [],
  ): ProcessedEvent =>
    act(
      {
        authenticationInfo: { principalEmail: email },
        requestMetadata: { callerSuppliedUserAgent },
      },
      [firewall],
      {},
      trusted,
    );
  const terraform =
    'Terraform/1.9.0 (+https://www.terraform.io) Terraform-Plugin-SDK/2.33.0 terraform-provider-google/5.40.0,gzip(gfe)';
  const ci = 'ci@shop-prod-1.iam.gserviceaccount.com';

  it.each([
    ['alice@example.com', 'Mozilla/5.0 (X11),gzip(gfe)', 'console'],
    ['alice@example.com', 'google-cloud-sdk gcloud/480.0.0 command/x,gzip(gfe)', 'cli_sdk'],
    [ci, 'google-api-go-client/0.5', 'cli_sdk'],
    [ci, terraform, 'iac_pipeline'],
    ['service-12@container-engine-robot.iam.gserviceaccount.com', 'x', 'cloud_service'],
    ['12@cloudservices.gserviceaccount.com', 'x', 'cloud_service'],
    ['service-desk@shop-prod-1.iam.gserviceaccount.com', 'curl/8.5', 'cli_sdk'],
    ['service-org-12@gcp-sa-logging.iam.gserviceaccount.com', 'x', 'cloud_service'],
    ['service-p12@gcp-sa-accessapproval.iam.gserviceaccount.com', 'x', 'cloud_service'],
    ['service-12@compute-system.iam.gserviceaccount.com', 'x', 'cloud_service'],
    ['service-12@container-engine-robot.iam.gserviceaccount.com.evil.com', 'curl/8.5', 'cli_sdk'],
  ])('%s with %s is %s', (email, agent, expected) => {
    expect(by(email, agent).actor?.class).toBe(expected);
  });

  it('is not Google by a user agent that names GKE, which anybody can send', () => {
    const agent = 'google-api-go-client/0.5 GoogleContainerEngine/v1';
    expect(by(ci, agent)).toMatchObject({ outcome: 'candidate', actor: { class: 'cli_sdk' } });
    expect(by('eve@example.com', 'evil GoogleContainerEngine/v1').outcome).toBe('candidate');
  });

  it.each(['service-1234567@evil-proj', 'service-1@xgcp-sa-logging', 'service-1@compute-system-2'])(
    'is not Google as %s, a service account that a tenant can make',
    (name) => {
      expect(by(`${name}.iam.gserviceaccount.com`, 'curl/8.5')).toMatchObject({
        outcome: 'candidate',
        actor: { class: 'cli_sdk' },
      });
    },
  );

  it('is code with a trusted service account and Terraform, a candidate with one of the two', () => {
    const trusted = ['ci@*.iam.gserviceaccount.com'];
    expect(by(ci, terraform, trusted)).toMatchObject({ outcome: 'iac', reason: 'iac_pipeline' });
    expect(by(ci, terraform)).toMatchObject({
      outcome: 'candidate',
      reason: 'iac_user_agent_of_untrusted_principal',
    });
    expect(by(ci, 'curl/8.5', trusted)).toMatchObject({
      outcome: 'candidate',
      reason: 'pipeline_identity_outside_iac_tool',
    });
  });

  it('is a person through a service account, named with it', () => {
    const { actor } = act(
      {
        authenticationInfo: {
          principalEmail: ci,
          serviceAccountDelegationInfo: [
            { firstPartyPrincipal: { principalEmail: 'alice@example.com' } },
          ],
        },
      },
      [firewall],
    );
    expect(actor).toMatchObject({ name: `alice@example.com as ${ci}`, principal: ci });
  });
});

describe('records of other services', () => {
  it('tell the keys of metadata that changed, and no values', () => {
    const id = `projects/${PROJECT}/zones/europe-west1-b/instances/web`;
    const instance = google('google_compute_instance', {
      id,
      name: 'web',
      zone: 'europe-west1-b',
      metadata: { 'enable-oslogin': 'TRUE' },
    });
    const { candidates } = act(
      {
        methodName: 'v1.compute.instances.setMetadata',
        resourceName: id,
        request: { '@type': 'x' },
        metadata: {
          instanceMetadataDelta: {
            addedMetadataKeys: ['ssh-keys'],
            deletedMetadataKeys: ['enable-oslogin'],
          },
        },
      },
      [instance],
    );
    expect(verdictsOf(candidates[0])).toEqual([
      ['metadata.ssh-keys', 'set', 'not_in_desired'],
      ['metadata.enable-oslogin', 'remove', 'differs'],
    ]);
  });

  it('name record sets of a zone one by one', () => {
    const zone = `projects/${PROJECT}/managedZones/main`;
    const set = google('google_dns_record_set', {
      id: `${zone}/rrsets/www.example.com./A`,
      managed_zone: 'main',
      name: 'www.example.com.',
      type: 'A',
      ttl: 300,
      rrdatas: ['192.0.2.1'],
    });
    const record = { name: 'www.example.com.', type: 'A' };
    const change = {
      additions: [{ ...record, ttl: 300, rrdata: ['198.51.100.7'] }],
      deletions: [{ ...record, ttl: 300, rrdata: ['192.0.2.1'] }],
    };
    const { candidates } = act(
      {
        serviceName: 'dns.googleapis.com',
        methodName: 'dns.changes.create',
        resourceName: 'managedZones/main',
        request: { change },
      },
      [set],
    );
    expect(candidates).toHaveLength(1);
    expect(candidates[0]?.kind).toBe('changed');
    expect(verdictsOf(candidates[0])).toEqual([
      ['ttl', 'set', 'equals_desired'],
      ['rrdatas', 'set', 'differs'],
    ]);
  });

  it('tell a record set that is deleted beside another that is added', () => {
    const zone = `projects/${PROJECT}/managedZones/main`;
    const set = (name: string): DesiredResource =>
      google('google_dns_record_set', {
        id: `${zone}/rrsets/${name}/A`,
        name,
        type: 'A',
        ttl: 300,
      });
    const [www, mail] = [set('www.example.com.'), set('mail.example.com.')];
    const record = (name: string): object => ({ name, type: 'A', ttl: 60, rrdata: ['192.0.2.1'] });
    const change = {
      additions: [record('www.example.com.')],
      deletions: [record('www.example.com.'), record('mail.example.com.')],
    };
    const payload = {
      serviceName: 'dns.googleapis.com',
      methodName: 'dns.changes.create',
      resourceName: 'managedZones/main',
      request: { change },
    };
    expect(act(payload, [www, mail]).candidates).toMatchObject([
      { kind: 'changed', resource: { key: www.key } },
      { kind: 'deleted', resource: { key: mail.key } },
    ]);
  });
});
