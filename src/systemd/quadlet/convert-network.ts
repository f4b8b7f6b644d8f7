import { problemAt } from '../problem';
import { addKey, type UnitLine } from '../unit-file';
import { readArguments, readFlag, readLines } from './read-key';
import { addCommand, programWords, setOneshot } from './start-unit';
import { flag, own, pairs, repeated, text, texts } from './steps';
import type { Conversion, QuadletStep } from './types';
import { isAddress, isNetwork, isNetworkRange } from './value-checks';

/** Every key of [Network], in the order of the words of `tspod network create`. */
export const NETWORK_STEPS: readonly QuadletStep[] = [
  own(
    [
      'NetworkName',
      'ServiceName',
      'NetworkDeleteOnStop',
      repeated('GlobalArgs'),
      repeated('ContainersConfModule'),
    ],
    () => [],
  ),
  flag('DisableDNS', 'disable-dns'),
  flag('Internal', 'internal'),
  flag('IPv6', 'ipv6'),
  text('IPAMDriver', 'ipam-driver'),
  text('Driver', 'driver'),
  text('InterfaceName', 'interface-name'),
  texts('DNS', 'dns', isAddress),
  own(
    [
      repeated('Subnet', 'subnet', isNetwork),
      repeated('Gateway', 'gateway', isAddress),
      repeated('IPRange', 'ip-range', isNetworkRange),
    ],
    subnetWords,
  ),
  pairs('Options', 'opt'),
  pairs('Label', 'label'),
  own([repeated('PodmanArgs')], (conversion) => readArguments(conversion, 'PodmanArgs')),
];

/** Makes the service of a `.network` file. */
export function convertNetwork(conversion: Conversion): void {
  addKey(conversion.service, 'Unit', 'RequiresMountsFor', '%t/tspod');
  const name = conversion.targets.get(conversion.quadlet.name)?.resource ?? '';
  const words = NETWORK_STEPS.flatMap((step) => step.words(conversion));
  addCommand(conversion, 'ExecStart', [
    ...programWords(conversion),
    ...['network', 'create', '--ignore'],
    ...words,
    name,
  ]);
  if (readFlag(conversion, 'NetworkDeleteOnStop') === true)
    addCommand(conversion, 'ExecStopPost', [...programWords(conversion), 'network', 'rm', name]);
  setOneshot(conversion);
}

/** The first gateway and the first range belong to the first subnet, and so on. */
function subnetWords(conversion: Conversion): string[] {
  const subnets = readLines(conversion, 'Subnet');
  const gateways = readLines(conversion, 'Gateway');
  const ranges = readLines(conversion, 'IPRange');
  for (const line of [...gateways.slice(subnets.length), ...ranges.slice(subnets.length)])
    conversion.problems.push(problemAt(line, withoutSubnet(line, subnets.length)));
  return subnets.flatMap(({ value }, index) => [
    ...['--subnet', value],
    ...option('--gateway', gateways[index]),
    ...option('--ip-range', ranges[index]),
  ]);
}

function option(name: string, line: UnitLine | undefined): string[] {
  return line === undefined ? [] : [name, line.value];
}

function withoutSubnet({ value, key }: UnitLine, count: number): string {
  if (count === 0) return `"${value}" needs Subnet=`;
  return `"${value}" has no subnet: there are more lines ${key}= than Subnet=`;
}
