import type { CommandRow } from '../command-table';

const NO_ARTIFACTS = 'use "oras", or "skopeo copy docker://NAME dir:DIRECTORY"';

/** `image <verb>`, with the short forms at the top level, and the registries. */
export const imageRows: readonly CommandRow[] = [
  {
    path: 'image build',
    aliases: ['build', 'buildx build', 'builder build'],
    summary: 'Build an image using instructions from Containerfiles',
    load: () => import('../commands/image/build'),
  },
  {
    path: 'buildx version',
    aliases: ['builder version'],
    summary: 'Print the version of the builder',
    hidden: true,
    instead: 'it is that of tspod: use "tspod version"',
  },
  {
    path: 'buildx inspect',
    aliases: ['builder inspect'],
    summary: 'Inspect the builder',
    hidden: true,
    instead: 'tspod builds by itself: "tspod info" tells for which platforms',
  },
  {
    path: 'image diff',
    summary: "Inspect changes to the image's file systems",
    load: () => import('../commands/image/diff'),
  },
  {
    path: 'image exists',
    summary: 'Check if an image exists in local storage',
    load: () => import('../commands/image/exists'),
  },
  {
    path: 'image history',
    aliases: ['history'],
    summary: 'Show the history of an image',
    load: () => import('../commands/image/history'),
  },
  {
    path: 'image import',
    aliases: ['import'],
    summary: 'Import a tarball to create a file system image',
    load: () => import('../commands/image/import'),
  },
  {
    path: 'image inspect',
    summary: 'Display the configuration of an image',
    load: () => import('../commands/image/inspect'),
  },
  {
    path: 'image list',
    aliases: ['images', 'image ls'],
    summary: 'List images in local storage',
    load: () => import('../commands/image/list'),
  },
  {
    path: 'image load',
    aliases: ['load'],
    summary: 'Load images from an archive',
    load: () => import('../commands/image/load'),
  },
  {
    path: 'image mount',
    summary: "Mount an image's root file system",
    load: () => import('../commands/image/mount'),
  },
  {
    path: 'image prune',
    aliases: ['builder prune', 'buildx prune'],
    summary: 'Remove unused images',
    load: () => import('../commands/image/prune'),
  },
  {
    path: 'image pull',
    aliases: ['pull'],
    summary: 'Pull an image from a registry',
    load: () => import('../commands/image/pull'),
  },
  {
    path: 'image push',
    aliases: ['push'],
    summary: 'Push an image to a destination',
    load: () => import('../commands/image/push'),
  },
  {
    path: 'image rebuild',
    summary: 'Unpack the lost layers of an image again',
    hidden: true,
    load: () => import('../commands/image/rebuild'),
  },
  {
    path: 'image receive',
    summary: 'Unpack the layers of an image that is being pulled',
    hidden: true,
    load: () => import('../commands/image/receive'),
  },
  {
    path: 'image rm',
    aliases: ['rmi', 'image remove'],
    summary: 'Remove one or more images from local storage',
    load: () => import('../commands/image/rm'),
  },
  {
    path: 'image save',
    aliases: ['save'],
    summary: 'Save images to an archive',
    load: () => import('../commands/image/save'),
  },
  {
    path: 'image scp',
    summary: 'Securely copy images',
    instead: 'it would need another tspod to be run over there: use "tspod save IMAGE | ssh HOST tspod load"',
  },
  {
    path: 'image search',
    aliases: ['search'],
    summary: 'Search registries for an image',
    load: () => import('../commands/image/search'),
  },
  {
    path: 'image sign',
    summary: 'Sign an image',
    instead: 'signatures are not made here: use "skopeo standalone-sign" or cosign',
  },
  {
    path: 'image take',
    summary: 'Copy images from an archive, a directory or the store of Podman',
    hidden: true,
    load: () => import('../commands/image/take'),
  },
  {
    path: 'image tag',
    aliases: ['tag'],
    summary: 'Add an additional name to a local image',
    load: () => import('../commands/image/tag'),
  },
  {
    path: 'image tree',
    summary: 'Print the layers of an image as a tree',
    load: () => import('../commands/image/tree'),
  },
  {
    path: 'image trust set',
    summary: 'Set the trust policy of a registry',
    instead: 'edit policy.json (containers-policy.json(5))',
  },
  {
    path: 'image trust show',
    summary: 'Display the trust policy of the system',
    instead: 'read policy.json (containers-policy.json(5))',
  },
  {
    path: 'image unmount',
    aliases: ['image umount'],
    summary: "Unmount an image's root file system",
    load: () => import('../commands/image/unmount'),
  },
  {
    path: 'image untag',
    aliases: ['untag'],
    summary: 'Remove a name from a local image',
    load: () => import('../commands/image/untag'),
  },
  {
    path: 'login',
    summary: 'Log in to a container registry',
    load: () => import('../commands/registry/login'),
  },
  {
    path: 'logout',
    summary: 'Log out of a container registry',
    load: () => import('../commands/registry/logout'),
  },
  {
    path: 'manifest add',
    summary: 'Add images or artifacts to a manifest list or image index',
    load: () => import('../commands/manifest/add'),
  },
  {
    path: 'manifest annotate',
    summary: 'Add or update information about an entry of a manifest list',
    load: () => import('../commands/manifest/annotate'),
  },
  {
    path: 'manifest create',
    summary: 'Create a manifest list or image index',
    load: () => import('../commands/manifest/create'),
  },
  {
    path: 'manifest exists',
    summary: 'Check if a manifest list exists in local storage',
    load: () => import('../commands/manifest/exists'),
  },
  {
    path: 'manifest inspect',
    summary: 'Display the contents of a manifest list or image index',
    load: () => import('../commands/manifest/inspect'),
  },
  {
    path: 'manifest push',
    summary: 'Push a manifest list or image index',
    load: () => import('../commands/manifest/push'),
  },
  {
    path: 'manifest remove',
    summary: 'Remove an item from a manifest list or image index',
    load: () => import('../commands/manifest/remove'),
  },
  {
    path: 'manifest rm',
    summary: 'Remove a manifest list or image index from local storage',
    load: () => import('../commands/manifest/rm'),
  },
  { path: 'artifact add', summary: 'Add an OCI artifact to the local store', instead: NO_ARTIFACTS },
  { path: 'artifact extract', summary: 'Extract the files of an OCI artifact', instead: NO_ARTIFACTS },
  { path: 'artifact inspect', summary: 'Inspect an OCI artifact', instead: NO_ARTIFACTS },
  { path: 'artifact ls', aliases: ['artifact list'], summary: 'List OCI artifacts', instead: NO_ARTIFACTS },
  { path: 'artifact pull', summary: 'Pull an OCI artifact', instead: NO_ARTIFACTS },
  { path: 'artifact push', summary: 'Push an OCI artifact', instead: NO_ARTIFACTS },
  {
    path: 'artifact rm',
    aliases: ['artifact remove'],
    summary: 'Remove an OCI artifact',
    instead: NO_ARTIFACTS,
  },
];
