import assert from 'node:assert/strict';
import test from 'node:test';
import { compileTemplate } from '../../../../src/lib/go-template/template';
import { goMap } from '../../../../src/lib/go-template/values';
import { goTime } from '../../../../src/lib/time';

const data = {
  Id: 'f00d',
  Name: 'web',
  Size: 2038855,
  Ratio: 0.5,
  On: true,
  Off: false,
  Nothing: null,
  Env: ['A=b', 'C=d'],
  None: [] as string[],
  Labels: goMap({ x: 'y', a: 'b' }),
  Count: new Map([['one', 1]]),
  State: { Status: 'running', Pid: 42, Nested: { Deep: 'down' } },
  Created: goTime(1_700_000_000_123_456_789n),
  Label: (key: string) => `label-${key}`,
  ID: () => 'short',
};

/** Runs each case: a template and what it prints. */
function prints(group: string, cases: readonly (readonly [template: string, expected: string])[]): void {
  for (const [template, expected] of cases) {
    test(`${group}: ${JSON.stringify(template)} prints ${JSON.stringify(expected)}`, () => {
      assert.equal(compileTemplate('t', template).execute(data), expected);
    });
  }
}

/** Runs each case: a template and the message of its error. */
function fails(group: string, cases: readonly (readonly [template: string, message: string])[]): void {
  for (const [template, message] of cases) {
    test(`${group}: ${JSON.stringify(template)} fails`, () => {
      assert.throws(() => compileTemplate('t', template).execute(data), {
        name: 'TspodError',
        code: 'usage',
        message,
      });
    });
  }
}

prints('text and delimiters', [
  ['', ''],
  ['plain', 'plain'],
  ['a {{/* comment */}} b', 'a  b'],
  ['a {{- /* comment */ -}} b', 'ab'],
  ['a {{- .Name -}} b', 'awebb'],
  ['a {{- .Name }} b', 'aweb b'],
  ['a {{ .Name -}} \n b', 'a webb'],
  ['{{- 3 -}}', '3'],
  ['{{-3}}', '-3'],
  ['{{"{{"}}', '{{'],
  ['{ }} {', '{ }} {'],
]);

prints('values', [
  ['{{.}}'.replace('.', '.Env'), '[A=b C=d]'],
  ['{{.Labels}}', 'map[a:b x:y]'],
  ['{{.Count}}', 'map[one:1]'],
  ['{{.State}}', '{running 42 {down}}'],
  ['{{.Nothing}}', '<nil>'],
  ['{{.Labels.nope}}', '<no value>'],
  ['{{.Labels.x}}', 'y'],
  ['{{.On}} {{.Off}} {{.Size}} {{.Ratio}}', 'true false 2038855 0.5'],
  ['{{.Created}}', '2023-11-14 22:13:20.123456789 +0000 UTC'],
  ['{{.Created.Unix}}', '1700000000'],
  ['{{.Created.Format "2006-01-02"}}', '2023-11-14'],
  ['{{.None}}', '[]'],
  ['{{.Label "x"}}', 'label-x'],
  ['{{"x" | .Label}}', 'label-x'],
  ['{{.ID}} {{.Id}}', 'short f00d'],
  ['{{.State.PID}}', '42'],
  ['{{(.State).Status}}', 'running'],
  ['{{(index .Env 0)}}', 'A=b'],
  ['{{$.Name}} {{$.State.Pid}}', 'web 42'],
]);

prints('literals', [
  [
    '{{1}} {{-2}} {{0x1f}} {{0b11}} {{0o17}} {{017}} {{1_000}} {{1.5}} {{1e3}}',
    '1 -2 31 3 15 15 1000 1.5 1000',
  ],
  ["{{'a'}} {{'\\n'}}", '97 10'],
  ['{{"a\\tb\\u00e9\\x41\\101"}}', 'a\tbéAA'],
  ['{{`raw\\n`}}', 'raw\\n'],
  ['{{true}} {{false}}', 'true false'],
]);

