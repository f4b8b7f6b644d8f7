import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { idOfName } from '../../../src/container/find';
import { dropStaleName, freeName, reserveName } from '../../../src/container/names';
import { containerPaths, nameLink } from '../../../src/container/paths';
import { makeSandbox } from './sandbox';
import { idFrom, storeContainer } from './stored-container';

const [A, B] = [idFrom('abc1'), idFrom('abc2')];

test('reserveName() gives a name to one container, and one of a container that is gone to another', (t) => {
  const { ctx } = makeSandbox(t);
  for (const [id, name] of Object.entries({ [A]: 'a', [B]: 'b' })) storeContainer(ctx, { id, name });
  assert.equal(reserveName(ctx, 'web', A), true);
  assert.equal(reserveName(ctx, 'web', B), false);
  assert.equal(idOfName(ctx, 'web'), A);
  rmSync(containerPaths(ctx, A).directory, { recursive: true });
  assert.equal(reserveName(ctx, 'web', B), true);
  assert.equal(idOfName(ctx, 'web'), B);
});

test('freeName() leaves a name alone that another container has got', (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: B, name: 'web' });
  freeName(ctx, 'web', A);
  assert.equal(idOfName(ctx, 'web'), B);
  freeName(ctx, 'web', B);
  freeName(ctx, 'web', B);
  assert.deepEqual(readdirSync(`${ctx.paths.root}/names`), []);
});

test('dropStaleName() takes away what leads to no container, whatever it is', (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'web' });
  mkdirSync(`${ctx.paths.root}/other`);
  symlinkSync(B, nameLink(ctx, 'gone'));
  symlinkSync('../other', nameLink(ctx, 'elsewhere'));
  writeFileSync(nameLink(ctx, 'file'), '');
  for (const name of ['web', 'gone', 'elsewhere', 'file', 'none', '../other']) dropStaleName(ctx, name);
  assert.deepEqual(readdirSync(`${ctx.paths.root}/names`), ['web']);
  assert.equal(existsSync(`${ctx.paths.root}/other`), true);
});
