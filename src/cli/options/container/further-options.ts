/** Options of `run` and `create` that few containers need: their values are parsed only where one was given. */
export const FURTHER_OPTIONS = {
  chrootdirs: {
    type: 'list',
    commas: true,
    value: 'DIR',
    description: 'Give these directories of the container /etc/hosts, /etc/resolv.conf and /etc/hostname too',
  },
  'env-merge': {
    type: 'list',
    value: 'NAME=VALUE',
    description: "Set a variable from those of the image: 'PATH=/opt/bin:${PATH}'",
  },
  gpus: {
    type: 'list',
    commas: true,
    value: 'GPU',
    description: 'Add GPUs by their CDI names: all, or numbers',
  },
  hostuser: {
    type: 'list',
    commas: true,
    value: 'USER',
    description: 'Add users of the host to /etc/passwd',
  },
  personality: {
    type: 'string',
    value: 'NAME',
    description: 'The execution domain: LINUX or LINUX32',
  },
  requires: {
    type: 'list',
    commas: true,
    value: 'CONTAINER',
    description: 'Start these containers before this one',
  },
  sdnotify: {
    type: 'string',
    value: 'MODE',
    description: 'Who tells systemd that it is ready: container (default), conmon, healthy or ignore',
  },
  'shm-size-systemd': {
    type: 'string',
    value: 'SIZE',
    description: 'The size of each tmpfs that --systemd mounts',
  },
} as const;
