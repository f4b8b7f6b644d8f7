import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { CONTAINER_STEPS } from '../../../../src/systemd/quadlet/container-steps';
import { BUILD_STEPS } from '../../../../src/systemd/quadlet/convert-build';
import { IMAGE_STEPS } from '../../../../src/systemd/quadlet/convert-image';
import { NETWORK_STEPS } from '../../../../src/systemd/quadlet/convert-network';
import { VOLUME_STEPS } from '../../../../src/systemd/quadlet/convert-volume';
import { generateUnits } from '../../../../src/systemd/quadlet/generate-units';
import { loadQuadlets } from '../../../../src/systemd/quadlet/load-quadlets';
import { describeProblem } from '../../../../src/systemd/problem';
import { splitWords } from '../../../../src/systemd/unit-words';
import { project } from '../../../helpers/project';
import { plainSetup } from './setup';

const folder = join(project, 'test/fixtures/quadlet/units');
/** What /usr/libexec/podman/quadlet -user of Podman 5.4.2 writes for that folder; then a line `--> LINK TARGET` for each link. */
const podman = readFileSync(join(project, 'test/fixtures/quadlet/podman-5.4.2.txt'), 'utf8');

/** Keys that Podman 5.4.2 does not have. */
const NEWER = [
  'AppArmor',
  'BuildArg',
  'HttpProxy',
  'IgnoreFile',
  'InterfaceName',
  'Memory',
  'NetworkDeleteOnStop',
  'Policy',
  'ReloadCmd',
  'ReloadSignal',
  'Retry',
  'RetryDelay',
];
/** Lines that later versions of Podman write. */
const NEWER_LINES = ['RequiresMountsFor=/srv/x'];
/** Keys that need what the folder cannot hold: files of other kinds. */
const ELSEWHERE = ['Pod'];

const quadlets = loadQuadlets([folder]);
const generated = generateUnits(quadlets, plainSetup);

test('the units of all keys are those that Podman 5.4.2 makes', () => {
  const expected = new Map(
    podman
      .replace(/^--> .*\n/gm, '')
      .split(/^=== /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), comparable(part.slice(part.indexOf('\n') + 1))]),
  );
  const made = new Map(
    generated.map(({ unit }) => [unit.name, comparable(unit.text.slice(unit.text.indexOf('\n') + 2))]),
  );
  assert.deepEqual(
    NEWER_LINES.filter((line) => !made.get('store-service.service')?.includes(line)),
    [],
  );
  assert.deepEqual([...made.keys()].sort(), [...expected.keys()].sort());
  for (const [name, lines] of expected) {
    const common = made.get(name)?.filter((line) => !NEWER_LINES.includes(String(line)));
    assert.deepEqual(common, lines, name);
  }
});

test('the links of [Install] are those that Podman 5.4.2 makes', () => {
  const links = generated.flatMap(({ unit }) =>
    unit.links.map(({ path, target }) => `--> ${path} ${target}`),
  );
  assert.deepEqual(links.sort(), podman.match(/^--> .*/gm)?.sort());
});

test('nothing is wrong with the files that Podman accepts', () => {
  assert.deepEqual(
    generated.flatMap(({ problems }) => problems.map((problem) => describeProblem(problem))),
    [],
  );
});

for (const [kind, section, steps] of [
  ['container', 'Container', CONTAINER_STEPS],
  ['volume', 'Volume', VOLUME_STEPS],
  ['image', 'Image', IMAGE_STEPS],
  ['network', 'Network', NETWORK_STEPS],
  ['build', 'Build', BUILD_STEPS],
] as const) {
  test(`every key of [${section}] is compared`, () => {
    const used = quadlets
      .filter((quadlet) => quadlet.kind === kind)
      .flatMap(({ unit }) => unit.sections.filter(({ name }) => name === section))
      .flatMap(({ lines }) => lines.map(({ key }) => key));
    const keys = steps.flatMap((step) => step.keys.map(({ name }) => name));
    assert.deepEqual(
      keys.filter((key) => !used.includes(key) && !NEWER.includes(key) && !ELSEWHERE.includes(key)),
      [],
    );
  });
}

/** The lines of a unit; those of a command as its options with their values, sorted, as Podman's order is not always the same. */
function comparable(text: string): (string | string[])[] {
  return (
    text
      .trim()
      .replaceAll('@DIR@', folder)
      .replaceAll('/usr/bin/podman', 'tspod')
      .replaceAll('%t/containers', '%t/tspod')
      // in the units of .build files it stands the other way round, which means the same
      .replace(/(RequiresMountsFor=%t\/tspod)\n(SourcePath=.*)$/m, '$2\n$1')
      .replaceAll('podman-user-wait-network-online', 'tspod-user-wait-network-online')
      .split('\n')
      .map((line) => (/^Exec\w+=-?tspod /.test(line) ? optionsOf(line) : line))
  );
}

function optionsOf(line: string): string[] {
  const options: string[] = [];
  for (const word of splitWords(line, { escapes: true })) {
    if (word.startsWith('-') || options.length === 0) options.push(word);
    else options.push(`${options.pop()} ${word}`);
  }
  return options.sort();
}
