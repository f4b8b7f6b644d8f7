import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { CONTAINER_OPTIONS } from '../../../src/cli/options/container/container-options';
import { parseContainerOptions } from '../../../src/cli/options/container/parse-container-options';
import type { ContainerFlags } from '../../../src/cli/options/container/container-options';
import { parseFlags } from '../../../src/cli/parse-flags';
import type { ContainerOptions } from '../../../src/container/record';
import type { Context } from '../../../src/lib/context';

/** A store of its own and a root file system for `--rootfs`. */
export interface Sandbox {
  ctx: Context;
  rootfs: string;
  /** What was logged, `level: message`. */
  messages: string[];
}

/** Makes a sandbox that is removed with the test; as root, whose ids are all of the machine's. */
export function makeSandbox(t: TestContext, changes: Partial<Context> = {}): Sandbox {
  const top = mkdtempSync(join(tmpdir(), 'tspod-create-'));
  t.after(() => rmSync(top, { recursive: true, force: true }));
  const rootfs = join(top, 'rootfs');
  mkdirSync(join(rootfs, 'etc'), { recursive: true });
  mkdirSync(join(rootfs, 'srv'));
  writeFileSync(join(rootfs, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nweb:x:33:33::/srv:/bin/sh\n');
  writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\nweb:x:33:\nwheel:x:10:web\n');
  const messages: string[] = [];
  const ctx: Context = {
    ...{ uid: 0, gid: 0, user: 'jane', home: '/home/jane', env: {}, hasIds: true },
    paths: {
      root: join(top, 'store'),
      runRoot: join(top, 'run'),
      cache: join(top, 'cache'),
      helper: '/usr/libexec/tspod-helper',
      embeddedImage: join(top, 'busybox.tar'),
    },
    log: (level, message) => void messages.push(`${level}: ${message}`),
    ...changes,
  };
  return { ctx, rootfs, messages };
}

/** The options of a command line, as `run` and `create` read it. */
export function optionsOf(ctx: Context, argv: readonly string[]): ContainerOptions {
  const grammar = { options: CONTAINER_OPTIONS, interspersed: false, command: 'tspod run' };
  const { flags, args } = parseFlags(grammar, argv);
  return parseContainerOptions(ctx, flags as unknown as ContainerFlags, args);
}
