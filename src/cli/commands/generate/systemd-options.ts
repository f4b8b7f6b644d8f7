import { defineOptions } from '../../define-command';

const NO_PODS = 'pods are not built yet';

/** The options of `generate systemd`. */
export const options = defineOptions({
  after: { type: 'list', value: 'UNIT', description: 'Start after this unit' },
  'container-prefix': {
    type: 'string',
    value: 'PREFIX',
    default: 'container',
    description: 'What the name of the unit begins with',
  },
  env: { type: 'list', short: 'e', value: 'NAME=VALUE', description: 'Set a variable in the unit' },
  files: {
    type: 'boolean',
    short: 'f',
    default: false,
    description: 'Write the unit into the current directory and print its path',
  },
  format: { type: 'string', value: 'json', description: 'Print the unit by its name, as JSON' },
  name: {
    type: 'boolean',
    short: 'n',
    default: false,
    description: 'Call the container by its name, not its id',
  },
  new: {
    type: 'boolean',
    default: false,
    description: 'Make a new container at each start, and remove it at the end',
  },
  'no-header': { type: 'boolean', default: false, description: 'Leave out version and time' },
  'pod-prefix': {
    type: 'string',
    value: 'PREFIX',
    description: 'What names of units of pods begin with',
    refuse: NO_PODS,
  },
  requires: { type: 'list', value: 'UNIT', description: 'Need this unit' },
  'restart-policy': {
    type: 'string',
    value: 'POLICY',
    description: "systemd's restart policy (default: on-failure, with --new that of the container)",
  },
  'restart-sec': { type: 'number', value: 'SECONDS', description: 'Wait that long before a restart' },
  separator: {
    type: 'string',
    value: 'TEXT',
    default: '-',
    description: 'What stands between prefix and name',
  },
  'start-timeout': { type: 'number', value: 'SECONDS', description: 'How long a start may last' },
  'stop-timeout': {
    type: 'number',
    value: 'SECONDS',
    description: "How long the container has for its end (default: the container's own)",
  },
  template: {
    type: 'boolean',
    default: false,
    description: 'Make a template whose containers have the name of the instance at the end; implies --new',
  },
  wants: { type: 'list', value: 'UNIT', description: 'Start this unit too' },
});
