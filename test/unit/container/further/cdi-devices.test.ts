import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { addCdiDevices } from '../../../../src/container/further/cdi-devices';
import type { Context } from '../../../../src/lib/context';
import type { OciSpec } from '../../../../src/runtime/oci-spec';
import { makeSandbox } from '../sandbox';

const YAML = `
cdiVersion: 0.5.0
kind: vendor.com/class
containerEdits:
  env: [ALL=1]
devices:
  - name: one
    containerEdits:
      env: ["FOO=bar", "PATH=/new"]
      deviceNodes: [{path: /dev/mine, hostPath: /dev/null, permissions: r}, {path: /dev/zero}]
      mounts: [{hostPath: /usr, containerPath: /cdi, options: [ro, nosuid]}]
      hooks: [{hookName: createContainer, path: /bin/true, args: [true, x]}]
      additionalGids: [5]
  - name: broken
    containerEdits: {deviceNodes: [{path: /dev/nosuch-device}]}
`;

function sandbox(t: TestContext): { ctx: Context; folders: string[]; messages: string[] } {
  const { ctx, rootfs, messages } = makeSandbox(t);
  const folders = ['a', 'b'].map((name) => `${rootfs}/${name}`);
  for (const folder of folders) mkdirSync(folder);
  writeFileSync(`${folders[0]}/vendor.yaml`, YAML);
  return { ctx: { ...ctx, defaults: { cdiDirs: [...folders, `${rootfs}/nosuch`] } }, folders, messages };
}

function spec(): OciSpec {
  return {
    process: { env: ['PATH=/old', 'X=1'], user: { uid: 0, gid: 0 } },
    mounts: [{ destination: '/dev/zero', type: 'bind', source: '/other' }],
  } as unknown as OciSpec;
}

test('addCdiDevices() makes the edits of a device, and those of its file once', (t) => {
  const { ctx } = sandbox(t);
  const edited = spec();
  addCdiDevices(ctx, edited, ['vendor.com/class=one', 'vendor.com/class=one']);
  assert.deepEqual(edited.process.env, ['X=1', 'ALL=1', 'FOO=bar', 'PATH=/new']);
  assert.deepEqual(edited.process.user.additionalGids, [5]);
  assert.deepEqual(edited.hooks, { createContainer: [{ path: '/bin/true', args: [true, 'x'] }] });
  const seen = edited.mounts.map(({ destination, source, options }) => [
    destination,
    source,
    options?.at(-1),
  ]);
  assert.deepEqual(seen, [
    ['/dev/mine', '/dev/null', 'ro'],
    ['/dev/zero', '/dev/zero', 'rw'],
    ['/cdi', '/usr', 'nosuid'],
  ]);
});

test('a later folder wins, and a broken file is told of and takes nothing else away', (t) => {
  const { ctx, folders, messages } = sandbox(t);
  const json = {
    kind: 'vendor.com/class',
    devices: [{ name: 'one', containerEdits: { env: ['FOO=later'] } }],
  };
  writeFileSync(`${folders[1]}/vendor.json`, JSON.stringify(json));
  writeFileSync(`${folders[1]}/broken.yaml`, '{');
  writeFileSync(`${folders[1]}/empty.json`, '{}');
  const edited = spec();
  addCdiDevices(ctx, edited, ['vendor.com/class=one']);
  assert.deepEqual(edited.process.env, ['PATH=/old', 'X=1', 'FOO=later']);
  assert.equal(messages.length, 2);
  assert.match(messages.join(), /warn: CDI specification ".*broken.yaml".*empty.json": kind or devices/);
});

test('addCdiDevices() names what nobody specifies, and a device node that is missing', (t) => {
  const { ctx } = sandbox(t);
  const names = ['vendor.com/class=one', 'vendor.com/class=two', 'nvidia.com/gpu=all'];
  assert.throws(() => addCdiDevices(ctx, spec(), names), {
    message: /unresolvable CDI devices vendor.com\/class=two, nvidia.com\/gpu=all/,
    exitCode: 126,
    hint: /nvidia-ctk cdi generate/,
  });
  assert.throws(() => addCdiDevices(ctx, spec(), ['vendor.com/class=broken']), /stat \/dev\/nosuch-device/);
});