prints('variables', [
  ['{{$x := 1}}{{$x}}', '1'],
  ['{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}', '2'],
  ['{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}', '21'],
  ['{{$s := .State}}{{$s.Status}}', 'running'],
  ['{{with $x := "v"}}{{$x}}{{.}}{{end}}', 'vv'],
]);

prints('branches', [
  ['{{if .On}}a{{end}}{{if .Off}}b{{end}}', 'a'],
  ['{{if .Off}}a{{else}}b{{end}}', 'b'],
  ['{{if .Off}}a{{else if .On}}b{{else}}c{{end}}', 'b'],
  ['{{if .Off}}a{{else if .Nothing}}b{{else}}c{{end}}', 'c'],
  ['{{if .None}}a{{else}}empty{{end}}{{if .Labels.nope}}a{{else}}none{{end}}', 'emptynone'],
  ['{{with .State}}{{.Pid}}{{end}}', '42'],
  ['{{with .Nothing}}a{{else}}b{{end}}', 'b'],
  ['{{with .Nothing}}a{{else with .Name}}{{.}}{{end}}', 'web'],
  ['{{if and .On (eq .Name "web")}}yes{{end}}', 'yes'],
]);

prints('ranges', [
  ['{{range .Env}}<{{.}}>{{end}}', '<A=b><C=d>'],
  ['{{range $i, $e := .Env}}{{$i}}{{$e}} {{end}}', '0A=b 1C=d '],
  ['{{range $e := .Env}}{{$e}}{{end}}', 'A=bC=d'],
  ['{{range $k, $v := .Labels}}{{$k}}={{$v}};{{end}}', 'a=b;x=y;'],
  ['{{range .None}}x{{else}}none{{end}}', 'none'],
  ['{{range .Nothing}}x{{else}}none{{end}}', 'none'],
  ['{{range 3}}{{.}}{{end}}', '012'],
  ['{{range .Env}}{{.}}{{break}}{{end}}', 'A=b'],
  ['{{range .Env}}{{if eq . "A=b"}}{{continue}}{{end}}{{.}}{{end}}', 'C=d'],
  ['{{range .Env}}{{$.Name}}{{end}}', 'webweb'],
  ['{{range .Env}}{{range $.Env}}x{{break}}{{end}}y{{end}}', 'xyxy'],
]);

prints('templates', [
  ['{{define "a"}}<{{.}}>{{end}}{{template "a" .Name}}', '<web>'],
  ['{{template "a"}}{{define "a"}}x{{end}}', 'x'],
  ['{{block "b" .State}}{{.Pid}}{{end}}', '42'],
  ['{{define "r"}}{{if .}}{{len .}}{{template "r" (slice . 1)}}{{end}}{{end}}{{template "r" .Name}}', '321'],
]);

prints('functions of Go', [
  ['{{eq 1 1}} {{eq 1 2}} {{eq "a" "b" "a"}} {{ne 1 2}}', 'true false true true'],
  ['{{lt 1 2}} {{le 2 2}} {{gt 1 2}} {{ge 2 3}} {{lt "a" "b"}}', 'true true false false true'],
  ['{{eq .Nothing nil}}', 'true'],
  ['{{and 1 0}} {{and 1 2}} {{or 0 "x"}} {{or 0 ""}} {{not 0}}', '0 2 x  true'],
  ['{{or true (index .Env 99)}}', 'true'],
  ['{{len .Name}} {{len .Env}} {{len .Labels}} {{len "é"}}', '3 2 2 2'],
  ['{{index .Env 1}} {{index .Labels "x"}} [{{index .Labels "nope"}}]', 'C=d y []'],
  ['{{slice .Name 1}} {{slice .Name 1 2}} {{slice .Env 1}}', 'eb e [C=d]'],
  ['{{print 1 2 "a" "b" 3}} {{print .Name .On}}', '1 2a b3 webtrue'.replace('a b', 'ab')],
  ['{{println "a" 1}}', 'a 1\n'],
  ['{{html "<a href=\'x\'>&"}}', '&lt;a href=&#39;x&#39;&gt;&amp;'],
  ['{{js "it\'s <b>"}}', "it\\'s \\u003Cb\\u003E"],
  ['{{urlquery "a b&c(d)"}}', 'a+b%26c%28d%29'],
  ['{{call .Created.Format "2006"}}'.replace('call .Created.Format', '.Created.Format'), '2023'],
]);

