import {
  addKey,
  createUnit,
  hasKey,
  lastLineOf,
  mergeUnit,
  prependKey,
  renameSection,
  setKey,
} from '../unit-file';
import { joinWords } from '../unit-words';
import { SECTIONS } from './kinds';
import { parseFlag, readArguments, readTexts } from './read-key';
import { translateDependencies } from './references';
import type { Conversion, Quadlet, QuadletSetup, QuadletTarget } from './types';

/** What waits for the network on behalf of a user's units; it is shipped with tspod. */
const USER_NETWORK_UNIT = 'tspod-user-wait-network-online.service';

/** Begins the unit of a file: a copy of all sections, those of Quadlet renamed so that systemd passes over them. */
export function startUnit(
  quadlet: Quadlet,
  setup: QuadletSetup,
  targets: ReadonlyMap<string, QuadletTarget>,
): Conversion {
  const service = createUnit(targets.get(quadlet.name)?.service ?? '');
  mergeUnit(service, quadlet.unit);
  const section = SECTIONS[quadlet.kind];
  const conversion: Conversion = {
    quadlet,
    section,
    setup,
    targets,
    service,
    problems: [],
    references: [],
  };
  translateDependencies(conversion);
  addNetworkDependency(conversion);
  addKey(service, 'Unit', 'SourcePath', quadlet.path);
  renameSection(service, section, `X-${section}`);
  renameSection(service, 'Quadlet', 'X-Quadlet');
  return conversion;
}

function addNetworkDependency({ quadlet, service, setup }: Conversion): void {
  const wanted = lastLineOf(quadlet.unit, 'Quadlet', 'DefaultDependencies')?.value ?? 'yes';
  if (parseFlag(wanted) === false) return;
  const unit = setup.isUser ? USER_NETWORK_UNIT : 'network-online.target';
  prependKey(service, 'Unit', 'After', unit);
  prependKey(service, 'Unit', 'Wants', unit);
}

/** The words before the command: the program, its modules and global options. */
export function programWords(conversion: Conversion): string[] {
  const modules = readTexts(conversion, 'ContainersConfModule').map((path) => `--module=${path}`);
  return [...conversion.setup.program, ...modules, ...readArguments(conversion, 'GlobalArgs')];
}

/** Adds a line with a command. */
export function addCommand({ service }: Conversion, key: string, words: readonly string[]): void {
  addKey(service, 'Service', key, joinWords(words));
}

/** What every unit that runs one command has, and by default stays active; what the file says stands above it. */
export function setOneshot({ service }: Conversion, { stays = true } = {}): void {
  setDefault('SyslogIdentifier', '%N');
  setDefault('Type', 'oneshot');
  if (stays) setDefault('RemainAfterExit', 'yes');

  function setDefault(key: string, value: string): void {
    if (!hasKey(service, 'Service', key)) setKey(service, 'Service', key, value);
  }
}
