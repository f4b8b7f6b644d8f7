import assert from 'node:assert/strict';
import test from 'node:test';
import { parseChallenges } from '../../../../src/image/registry/challenge';

const cases: [string, string | undefined, [string, Record<string, string>][]][] = [
  ['nothing', undefined, []],
  ['Basic', 'Basic realm="a b"', [['basic', { realm: 'a b' }]]],
  ['a scheme alone', 'Negotiate', [['negotiate', {}]]],
  [
    'Bearer as Docker Hub says it',
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/a:pull,push"',
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:library/a:pull,push',
        },
      ],
    ],
  ],
  [
    'values without quotes',
    'Bearer realm=https://a.io/t, service=b',
    [['bearer', { realm: 'https://a.io/t', service: 'b' }]],
  ],
  ['escaped quotes', 'Basic realm="a \\"b\\" c"', [['basic', { realm: 'a "b" c' }]]],
  [
    'blanks and upper case',
    'BASIC  Realm = "x" ,  charset="UTF-8"',
    [['basic', { realm: 'x', charset: 'UTF-8' }]],
  ],
  [
    'several challenges in one header',
    'Negotiate, Bearer realm="r", service="s", Basic realm="b"',
    [
      ['negotiate', {}],
      ['bearer', { realm: 'r', service: 's' }],
      ['basic', { realm: 'b' }],
    ],
  ],
  ['a quote that is never closed', 'Basic realm="abc', [['basic', {}]]],
  ['rubbish', '=,=,"', []],
];

for (const [name, header, expected] of cases) {
  test(`parseChallenges() reads ${name}`, () => {
    const found = parseChallenges(header).map(({ scheme, parameters }) => [
      scheme,
      Object.fromEntries(parameters),
    ]);
    assert.deepEqual(found.slice(0, expected.length), expected);
  });
}

test('parseChallenges() ends on a long header of rubbish', () => {
  const start = Date.now();
  parseChallenges(`Bearer ${'a="\\'.repeat(20_000)}`);
  parseChallenges(`${' ,'.repeat(20_000)}!`);
  assert.ok(Date.now() - start < 1000);
});
