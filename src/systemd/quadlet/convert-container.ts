import { problemAt, problemOf } from '../problem';
import { addKey, lastLineOf, setKey } from '../unit-file';
import { CONTAINER_STEPS } from './container-steps';
import { containerNameOf } from './kinds';
import { readCommand, readText } from './read-key';
import { imageOf } from './references';
import { addCommand, programWords } from './start-unit';
import type { Conversion } from './types';

/** Where the id of the container of a unit is kept. */
const ID_FILE = '--cidfile=%t/%N.cid';

/** Makes the service of a `.container` file. */
export function convertContainer(conversion: Conversion): void {
  const { service } = conversion;
  const image = imageWords(conversion);
  addKey(service, 'Unit', 'RequiresMountsFor', '%t/tspod');
  addKey(service, 'Service', 'Environment', 'PODMAN_SYSTEMD_UNIT=%n');
  setKillMode(conversion);
  const remove = [...programWords(conversion), 'rm', '-v', '-f', '-i', ID_FILE];
  addCommand(conversion, 'ExecStop', remove);
  // what is left when the main process, the monitor, was killed: ExecStop is not run then
  addCommand(conversion, 'ExecStopPost', [`-${remove[0]}`, ...remove.slice(1)]);
  addReload(conversion);
  addKey(service, 'Service', 'Delegate', 'yes');
  checkType(conversion);
  const words = CONTAINER_STEPS.flatMap((step) => step.words(conversion));
  addCommand(conversion, 'ExecStart', [
    ...programWords(conversion),
    'run',
    ...['--name', containerNameOf(conversion.quadlet), ID_FILE, '--replace', '--rm'],
    ...words,
    ...image,
    ...readCommand(conversion, 'Exec'),
  ]);
}

function imageWords(conversion: Conversion): string[] {
  const { quadlet, section, problems } = conversion;
  const image = readText(conversion, 'Image');
  const rootfs = readText(conversion, 'Rootfs');
  const line = lastLineOf(quadlet.unit, section, 'Image');
  if (image === undefined && rootfs === undefined) {
    const message = 'there is neither Image= nor Rootfs= in [Container]';
    problems.push(line === undefined ? problemOf(quadlet.path, message) : problemAt(line, message));
    return [];
  }
  if (line === undefined || image === undefined) return ['--rootfs', rootfs ?? ''];
  if (rootfs !== undefined) problems.push(problemAt(line, 'Image= and Rootfs= exclude each other'));
  return [imageOf(conversion, line, image)];
}

function setKillMode({ service, problems }: Conversion): void {
  const line = lastLineOf(service, 'Service', 'KillMode');
  if (!line) setKey(service, 'Service', 'KillMode', 'mixed');
  else if (!['mixed', 'control-group'].includes(line.value))
    problems.push(problemAt(line, `"${line.value}" is neither mixed nor control-group`));
}

function checkType({ service, problems }: Conversion): void {
  const line = lastLineOf(service, 'Service', 'Type');
  if (line && !['notify', 'oneshot'].includes(line.value))
    problems.push(problemAt(line, `"${line.value}" is neither notify nor oneshot`));
}

function addReload(conversion: Conversion): void {
  const { quadlet, section, problems } = conversion;
  const command = readCommand(conversion, 'ReloadCmd');
  const signal = readText(conversion, 'ReloadSignal');
  const name = containerNameOf(quadlet);
  const line = lastLineOf(quadlet.unit, section, 'ReloadSignal');
  if (line && signal !== undefined && command.length > 0)
    problems.push(problemAt(line, 'ReloadCmd= and ReloadSignal= exclude each other'));
  else if (command.length > 0)
    addCommand(conversion, 'ExecReload', [...programWords(conversion), 'exec', name, ...command]);
  else if (signal !== undefined)
    addCommand(conversion, 'ExecReload', [...programWords(conversion), 'kill', '--signal', signal, name]);
}
