import { splitCommas } from '../../lib/split-commas';
import { problemAt } from '../problem';
import type { UnitLine } from '../unit-file';
import { splitWords } from '../unit-words';
import { describeError } from '../../lib/errors';
import { readLines } from './read-key';
import { referTo, sourceOf } from './references';
import { each, own, repeated } from './steps';
import type { Conversion, QuadletStep } from './types';

/** The keys of a container that may name other Quadlet files. */
export const attachmentSteps: Readonly<Record<'network' | 'volume' | 'mount' | 'pod', QuadletStep>> = {
  network: own([repeated('Network', 'network')], (conversion) =>
    each(
      '--network',
      readLines(conversion, 'Network').map((line) => networkOf(conversion, line)),
    ),
  ),
  volume: own([repeated('Volume', 'volume')], (conversion) =>
    each(
      '-v',
      readLines(conversion, 'Volume').map((line) => volumeOf(conversion, line)),
    ),
  ),
  mount: own([repeated('Mount', 'mount')], (conversion) =>
    each(
      '--mount',
      readLines(conversion, 'Mount').flatMap((line) => mountsOf(conversion, line)),
    ),
  ),
  pod: own([{ name: 'Pod', repeats: false, option: 'pod' }, 'StartWithPod'], () => []),
};

function networkOf(conversion: Conversion, line: UnitLine): string {
  const [, name = '', options = ''] = /^([^:]*)(.*)$/s.exec(line.value) ?? [];
  const isContainer = name.endsWith('.container');
  if (!isContainer && !name.endsWith('.network')) return line.value;
  if (isContainer && options !== '')
    conversion.problems.push(
      problemAt(line, `the network of "${name}" is shared as it is, without "${options}"`),
    );
  const resource = referTo(conversion, line, name)?.resource ?? name;
  return isContainer ? `container:${resource}` : `${resource}${options}`;
}

function volumeOf(conversion: Conversion, line: UnitLine): string {
  const [source = '', target, ...options] = line.value.split(':');
  if (target === undefined || source === '') return line.value;
  return [sourceOf(conversion, line, { source, kinds: /\.volume$/ }), target, ...options].join(':');
}

/** Types of mounts whose source may be a relative path or a Quadlet file. */
const WITH_SOURCE = /^(volume|bind|glob|image)$/;

function mountsOf(conversion: Conversion, line: UnitLine): string[] {
  try {
    return splitWords(line.value, { escapes: true }).map((mount) => mountOf(conversion, line, mount));
  } catch (error) {
    conversion.problems.push(problemAt(line, describeError(error)));
    return [];
  }
}

function mountOf(conversion: Conversion, line: UnitLine, mount: string): string {
  const fields = splitCommas(mount);
  const type = fields.find((field) => field.startsWith('type='))?.slice(5) ?? 'volume';
  if (!WITH_SOURCE.test(type)) return mount;
  const others = fields.filter((field) => !field.startsWith('type='));
  const found = others.findLastIndex((field) => /^(source|src)(=|$)/.test(field));
  if (found < 0) return mount;
  const source = /=(.+)$/s.exec(others[found] as string)?.[1];
  if (source === undefined) {
    conversion.problems.push(problemAt(line, `the source of "${mount}" is empty`));
    return mount;
  }
  others[found] = `source=${sourceOf(conversion, line, { source, kinds: /\.(volume|image|build)$/ })}`;
  return [`type=${type}`, ...others].map(quoteField).join(',');
}

/** A field of comma-separated values. */
function quoteField(field: string): string {
  return /[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
