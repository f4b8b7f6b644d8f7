import { imageTree } from '../../../image/list/image-tree';
import type { LayerNode } from '../../../image/list/image-tree';
import { shortId } from '../../../lib/id';
import { humanSize } from '../../../lib/size';
import { defineCommand } from '../../define-command';

/** `tspod image tree`. */
export default defineCommand({
  summary: 'Print layer hierarchy of an image in a tree format',
  usage: '[options] IMAGE',
  examples: ['tspod image tree site', 'tspod image tree --whatrequires busybox'],
  options: {
    whatrequires: { type: 'boolean', description: 'Show all images and layers that are built on the image' },
  },
  args: { min: 1, max: 1 },
  run(ctx, flags, [name = ''], output) {
    const { id, names, size, layers } = imageTree(ctx, name, flags.whatrequires ?? false);
    output.print(`Image ID: ${shortId(id)}`);
    output.print(`Tags:     [${names.join(' ')}]`);
    output.print(`Size:     ${humanSize(size)}`);
    output.print('Image Layers');
    for (const line of branches(layers, '')) output.print(line);
    output.print('');
  },
});

function branches(nodes: readonly LayerNode[], indent: string): string[] {
  return nodes.flatMap((node, index) => {
    const isLast = index === nodes.length - 1;
    const line = `${indent}${isLast ? '└' : '├'}── ${describe(node)}`;
    return [line, ...branches(node.children, `${indent}${isLast ? ' ' : '│'}   `)];
  });
}

function describe({ id, size, tags }: LayerNode): string {
  const top = tags.length === 0 ? '' : ` Top Layer of: [${tags.join(' ')}]`;
  return `ID: ${shortId(id)} Size: ${humanSize(size).padStart(7)}${top}`;
}
