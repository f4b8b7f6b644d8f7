/**
 * What a configuration of ours may hold, as a JSON schema written after the runtime-spec's text (config.md and
 * config-linux.md, version 1.2): stricter than the original where tspod writes less, so that a misspelt key is found.
 */
const strings = { type: 'array', items: { type: 'string' } };
const uint32 = { type: 'integer', minimum: 0, maximum: 4294967295 };
const uint64 = { type: 'number', minimum: 0 };
const path = { type: 'string', pattern: '^/' };
const stringMap = { type: 'object', additionalProperties: { type: 'string' } };
const closed = (properties: Record<string, unknown>, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const listOf = (items: unknown) => ({ type: 'array', items });

const capability = { type: 'array', items: { type: 'string', pattern: '^CAP_[A-Z_]+$' }, uniqueItems: true };
const idMapping = closed({ containerID: uint32, hostID: uint32, size: uint32 }, [
  'containerID',
  'hostID',
  'size',
]);
const rates = listOf(closed({ major: uint32, minor: uint32, rate: uint64 }, ['major', 'minor', 'rate']));

const process = closed(
  {
    terminal: { type: 'boolean' },
    user: closed({ uid: uint32, gid: uint32, umask: uint32, additionalGids: listOf(uint32) }, ['uid', 'gid']),
    args: { ...strings, minItems: 1 },
    env: { type: 'array', items: { type: 'string', pattern: '^[^=]+=' } },
    cwd: path,
    capabilities: closed({
      bounding: capability,
      effective: capability,
      permitted: capability,
      inheritable: capability,
      ambient: capability,
    }),
    rlimits: listOf(
      closed({ type: { type: 'string', pattern: '^RLIMIT_[A-Z]+$' }, soft: uint64, hard: uint64 }, [
        'type',
        'soft',
        'hard',
      ]),
    ),
    noNewPrivileges: { type: 'boolean' },
    apparmorProfile: { type: 'string' },
    oomScoreAdj: { type: 'integer', minimum: -1000, maximum: 1000 },
  },
  ['cwd', 'args', 'user'],
);

const seccompRule = closed(
  {
    names: { ...strings, minItems: 1 },
    action: { type: 'string', pattern: '^SCMP_ACT_' },
    errnoRet: uint32,
    args: listOf(
      closed(
        { index: uint32, value: uint64, valueTwo: uint64, op: { type: 'string', pattern: '^SCMP_CMP_' } },
        ['index', 'value', 'op'],
      ),
    ),
  },
  ['names', 'action'],
);

const linux = closed({
  namespaces: {
    type: 'array',
    items: closed({ type: { enum: ['pid', 'network', 'mount', 'ipc', 'uts', 'user', 'cgroup'] }, path }, [
      'type',
    ]),
    uniqueItems: true,
  },
  uidMappings: listOf(idMapping),
  gidMappings: listOf(idMapping),
  cgroupsPath: { type: 'string' },
  resources: closed({
    memory: closed({
      limit: { type: 'integer' },
      reservation: { type: 'integer' },
      swap: { type: 'integer' },
    }),
    cpu: closed({
      shares: uint64,
      quota: { type: 'integer' },
      period: uint64,
      cpus: { type: 'string' },
      mems: { type: 'string' },
    }),
    pids: closed({ limit: { type: 'integer' } }, ['limit']),
    unified: { type: 'object' },
    blockIO: closed({
      weight: uint32,
      weightDevice: listOf(closed({ major: uint32, minor: uint32, weight: uint32 }, ['major', 'minor'])),
      throttleReadBpsDevice: rates,
      throttleWriteBpsDevice: rates,
      throttleReadIOPSDevice: rates,
      throttleWriteIOPSDevice: rates,
    }),
  }),
  rootfsPropagation: {
    enum: ['private', 'shared', 'slave', 'unbindable', 'rprivate', 'rshared', 'rslave', 'runbindable'],
  },
  seccomp: closed(
    {
      defaultAction: { type: 'string' },
      defaultErrnoRet: uint32,
      flags: strings,
      architectures: { type: 'array', items: { type: 'string', pattern: '^SCMP_ARCH_' } },
      syscalls: listOf(seccompRule),
    },
    ['defaultAction'],
  ),
  sysctl: stringMap,
  maskedPaths: listOf(path),
  readonlyPaths: listOf(path),
});

export const OCI_SCHEMA = closed(
  {
    ociVersion: { type: 'string', pattern: '^1\\.\\d+\\.\\d+$' },
    root: closed({ path: { type: 'string' }, readonly: { type: 'boolean' } }, ['path']),
    process,
    hostname: { type: 'string' },
    domainname: { type: 'string' },
    mounts: listOf(
      closed({ destination: path, type: { type: 'string' }, source: { type: 'string' }, options: strings }, [
        'destination',
      ]),
    ),
    annotations: stringMap,
    linux,
  },
  ['ociVersion', 'root', 'process', 'mounts', 'linux'],
);
