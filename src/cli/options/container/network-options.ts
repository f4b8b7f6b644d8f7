/** Options of `run` and `create` about the network. */
export const NETWORK_OPTIONS = {
  'add-host': { type: 'list', value: 'NAME:ADDRESS', description: 'Add a line to /etc/hosts' },
  dns: {
    type: 'list',
    commas: true,
    value: 'ADDRESS',
    description: 'Use this name server; none leaves them out',
  },
  'dns-option': { type: 'list', commas: true, value: 'OPTION', description: 'Set an option of the resolver' },
  'dns-search': { type: 'list', commas: true, value: 'DOMAIN', description: 'Set a search domain' },
  expose: { type: 'list', commas: true, value: 'PORT[-END][/PROTOCOL]', description: 'Expose ports' },
  'hosts-file': {
    type: 'string',
    value: 'FILE',
    description: 'Begin /etc/hosts with this file, with that of the image (image), or with none',
  },
  ip: {
    type: 'string',
    value: 'ADDRESS',
    description: 'The IPv4 address in the network that --network names',
  },
  ip6: { type: 'string', value: 'ADDRESS', description: 'The IPv6 address in that network' },
  'mac-address': { type: 'string', value: 'ADDRESS', description: 'The MAC address in that network' },
  network: {
    type: 'list',
    aliases: ['net'],
    value: 'MODE',
    description:
      'NETWORK[:OPTIONS] (may be repeated), bridge, slirp4netns[:OPTIONS], pasta[:ARGS], none, host, private, container:NAME, ns:PATH',
  },
  'network-alias': { type: 'list', value: 'NAME', description: 'A further name in all networks' },
  'network-rate': {
    type: 'string',
    value: 'RATE|egress=RATE,ingress=RATE',
    description: 'Limit what the container sends and gets: 10mbit, 500kbit, 1gbit',
  },
  'no-hosts': { type: 'boolean', description: "Leave the image's /etc/hosts as it is" },
  'no-hostname': { type: 'boolean', description: "Leave the image's /etc/hostname as it is" },
  publish: {
    type: 'list',
    short: 'p',
    commas: false,
    value: '[[IP:]HOST:]PORT[/PROTOCOL]',
    description: 'Publish a port or a range of ports on the host',
  },
  'publish-all': {
    type: 'boolean',
    short: 'P',
    description: 'Publish all exposed ports on free ports of the host',
  },
} as const;
