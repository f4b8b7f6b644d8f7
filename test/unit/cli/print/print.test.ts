import assert from 'node:assert/strict';
import test from 'node:test';
import type { Output } from '../../../../src/cli/define-command';
import { renderRows } from '../../../../src/cli/print/format';
import { headerOf } from '../../../../src/cli/print/header';
import { printRows } from '../../../../src/cli/print/print-rows';
import type { RowStyle } from '../../../../src/cli/print/print-rows';
import { printInspected, printValue } from '../../../../src/cli/print/print-value';
import { goMap } from '../../../../src/lib/go-template/values';

const rows = [
  { ID: '8fdb6e8d5075', Names: 't1', Ports: '', Labels: goMap({ x: 'y' }) },
  { ID: '08a53931db82', Names: 't22222222222222222', Ports: '', Labels: goMap({}) },
];
const style: RowStyle = { name: 'ps', columns: ['ID', 'Ports', 'Names'], headers: { ID: 'CONTAINER ID' } };

async function printed(extra: Partial<RowStyle>, list: readonly object[] = rows): Promise<string> {
  const said: string[] = [];
  await printRows(collect(said), list, { ...style, ...extra });
  return said.join('');
}

function collect(said: string[]): Output {
  return {
    print: (line) => said.push(`${line}\n`),
    write: (text) => said.push(String(text)),
    note: () => assert.fail('nothing is to be noted'),
    isTerminal: false,
  };
}

test('the default table is aligned as Podman aligns it', async () => {
  const expected = [
    'CONTAINER ID  PORTS       NAMES',
    '8fdb6e8d5075              t1',
    '08a53931db82              t22222222222222222',
  ];
  assert.equal(await printed({}), `${expected.join('\n')}\n`);
  assert.equal(await printed({}, []), 'CONTAINER ID  PORTS       NAMES\n');
  assert.equal(await printed({ noHeading: true }, []), '');
});

test('quiet prints one field alone', async () => {
  assert.equal(await printed({ quiet: 'ID' }), '8fdb6e8d5075\n08a53931db82\n');
});

test('json prints the rows, or what stands for them', async () => {
  assert.deepEqual(JSON.parse(await printed({ format: 'json' })), JSON.parse(JSON.stringify(rows)));
  assert.equal(
    await printed({ format: 'json', json: [{ Id: 'x' }], indent: 2 }),
    '[\n  {\n    "Id": "x"\n  }\n]\n',
  );
  assert.equal(await printed({ format: 'json' }, []), '[]\n');
});

const FORMATS: readonly (readonly [string, string])[] = [
  ['{{.ID}}', '8fdb6e8d5075\n08a53931db82\n'],
  ['{{.Names}}\\t|', 't1\t|\nt22222222222222222\t|\n'],
  ['{{.Names}}\\n{{.ID}}', 't1\n8fdb6e8d5075\nt22222222222222222\n08a53931db82\n'],
  ['{{range .}}x{{.ID}}{{end}}', 'x8fdb6e8d5075x08a53931db82\n'],
  ['{{printf "%s\\n" .Names}}', 't1\n\nt22222222222222222\n\n'],
  ['{{.Labels.x}}', 'y\n<no value>\n'],
  ['table {{.ID}}\\t{{.Names}}', 'CONTAINER ID  NAMES\n8fdb6e8d5075  t1\n08a53931db82  t22222222222222222\n'],
  [
    'table {{.ID}}  {{.Names}}',
    `CONTAINER ID${' '.repeat(14)}NAMES\n8fdb6e8d5075${' '.repeat(14)}t1\n08a53931db82${' '.repeat(14)}t22222222222222222\n`,
  ],
  [
    'table {{.ID}} {{upper .Names}} {{len .Names}}',
    'CONTAINER ID  NAMES               5\n8fdb6e8d5075  T1                  2\n08a53931db82  T22222222222222222  18\n',
  ],
  [
    '',
    'CONTAINER ID  PORTS       NAMES\n8fdb6e8d5075              t1\n08a53931db82              t22222222222222222\n',
  ],
];

for (const [format, expected] of FORMATS) {
  test(`--format ${JSON.stringify(format)} prints as Podman does`, async () => {
    assert.equal(await printed({ format }), expected);
  });
}

test('a table without headings has none', async () => {
  assert.equal(await printed({ format: 'table {{.Names}}', noHeading: true }), 't1\nt22222222222222222\n');
});

test('an unknown field is named, at the place where Podman sees it', () => {
  assert.throws(() => renderRows(rows, { format: '{{.Foo}}', name: 'ps' }), {
    message: 'template: ps:1:13: executing "ps" at <.Foo>: can\'t evaluate field Foo in type interface {}',
  });
});

test('headerOf() makes words of a field', () => {
  assert.deepEqual(
    ['CreatedAt', 'ImageID', 'Names', 'PIDs'].map((field) => headerOf(field, { PIDs: 'PIDS' })),
    ['CREATED AT', 'IMAGE ID', 'NAMES', 'PIDS'],
  );
});

test('printValue() and printInspected() print JSON or a template', () => {
  const said: string[] = [];
  const output = collect(said);
  printValue(
    output,
    {
      a: 1n,
      m: new Map([
        ['b', 2],
        ['a', 1],
      ]),
    },
    { name: 'info' },
  );
  printValue(output, { A: 'x' }, { name: 'info', format: '{{.A}}\\t!' });
  printInspected(output, [{ A: 'x' }], { name: 'inspect', format: 'json' });
  printInspected(output, [{ A: 'x' }, { A: 'y' }], { name: 'inspect', format: '{{.A}}' });
  assert.deepEqual(said, [
    '{"a":1,"m":{"a":1,"b":2}}\n',
    'x\t!\n',
    '[\n     {\n          "A": "x"\n     }\n]\n',
    'x\ny\n',
  ]);
});
