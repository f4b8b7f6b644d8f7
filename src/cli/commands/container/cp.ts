import { isatty } from 'node:tty';
import { parseCopyEnds } from '../../../container/copy/copy-end';
import { copyFiles } from '../../../container/copy/copy-files';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';

/** `tspod cp`. */
export default defineCommand({
  summary: 'Copy files and folders between a container and the file system',
  usage: '[options] [CONTAINER:]SRC_PATH [CONTAINER:]DEST_PATH',
  description:
    'Copies a file, or a directory with what is in it, into a container, out of one, or from one to another. The container ' +
    'need not run: then its volumes and the directories of this machine that it mounts are looked into where the path lies ' +
    'below them. "-" stands for a tar archive on standard input, which may be compressed, or on standard output.\n' +
    'An existing directory gets the copy in it, and DIRECTORY/. copies only what is in DIRECTORY; what does not exist is made, ' +
    'but not the directory that holds it. A file is replaced by a file; --overwrite allows the rest. Of this machine a link ' +
    'is followed and gives its name to the copy. A path of a container is resolved inside it: no link leads out of it. ' +
    '/dev, /proc and /sys of a container are not copied.\n' +
    'A path in a container that is not absolute starts at its working directory. A path of this machine with a colon in it ' +
    'has to begin with a slash or a dot. What is copied out belongs to you; what is copied in, to the user of the container.',
  examples: [
    'tspod cp site.conf web:/etc/nginx/conf.d/',
    'tspod cp web:/var/log/nginx .',
    'tspod cp web:/srv/. backup',
    'tspod cp old:/data new:/data',
    'tspod cp web:/etc - | tar -t',
  ],
  options: {
    archive: {
      type: 'boolean',
      short: 'a',
      default: true,
      description: "Give what is copied into a container to the container's user; false keeps the owners",
    },
    overwrite: {
      type: 'boolean',
      default: false,
      description: 'Allow files to replace directories, and directories files',
    },
    extract: { type: 'boolean', default: false, hidden: true, description: 'Without effect' },
    pause: { type: 'boolean', default: true, hidden: true, description: 'Without effect' },
  },
  args: { min: 2, max: 2 },
  async run(ctx, flags, [source = '', target = ''], output) {
    const { from, to } = parseCopyEnds(source, target);
    if (to.kind === 'stream' && output.isTerminal)
      throw new TspodError('usage', 'refusing to copy an archive to a terminal: redirect standard output');
    if (from.kind === 'stream' && isatty(0))
      throw new TspodError('usage', 'refusing to read an archive from a terminal: redirect standard input');
    await copyFiles(ctx, { from, to, chown: flags.archive, overwrite: flags.overwrite });
  },
});
