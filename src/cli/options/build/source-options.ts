import { defineOptions } from '../../define-command';

/** What is built, and with what. */
export const sourceOptions = defineOptions({
  'all-platforms': {
    type: 'boolean',
    description: 'Build for every platform that the base images are there for',
    hidden: true,
    refuse: 'name the platforms: --platform linux/amd64,linux/arm64',
  },
  'build-arg': {
    type: 'list',
    value: 'NAME[=VALUE]',
    description: "Value of an ARG; without =VALUE that of the environment's variable",
  },
  'build-arg-file': { type: 'list', value: 'FILE', description: 'Read NAME=VALUE lines for --build-arg' },
  'build-context': {
    type: 'list',
    value: 'NAME=VALUE',
    description:
      'What NAME stands for in FROM, COPY --from and mounts: a directory, docker-image://IMAGE, oci-layout://DIRECTORY[:TAG], the address of an archive or of a git repository',
  },
  'cpp-flag': {
    type: 'list',
    value: 'FLAG',
    description: 'Flag for the C preprocessor, which reads files that end with .in',
  },
  file: {
    type: 'list',
    short: 'f',
    value: 'PATH',
    description:
      'Containerfile instead of that of the context: a path, an address, or - for standard input; several are read one after the other',
  },
  from: { type: 'string', value: 'IMAGE', description: 'Image for the first FROM' },
  ignorefile: {
    type: 'string',
    value: 'FILE',
    description:
      'Read the rules of what is left out from this file instead of .containerignore or .dockerignore',
  },
  secret: {
    type: 'list',
    value: 'id=ID[,src=FILE|,env=NAME]',
    description: 'A secret for RUN --mount=type=secret,id=ID; it does not come into the image',
  },
  'skip-unused-stages': {
    type: 'boolean',
    default: true,
    description: 'Leave out stages that the result does not need (default true)',
  },
  ssh: {
    type: 'list',
    value: 'default|ID[=SOCKET|KEY,...]',
    description: 'An agent for RUN --mount=type=ssh: that of SSH_AUTH_SOCK, a socket, or key files',
  },
  target: {
    type: 'string',
    value: 'STAGE',
    description: 'Build this stage, by name or number, instead of the last',
  },
});
