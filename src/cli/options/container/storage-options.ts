/** Options of `run` and `create` that say which files and devices a container has. */
export const STORAGE_OPTIONS = {
  device: { type: 'list', value: 'HOST[:CONTAINER][:rwm]', description: 'Add a device of the host' },
  'image-volume': {
    type: 'string',
    choices: ['anonymous', 'bind', 'tmpfs', 'ignore'],
    value: 'MODE',
    description: "What the image's volumes become: anonymous (the default), tmpfs or ignore",
  },
  mount: {
    type: 'list',
    value: 'OPTIONS',
    description: 'Mount a bind, volume, tmpfs, image, glob, devpts or ramfs: type=TYPE,src=...,dst=...',
  },
  'read-only': { type: 'boolean', description: 'Make the root file system read-only' },
  'read-only-tmpfs': {
    type: 'boolean',
    default: true,
    description: 'With --read-only, keep /run, /tmp and /var/tmp writable',
  },
  secret: {
    type: 'list',
    value: 'SECRET[,OPTIONS]',
    description: 'Give the container a secret: type=mount|env, target=, uid=, gid=, mode=',
  },
  'shm-size': { type: 'string', value: 'SIZE', description: 'The size of /dev/shm (default 65536k)' },
  'storage-opt': {
    type: 'list',
    value: 'KEY=VALUE',
    description:
      'Limit what the container may write: size=SIZE (a sparse file; as root a project quota where there are some); ' +
      'upper=tmpfs keeps that in memory',
  },
  tmpfs: { type: 'list', value: 'DIR[:OPTIONS]', description: 'Mount a temporary file system' },
  volume: {
    type: 'list',
    short: 'v',
    value: '[SOURCE:]DIR[:OPTIONS]',
    description: 'Mount a directory of the host or a volume',
  },
  'volumes-from': {
    type: 'list',
    value: 'CONTAINER[:ro|rw]',
    description: 'Mount what another container has from the host, and its volumes',
  },
} as const;
