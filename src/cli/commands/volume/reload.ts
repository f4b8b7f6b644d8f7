import { defineCommand } from '../../define-command';

/** `tspod volume reload`: there are no volume plugins, whose volumes could have changed. */
export default defineCommand({
  summary: 'Reload all volumes from volume plugins',
  usage: '',
  description: 'Does nothing: there are no volume plugins. Volumes are read from the store each time.',
  examples: ['tspod volume reload'],
  options: {},
  args: { min: 0, max: 0 },
  run() {
    return undefined;
  },
});
