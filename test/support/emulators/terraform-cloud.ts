import { startServer, type FakeServer } from './fake-server.ts';

export interface FakeWorkspace {
  readonly name: string;
  readonly tags?: readonly string[];
  /** Serial and content of the current state; absent: none. */
  readonly state?: { readonly serial: number; readonly content: string };
}

export interface FakeTerraformCloud extends FakeServer {
  /** Paths of downloads that came with a token. */
  readonly leakedTokens: readonly string[];
}

/**
 * The part of HCP Terraform's API that reads states, in its documented shapes: pages of workspaces, the current state
 * version, and a download from another host that takes a signature and no token.
 */
export const startTerraformCloud = async (
  token: string,
  workspaces: () => readonly FakeWorkspace[],
  pageSize = 2,
): Promise<FakeTerraformCloud> => {
  const leakedTokens: string[] = [];
  const archivist = await startServer((request, response) => {
    if (request.headers.authorization !== undefined) leakedTokens.push(request.url ?? '');
    const name = request.url?.split('/').pop();
    const state = workspaces().find((each) => each.name === name)?.state;
    if (state === undefined) response.writeHead(404).end();
    else response.end(state.content);
  });
  const stateId = ({ name, state }: FakeWorkspace): string => `sv-${name}-${state?.serial ?? 0}`;
  const api = await startServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://host');
    const json = (status: number, body: unknown): void =>
      void response
        .writeHead(status, { 'content-type': 'application/vnd.api+json' })
        .end(JSON.stringify(body));
    if (request.headers.authorization !== `Bearer ${token}`) {
      return json(401, { errors: [{ status: '401', title: 'unauthorized' }] });
    }
    const id = /^\/api\/v2\/workspaces\/ws-([^/]+)\/current-state-version$/.exec(url.pathname)?.[1];
    const found = workspaces().find(({ name }) => name === id);
    if (found?.state !== undefined) {
      return json(200, {
        data: {
          id: stateId(found),
          type: 'state-versions',
          attributes: {
            serial: found.state.serial,
            'hosted-state-download-url': `${archivist.address}/v1/object/${found.name}`,
          },
        },
      });
    }
    if (url.pathname !== '/api/v2/organizations/acme/workspaces') {
      return json(404, { errors: [{ status: '404', title: 'not found' }] });
    }
    const tags = url.searchParams.get('search[tags]')?.split(',') ?? [];
    const matching = workspaces().filter((each) => tags.every((tag) => each.tags?.includes(tag)));
    const page = Number(url.searchParams.get('page[number]') ?? '1');
    const pages = Math.max(1, Math.ceil(matching.length / pageSize));
    return json(200, {
      data: matching.slice((page - 1) * pageSize, page * pageSize).map((each) => ({
        id: `ws-${each.name}`,
        type: 'workspaces',
        attributes: { name: each.name },
        relationships: {
          'current-state-version': {
            data: each.state === undefined ? null : { id: stateId(each), type: 'state-versions' },
          },
        },
      })),
      meta: {
        pagination: {
          'current-page': page,
          'next-page': page < pages ? page + 1 : null,
          'total-pages': pages,
          'total-count': matching.length,
        },
      },
    });
  });
  return {
    ...api,
    leakedTokens,
    stop: async () => {
      await Promise.all([api.stop(), archivist.stop()]);
    },
  };
};
