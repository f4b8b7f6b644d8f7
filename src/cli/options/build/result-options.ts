import { defineOptions } from '../../define-command';

/** What becomes of the result. */
export const resultOptions = defineOptions({
  annotation: { type: 'list', value: 'NAME=VALUE', description: "Add an annotation to the image's manifest" },
  compress: { type: 'boolean', description: 'Accepted for Docker, does nothing', hidden: true },
  'disable-compression': {
    type: 'boolean',
    short: 'D',
    default: true,
    description: 'Layers made here stay uncompressed; push and save compress them (default true)',
  },
  'disable-content-trust': {
    type: 'boolean',
    description: 'Accepted for Docker, does nothing',
    hidden: true,
  },
  env: {
    type: 'list',
    value: 'NAME[=VALUE]',
    description: "Set a variable in the image; without =VALUE that of the environment's variable",
  },
  format: {
    type: 'string',
    value: 'FORMAT',
    description: 'Format of manifest and configuration: oci (default, or BUILDAH_FORMAT) or docker',
  },
  'identity-label': {
    type: 'boolean',
    default: true,
    description: 'Set the label io.tspod.version, where Podman sets io.buildah.version (default true)',
  },
  iidfile: { type: 'string', value: 'FILE', description: 'Write the id of the image to a file' },
  label: { type: 'list', value: 'NAME=VALUE', description: 'Set a label of the image' },
  'layer-label': {
    type: 'list',
    value: 'NAME=VALUE',
    description: 'Set a label of the layers between; they are no images of their own here',
    hidden: true,
    refuse: 'steps of a build are not kept as images: --label sets labels of the result',
  },
  load: {
    type: 'boolean',
    description: 'Accepted for Docker: the image is always in the store',
    hidden: true,
  },
  manifest: {
    type: 'string',
    value: 'LIST',
    description: 'Add the image to this manifest list, which is made when it is not there',
  },
  'metadata-file': {
    type: 'string',
    value: 'FILE',
    description: "Write the image's id, digest and names to a file, as JSON",
  },
  'omit-history': { type: 'boolean', description: 'Leave the history out of the image' },
  'os-feature': {
    type: 'list',
    value: 'FEATURE',
    description: 'Add a feature of the operating system that the image needs',
  },
  'os-version': {
    type: 'string',
    value: 'VERSION',
    description: 'Version of the operating system that the image needs',
  },
  output: {
    type: 'list',
    short: 'o',
    value: 'type=TYPE,dest=PATH',
    description:
      'Write the files of the result to a directory (type=local) or an archive (type=tar), or the image to an archive for other engines (type=oci, type=docker; name=NAME instead of those of --tag; type=oci,tar=false: a directory). dest=- is standard output. Without --tag the store does not keep the image. Several platforms get a directory each, such as linux_arm64, below PATH. Only PATH: a directory; only -: an archive of the files on standard output',
  },
  'rewrite-timestamp': {
    type: 'boolean',
    description:
      'No file of the new layers is younger than --source-date-epoch, and those of contexts have just this time (default with --source-date-epoch)',
  },
  'source-date-epoch': {
    type: 'string',
    value: 'SECONDS',
    description:
      'Time of the image and its history, in seconds since 1970 (default: SOURCE_DATE_EPOCH of --build-arg, or of the environment): the same files give the same digests',
  },
  squash: { type: 'boolean', description: 'Put the new layers into a single one' },
  'squash-all': { type: 'boolean', description: 'Put all layers, those of the base too, into a single one' },
  tag: { type: 'list', short: 't', value: 'NAME', description: 'Name of the image; may be repeated' },
  timestamp: {
    type: 'string',
    value: 'SECONDS',
    description: 'Time of the image, its history and all files of its new layers, in seconds since 1970',
  },
  unsetenv: { type: 'list', value: 'NAME', description: 'Take a variable out of the image' },
  unsetlabel: { type: 'list', value: 'NAME', description: 'Take a label of the base out of the image' },
});
