import { parse } from 'smol-toml';
import { withContainerDefaults } from '../../../../src/cli/options/container/container-defaults';
import {
  CONTAINER_OPTIONS,
  type ContainerFlags,
} from '../../../../src/cli/options/container/container-options';
import { parseContainerOptions } from '../../../../src/cli/options/container/parse-container-options';
import { parseFlags } from '../../../../src/cli/parse-flags';
import type { ContainersConf } from '../../../../src/config/containers-conf-keys';
import { mergeContainersConf } from '../../../../src/config/merge-containers-conf';
import type { ContainerOptions } from '../../../../src/container/record';
import type { Context } from '../../../../src/lib/context';

const ctx = { uid: 1000, gid: 1000, env: { HERE: 'yes' }, log: () => undefined } as unknown as Context;

/** What a containers.conf at /c.conf with this text says. */
export function confOf(text: string): ContainersConf {
  return mergeContainersConf([{ path: '/c.conf', text, content: parse(text) }]);
}

/** What a command line comes to with a containers.conf. */
export function optionsWith(text: string, argv: readonly string[] = []): ContainerOptions {
  const { flags, args } = parseFlags(
    { options: CONTAINER_OPTIONS, interspersed: false, command: 'tspod run' },
    [...argv, 'image'],
  );
  const merged = withContainerDefaults(ctx, confOf(text), flags as unknown as ContainerFlags);
  return parseContainerOptions(ctx, merged.flags, args, merged.defaults);
}
