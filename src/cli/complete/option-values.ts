import { signalNames } from '../../lib/signals';
import type { OptionDefinition } from '../define-command';
import { candidates, FILES } from './candidate';
import type { Candidate } from './candidate';
import { namesOf } from './object-names';

const MODES = ['host', 'private', 'container:'];

/** Words that an option without a closed set of values takes often, by its name. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  arch: ['amd64', 'arm', 'arm64', 'ppc64le', 'riscv64', 's390x'],
  attach: ['stdin', 'stdout', 'stderr'],
  cgroupns: MODES,
  cgroups: ['enabled', 'disabled', 'no-conmon', 'split'],
  'compression-format': ['gzip', 'zstd', 'zstd:chunked'],
  format: ['json', 'table', '{{json .}}'],
  condition: ['created', 'exited', 'healthy', 'initialized', 'paused', 'running', 'stopped', 'unhealthy'],
  'health-log-destination': ['local', 'events_logger'],
  'health-on-failure': ['kill', 'none', 'restart', 'stop'],
  'image-volume': ['anonymous', 'ignore', 'tmpfs'],
  ipc: ['host', 'none', 'private', 'shareable', 'container:'],
  'log-driver': ['journald', 'json-file', 'k8s-file', 'none', 'passthrough'],
  'log-level': ['debug', 'info', 'warn', 'error'],
  'log-opt': ['max-file=', 'max-size=', 'path=', 'tag='],
  mount: ['type=bind,', 'type=image,', 'type=tmpfs,', 'type=volume,'],
  network: ['host', 'none', 'pasta', 'private', 'slirp4netns', 'container:'],
  os: ['linux'],
  pid: MODES,
  platform: ['linux/amd64', 'linux/arm64', 'linux/arm/v7'],
  pull: ['always', 'missing', 'never', 'newer'],
  restart: ['always', 'no', 'on-failure', 'unless-stopped'],
  'security-opt': ['apparmor=', 'label=', 'mask=', 'no-new-privileges', 'seccomp=', 'unmask='],
  ssh: ['default'],
  systemd: ['always', 'false', 'true'],
  userns: ['auto', 'host', 'keep-id', 'nomap'],
  uts: MODES,
};

/** Names of images, volumes and the like, by the name of the option. */
const NAMES: Readonly<Record<string, keyof typeof namesOf>> = {
  requires: 'container',
  secret: 'secret',
  'volumes-from': 'container',
};

/** The values that may stand after an option: its choices, names of the store, usual words, or files. */
export function optionValues(root: string, name: string, option: OptionDefinition): Candidate[] {
  if (option.choices !== undefined) return candidates(option.choices);
  if (option.type === 'boolean') return candidates(['true', 'false']);
  if (name === 'signal' || name === 'stop-signal') return candidates(signalNames());
  if (name === 'volume') return [...namesOf.volume(root), FILES];
  if (option.value?.startsWith('id=') === true) return candidates(['id=']);
  const noun = NAMES[name];
  if (noun !== undefined) return namesOf[noun](root);
  const words = WORDS[name];
  if (words === undefined) return option.type === 'number' ? [] : [FILES];
  const joins = words.includes('container:')
    ? namesOf.container(root).map(({ word }) => ({ word: `container:${word}` }))
    : [];
  const networks = name === 'network' ? namesOf.network(root) : [];
  return [...candidates(words), ...networks, ...joins];
}
