import { problemAt } from '../problem';
import { addKey, lastLineOf } from '../unit-file';
import { readArguments, readFlag, readText } from './read-key';
import { imageOf } from './references';
import { addCommand, programWords, setOneshot } from './start-unit';
import { each, own, pairs, repeated, text } from './steps';
import type { Conversion, QuadletKey, QuadletStep } from './types';
import { isNumber } from './value-checks';

const DRIVER_OPTIONS: readonly QuadletKey[] = [
  { name: 'User', repeats: false, option: 'opt', check: isNumber() },
  { name: 'Group', repeats: false, option: 'opt', check: isNumber() },
  ...['Copy', 'Device', 'Type', 'Options', 'Image'].map((name) => ({ name, repeats: false, option: 'opt' })),
];

/** Every key of [Volume], in the order of the words of `tspod volume create`. */
export const VOLUME_STEPS: readonly QuadletStep[] = [
  own(['VolumeName', 'ServiceName', repeated('GlobalArgs'), repeated('ContainersConfModule')], () => []),
  text('Driver', 'driver'),
  own(DRIVER_OPTIONS, optionWords),
  pairs('Label', 'label'),
  own([repeated('PodmanArgs')], (conversion) => readArguments(conversion, 'PodmanArgs')),
];

/** Makes the service of a `.volume` file. */
export function convertVolume(conversion: Conversion): void {
  addKey(conversion.service, 'Unit', 'RequiresMountsFor', '%t/tspod');
  const words = VOLUME_STEPS.flatMap((step) => step.words(conversion));
  const name = conversion.targets.get(conversion.quadlet.name)?.resource ?? '';
  addCommand(conversion, 'ExecStart', [
    ...programWords(conversion),
    ...['volume', 'create', '--ignore'],
    ...words,
    name,
  ]);
  setOneshot(conversion);
}

function optionWords(conversion: Conversion): string[] {
  const { quadlet, section } = conversion;
  if (readText(conversion, 'Driver') === 'image') {
    const line = lastLineOf(quadlet.unit, section, 'Image');
    const image = readText(conversion, 'Image');
    if (line && image !== undefined) return ['--opt', `image=${imageOf(conversion, line, image)}`];
    report(conversion, 'Driver', 'Driver=image needs Image=');
    return [];
  }
  const device = readText(conversion, 'Device');
  const type = readText(conversion, 'Type');
  const options = readText(conversion, 'Options');
  if (device === undefined && type !== undefined) report(conversion, 'Type', 'Type= needs Device=');
  if (device === undefined && options !== undefined) report(conversion, 'Options', 'Options= needs Device=');
  if (type === 'bind' && device !== undefined)
    addKey(conversion.service, 'Unit', 'RequiresMountsFor', device);
  const user = readText(conversion, 'User');
  const group = readText(conversion, 'Group');
  const mount = [user && `uid=${user}`, group && `gid=${group}`, options].filter(Boolean).join(',');
  const copy = readFlag(conversion, 'Copy');
  return each('--opt', [
    ...(copy === undefined ? [] : [copy ? 'copy' : 'nocopy']),
    ...(device === undefined ? [] : [`device=${device}`]),
    ...(type === undefined ? [] : [`type=${type}`]),
    ...(mount === '' ? [] : [`o=${mount}`]),
  ]);
}

function report({ quadlet, section, problems }: Conversion, key: string, message: string): void {
  const line = lastLineOf(quadlet.unit, section, key);
  if (line) problems.push(problemAt(line, message));
}
