import assert from 'node:assert/strict';
import test from 'node:test';
import { goJson } from '../../../../src/lib/go-template/go-json';
import { GoDuration } from '../../../../src/lib/go-template/go-duration';
import { compileTemplate } from '../../../../src/lib/go-template/template';

const data = {
  Hour: new GoDuration(3600e9),
  Zero: new GoDuration(0),
  Check: { Test: ['a'], Wait: new GoDuration(30e9) },
};

const cases: readonly (readonly [template: string, expected: string])[] = [
  ['{{.Hour}}', '1h0m0s'],
  ['{{.Zero}}', '0s'],
  ['{{.Check}}', '{[a] 30s}'],
  ['{{.Hour.Minutes}} {{.Check.Wait.Seconds}} {{.Hour.Hours}}', '60 30 1'],
  ['{{.Check.Wait.Milliseconds}} {{.Check.Wait.Nanoseconds}}', '30000 30000000000'],
  ['{{printf "%d %v %s" .Check.Wait .Check.Wait .Check.Wait.String}}', '30000000000 30s 30s'],
  ['{{if .Zero}}yes{{else}}no{{end}} {{if .Hour}}yes{{end}}', 'no yes'],
  ['{{gt .Hour .Check.Wait}} {{eq .Hour 3600000000000}}', 'true true'],
  ['{{json .Check}}', '{"Test":["a"],"Wait":30000000000}'],
];

for (const [template, expected] of cases) {
  test(`a duration: ${JSON.stringify(template)} prints ${JSON.stringify(expected)}`, () => {
    assert.equal(compileTemplate('t', template).execute(data), expected);
  });
}

test('a duration of zero is left out of JSON', () => {
  assert.equal(goJson({ Interval: data.Zero, Timeout: data.Hour }), '{"Timeout":3600000000000}');
});

test('a duration has no other fields', () => {
  assert.throws(
    () => compileTemplate('t', '{{.Hour.Days}}').execute(data),
    /can't evaluate field Days in type time.Duration/,
  );
});
