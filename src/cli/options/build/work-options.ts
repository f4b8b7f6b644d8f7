import { defineOptions } from '../../define-command';

/** How the build goes about. */
export const workOptions = defineOptions({
  'cache-from': {
    type: 'list',
    value: 'REPOSITORY',
    description: 'Look for results of steps in this repository of a registry; may be repeated',
  },
  'cache-to': {
    type: 'list',
    value: 'REPOSITORY',
    description: 'Push the results of all steps to this repository of a registry; may be repeated',
  },
  'cache-ttl': {
    type: 'string',
    value: 'DURATION',
    description: 'Take only results that are not older than this (24h)',
  },
  'force-rm': {
    type: 'boolean',
    default: true,
    description: 'Containers of steps are always removed',
    hidden: true,
  },
  jobs: {
    type: 'number',
    value: 'COUNT',
    description: 'Stages that are built at the same time; 0: as many as there are (default 0)',
  },
  layers: {
    type: 'boolean',
    description: 'Keep the results of steps and use them again (default true, or BUILDAH_LAYERS)',
  },
  logfile: { type: 'string', value: 'FILE', description: 'Write the progress to a file instead' },
  logsplit: {
    type: 'boolean',
    description: 'One --logfile for each platform, with _OS_ARCH at the end of its name',
  },
  'no-cache': { type: 'boolean', description: 'Build every step anew' },
  progress: {
    type: 'string',
    value: 'KIND',
    choices: ['auto', 'plain', 'tty'],
    default: 'auto',
    description: 'How the progress is shown: auto (default), plain, or tty: drawn on a terminal',
  },
  pull: {
    type: 'string',
    value: 'POLICY',
    optional: 'always',
    default: 'missing',
    description: 'When to ask the registry for base images: always, missing (default), newer, never',
  },
  quiet: { type: 'boolean', short: 'q', description: 'Print the id of the image only' },
  rm: { type: 'boolean', default: true, description: 'Containers of steps are always removed', hidden: true },
});
