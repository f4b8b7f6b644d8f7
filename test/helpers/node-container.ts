import { existsSync } from 'node:fs';

/** Options of `run` that show this Node to a container as /node: busybox has no server for UDP. */
export const nodeInContainer: readonly string[] = ['/usr', '/lib', '/lib64']
  .filter((path) => existsSync(path))
  .flatMap((path) => ['-v', `${path}:${path}:ro`])
  .concat('-v', `${process.execPath}:/node:ro`);
