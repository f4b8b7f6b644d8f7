import type { Context } from '../../../lib/context';
import { defineCommand } from '../../define-command';
import { buildOptions } from '../../options/build/build-options';

/** `tspod build`. */
export default defineCommand({
  summary: 'Build an image using instructions from Containerfiles',
  usage: '[options] [CONTEXT]',
  description:
    "Makes an image of a Containerfile or Dockerfile and the files of a context: a directory, the address of an archive, of a Containerfile or of a git repository (URL#BRANCH:DIRECTORY), or - for an archive or a Containerfile on standard input. The language is that of docker/dockerfile:1. Prints the id of the image; the progress goes to standard error.\n\nStages that do not depend on each other are built at the same time, those that the result does not need are left out. A step whose instruction, base and files are as in an earlier build is taken from there, whatever their times are.\n\nWith --cache-to the results of steps go to a repository of a registry too, one image for each with nothing but the step's own layer; builds elsewhere take them from there with --cache-from, on the same base. What comes from there is verified and is then in the store's own cache. A repository that cannot be asked is warned of; one that cannot be written makes the build fail, when the image is there already. With --layers=false there are no steps to exchange: both are refused then.",
  examples: [
    'tspod build -t app .',
    'tspod build -t app -f docker/Containerfile --build-arg VERSION=1.2 --target test .',
    'tspod build --source-date-epoch "$(git log -1 --format=%ct)" -t app .',
    'tspod build --secret id=token,src=token.txt --ssh default -t app https://example.com/app.git#main',
    'tspod build --cache-from example.com/app/cache --cache-to example.com/app/cache -t app .',
    'tspod build -o out - < Containerfile',
    'tspod build -o type=oci,dest=app.tar -t app .',
  ],
  options: buildOptions,
  args: { min: 0, max: 1 },
  async run(ctx: Context, flags, [context], output) {
    const { configure } = await import('../../options/configure');
    await configure(ctx);
    const { runBuild } = await import('../../build/run-build');
    await runBuild(ctx, flags, context, output);
  },
});
