import assert from 'node:assert/strict';
import test from 'node:test';
import { answers } from '../../../helpers/fault-answer';
import type { FaultAnswer } from '../../../helpers/fault-answer';
import { startFaultServer } from '../../../helpers/fault-server';
import type { FaultRequest } from '../../../helpers/fault-server';
import { withClient } from '../../../helpers/registry-context';

const server = await startFaultServer();
const digest = server.addManifest('a/b', { schemaVersion: 2 }, { tag: 'latest' });
const ada = { username: 'ada', password: 'secret' };
const basic = `Basic ${Buffer.from('ada:secret').toString('base64')}`;

const isKnown = ({ headers }: FaultRequest): boolean => headers.authorization === basic;

/** What the registry answers; most say in each answer that they are one. */
interface Row {
  name: string;
  answer: (request: FaultRequest, normal: FaultAnswer) => FaultAnswer;
  isSilent?: boolean;
  tag?: string;
  /** As `METHOD`, with `+` where credentials were shown. */
  requests: string[];
}

const rows: Row[] = [
  { name: 'is all where nothing has to be shown', answer: (_, normal) => normal, requests: ['HEAD'] },
  {
    name: 'is followed by a ping where no registry has answered',
    answer: (_, normal) => normal,
    isSilent: true,
    requests: ['HEAD', 'GET', 'HEAD'],
  },
  {
    name: 'tells what has to be shown',
    answer: (request, normal) => (isKnown(request) ? normal : answers.unauthorized()),
    requests: ['HEAD', 'HEAD+'],
  },
  {
    name: 'is not believed where something has to be shown first',
    answer: (request, normal) => {
      if (isKnown(request)) return normal;
      return request.url === '/v2/' ? answers.unauthorized() : answers.error(404, 'NAME_UNKNOWN', 'hidden');
    },
    requests: ['HEAD', 'GET', 'HEAD+'],
  },
  {
    name: 'that finds nothing is followed by a ping only',
    answer: (_, normal) => normal,
    tag: 'other',
    requests: ['HEAD', 'GET'],
  },
];

for (const { name, answer, isSilent = false, tag = 'latest', requests } of rows) {
  test(`the first request to a registry ${name}`, () =>
    withClient(async (client) => {
      server.clear();
      const own = isSilent ? {} : { 'docker-distribution-api-version': 'registry/2.0' };
      server.fault({
        path: /^\/v2\//,
        answer: (request, normal) => {
          const { headers = {}, ...given } = answer(request, normal);
          delete headers['docker-distribution-api-version'];
          return { ...given, headers: { ...headers, ...own } };
        },
      });
      const source = client.source(`${server.host}/a/b`, { credentials: ada });
      const head = await source.headManifest(tag);
      assert.equal(head?.digest, tag === 'latest' ? digest : undefined);
      const seen = server.requests.map((each) => `${each.method}${isKnown(each) ? '+' : ''}`);
      assert.deepEqual(seen, requests);
    }));
}

test('requests that wait for the first one are made when it is answered', () =>
  withClient(async (client) => {
    server.clear();
    const source = client.source(`${server.host}/a/b`);
    const found = await Promise.all([source.headManifest('latest'), source.headManifest('other')]);
    assert.deepEqual(
      found.map((head) => head?.digest),
      [digest, undefined],
    );
    assert.deepEqual(
      server.requests.map(({ method, url }) => `${method} ${url}`),
      ['HEAD /v2/a/b/manifests/latest', 'HEAD /v2/a/b/manifests/other'],
    );
  }));