prints('functions of Podman', [
  ['{{json .Labels}}', '{"a":"b","x":"y"}'],
  ['{{json .Env}} {{json .Name}} {{json .Nothing}} {{json .Count}}', '["A=b","C=d"] "web" null {"one":1}'],
  ['{{json .Created}}', '"2023-11-14T22:13:20.123456789Z"'],
  ['{{json "<&>"}}', '"<&>"'],
  ['{{join .Env ","}} {{split "a,b" ","}}', 'A=b,C=d [a b]'],
  ['{{upper .Name}} {{lower "ABC"}} {{title "abc def"}}', 'WEB abc Abc Def'],
  ['{{pad "x" 1 3}}| {{truncate "abcdef" 3}}', ' x   | abc'],
  ['{{.Name | upper | printf "%-5s|"}}', 'WEB  |'],
]);

prints('printf', [
  ['{{printf "%s %d %v %t" "a" 5 .Env true}}', 'a 5 [A=b C=d] true'],
  ['{{printf "%q %q" "a\\"b" .Env}}', '"a\\"b" ["A=b" "C=d"]'],
  ['{{printf "%5d|%-5d|%05d|%+d" 42 42 42 42}}', '   42|42   |00042|+42'],
  ['{{printf "%x %X %o %b %c %U" 255 255 8 5 65 65}}', 'ff FF 10 101 A U+0041'],
  ['{{printf "%x %.2s %5.1f %.3f %e" "hi" "hello" 3.14159 2.5 1234.5}}', '6869 he   3.1 2.500 1.234500e+03'],
  ['{{printf "%T %T %T %T" 1 "a" .Env 1.5}}', 'int string []string float64'],
  ['{{printf "%d" "a"}} {{printf "%s" 1}} {{printf "%d"}}', '%!d(string=a) %!s(int=1) %!d(MISSING)'],
  ['{{printf "%s" "a" 1}}', 'a%!(EXTRA int=1)'],
  ['{{printf "%[2]s %[1]s" "a" "b"}} {{printf "%[3]s" "a"}}', 'b a %!s(BADINDEX)'],
  ['{{printf "100%%"}} {{printf "%*d" 4 7}}', '100%    7'],
  ['{{printf "%v %s" .Nothing .Created}}', '<nil> 2023-11-14 22:13:20.123456789 +0000 UTC'],
]);

fails('fields', [
  ['{{.Foo}}', 'template: t:1:2: executing "t" at <.Foo>: can\'t evaluate field Foo in type interface {}'],
  ['{{.name}}', 'template: t:1:2: executing "t" at <.name>: can\'t evaluate field name in type interface {}'],
  ['{{.Name.X}}', 'template: t:1:7: executing "t" at <.Name.X>: can\'t evaluate field X in type string'],
  ['{{.Env.X}}', 'template: t:1:6: executing "t" at <.Env.X>: can\'t evaluate field X in type []string'],
  [
    '\n{{.State.Nope}}',
    'template: t:2:8: executing "t" at <.State.Nope>: can\'t evaluate field Nope in type interface {}',
  ],
  [
    '{{.Nothing.X}}',
    'template: t:1:10: executing "t" at <.Nothing.X>: nil pointer evaluating interface {}.X',
  ],
  [
    '{{.toString}}',
    'template: t:1:2: executing "t" at <.toString>: can\'t evaluate field toString in type interface {}',
  ],
  ['{{.Name "x"}}', 'template: t:1:2: executing "t" at <.Name>: Name is not a method but has arguments'],
]);

