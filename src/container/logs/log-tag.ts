import type { Context } from '../../lib/context';
import { wrapError } from '../../lib/errors';
import { compileTemplate } from '../../lib/go-template/template';
import { inspectContainer } from '../inspect/inspect-container';
import type { ContainerRecord } from '../record';

/** The tag of a container's log: a Go template over what `inspect` tells, as Podman has it. Throws 'usage'. */
export function expandLogTag(ctx: Context, { id }: ContainerRecord, tag: string): string {
  try {
    return compileTemplate('container', tag).execute({ ID: id, ...inspectContainer(ctx, id) });
  } catch (error) {
    throw wrapError(`--log-opt tag=${tag}`, error);
  }
}
