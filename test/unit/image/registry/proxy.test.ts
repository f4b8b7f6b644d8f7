import assert from 'node:assert/strict';
import test from 'node:test';
import { proxyFor } from '../../../../src/image/registry/proxy';

const proxies = { HTTPS_PROXY: 'http://secure:3128', HTTP_PROXY: 'plain:8080' };
const cases: [string, Record<string, string>, string | undefined][] = [
  ['https://quay.io/v2/', {}, undefined],
  ['https://quay.io/v2/', proxies, 'http://secure:3128/'],
  ['http://quay.io/v2/', proxies, 'http://plain:8080/'],
  ['https://quay.io/v2/', { https_proxy: 'http://lower:1' }, 'http://lower:1/'],
  ['https://quay.io/v2/', { HTTPS_PROXY: '' }, undefined],
  ['https://quay.io/v2/', { HTTPS_PROXY: '', all_proxy: 'socks5://all:1080' }, 'socks5://all:1080'],
  ['http://quay.io/v2/', { ALL_PROXY: 'socks5h://all' }, 'socks5h://all'],
  ['https://quay.io/v2/', { ...proxies, ALL_PROXY: 'socks5://all' }, 'http://secure:3128/'],
  ['https://quay.io/v2/', { ALL_PROXY: 'socks5://all', NO_PROXY: 'quay.io' }, undefined],
  ['https://localhost:5000/', proxies, undefined],
  ['https://127.0.0.1:5000/', proxies, undefined],
  ['https://[::1]:5000/', proxies, undefined],
  ['https://quay.io/', { ...proxies, NO_PROXY: '*' }, undefined],
  ['https://quay.io/', { ...proxies, no_proxy: 'docker.io, quay.io' }, undefined],
  ['https://cdn.quay.io/', { ...proxies, NO_PROXY: 'quay.io' }, undefined],
  ['https://notquay.io/', { ...proxies, NO_PROXY: 'quay.io' }, 'http://secure:3128/'],
  ['https://cdn.quay.io/', { ...proxies, NO_PROXY: '.quay.io' }, undefined],
  ['https://quay.io/', { ...proxies, NO_PROXY: '.quay.io' }, 'http://secure:3128/'],
  ['https://cdn.quay.io/', { ...proxies, NO_PROXY: '*.quay.io' }, undefined],
  ['https://quay.io/', { ...proxies, NO_PROXY: 'quay.io:443' }, undefined],
  ['https://quay.io:5000/', { ...proxies, NO_PROXY: 'quay.io:443' }, 'http://secure:3128/'],
  ['https://10.1.2.3/', { ...proxies, NO_PROXY: '10.0.0.0/8' }, undefined],
  ['https://11.1.2.3/', { ...proxies, NO_PROXY: '10.0.0.0/8' }, 'http://secure:3128/'],
  ['https://10.1.2.3/', { ...proxies, NO_PROXY: '10.1.2.3' }, undefined],
  ['https://[fd00::1]/', { ...proxies, NO_PROXY: 'fd00::/8' }, undefined],
  ['https://[fd00::1]/', { ...proxies, NO_PROXY: 'fd00::1' }, undefined],
  ['https://[fd00::1]:5000/', { ...proxies, NO_PROXY: '[fd00::1]:5000' }, undefined],
  ['https://10.1.2.3/', { ...proxies, NO_PROXY: '10.0.0.0/99,fd00::/8,,x/y' }, 'http://secure:3128/'],
];

for (const [url, env, expected] of cases) {
  test(`proxyFor() ${url} with ${JSON.stringify(env)}`, () => {
    assert.equal(proxyFor(new URL(url), env)?.href, expected);
  });
}

test('proxyFor() refuses what it cannot use, without showing a password', () => {
  assert.throws(() => proxyFor(new URL('https://a.io'), { HTTPS_PROXY: 'socks4://a:b@c:1' }), {
    code: 'unsupported',
    message: 'HTTPS_PROXY: proxies of kind "socks4:" are not supported',
  });
  assert.throws(
    () => proxyFor(new URL('https://a.io'), { HTTPS_PROXY: 'http://a:secret@:x' }),
    (error: Error) => {
      assert.doesNotMatch(error.message, /secret/);
      return true;
    },
  );
});