fails('functions', [
  ['{{foo .ID}}', 'template: t:1: function "foo" not defined'],
  [
    '{{index .Env 9}}',
    'template: t:1:2: executing "t" at <index .Env 9>: error calling index: index out of range: 9',
  ],
  ['{{len 3}}', 'template: t:1:2: executing "t" at <len 3>: error calling len: len of type int'],
  [
    '{{upper .Env}}',
    'template: t:1:8: executing "t" at <.Env>: wrong type for value; expected string; got []string',
  ],
  [
    '{{join .Name ","}}',
    'template: t:1:7: executing "t" at <.Name>: wrong type for value; expected []string; got string',
  ],
  [
    '{{eq 1 "a"}}',
    'template: t:1:2: executing "t" at <eq 1 "a">: error calling eq: incompatible types for comparison',
  ],
  ['{{lower}}', 'template: t:1:2: executing "t" at <lower>: wrong number of args for lower: want 1 got 0'],
  [
    '{{range .Name}}{{end}}',
    'template: t:1:8: executing "t" at <.Name>: range can\'t iterate over web (string)',
  ],
  ['{{template "x"}}', 'template: t:1:11: executing "t" at <{{template "x"}}>: template "x" not defined'],
]);

fails('syntax', [
  ['{{.Name .}}x{{.Name"a"}}', 'template: t:1: unexpected "\\"a\\"" in operand'],
  ['{{| .Name}}', 'template: t:1: missing value for command'],
  ['{{.Name else}}', 'template: t:1: unexpected <else> in operand'],
  ['{{', 'template: t:1: unclosed action'],
  ['{{.Name', 'template: t:1: unclosed action'],
  ['{{.Name\n{{end}}', "template: t:2: bad character U+007B '{'"],
  ['{{"a}}', 'template: t:1: unterminated quoted string'],
  ['{{/* a', 'template: t:1: unclosed comment'],
  ['{{if .On}}', 'template: t:1: unexpected EOF'],
  ['{{end}}', 'template: t:1: unexpected {{end}}'],
  ['{{else}}', 'template: t:1: unexpected {{else}}'],
  ['{{if}}{{end}}', 'template: t:1: missing value for if'],
  ['{{.Name |}}', 'template: t:1: missing value for command'],
  ['{{$x}}', 'template: t:1: undefined variable "$x"'],
  ['{{break}}', 'template: t:1: {{break}} outside {{range}}'],
  ['{{(.Name}}', 'template: t:1: unclosed left paren'],
  ['{{.Name)}}', 'template: t:1: unexpected right paren'],
  ['{{}}', 'template: t:1: missing value for command'],
  ['{{.Name | 3}}', 'template: t:1: non executable command in pipeline'],
  ['{{define "a"}}', 'template: t:1: unexpected EOF in define clause'],
  ['{{if .}}{{define "a"}}x{{end}}{{end}}', 'template: t:1: unexpected <define> in command'],
  ['{{define "a"}}{{define "b"}}x{{end}}{{end}}', 'template: t:1: unexpected <define> in command'],
]);

test('an unknown field brings the nearest field as a hint', () => {
  assert.throws(() => compileTemplate('t', '{{.Stat}}').execute(data), { hint: 'Did you mean .State?' });
});

test('a template may not call itself for ever', () => {
  const template = compileTemplate('t', '{{define "a"}}{{template "a"}}{{end}}{{template "a"}}');
  assert.throws(() => template.execute({}), /exceeded maximum template depth/);
});

test('methods of the prototype of all objects are no fields', () => {
  assert.throws(() => compileTemplate('t', '{{.Constructor}}').execute({}), /can't evaluate field/);
});
