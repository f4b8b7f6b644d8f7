import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { randomLayer } from '../helpers/publish-image';
import { assertNothingHalf, openPullBench, partials, plain } from '../helpers/pull-bench';
import { storeRoot } from '../helpers/test-home';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const { server, publish, pull, pullFails, requestsOf, withServer } = await openPullBench();

test(
  'a layer with other bytes than its digest says is an error, and the next pull succeeds',
  withServer(async () => {
    const image = await publish({ layers: [await randomLayer(300_000)] });
    const [digest = ''] = image.layers;
    server.fault({
      path: new RegExp(digest),
      times: 1,
      answer: (_request, normal) => {
        const body = Buffer.from(normal.body as Buffer);
        body[body.length - 1000] = (body[body.length - 1000] ?? 0) ^ 1;
        return { ...normal, body };
      },
    });
    assert.match(await pullFails(image.name), /wrong digest/);
    assertNothingHalf();
    assert.equal((await pull('-q', image.name)).stdout.trim(), image.id);
  }),
);

test(
  'a layer that is longer than the manifest says is cut off at once',
  withServer(async () => {
    const image = await publish();
    server.fault({
      path: new RegExp(image.layers[0] ?? 'x'),
      answer: { isEndless: true, body: 'x'.repeat(1000) },
    });
    assert.match(await pullFails(image.name), /wrong length: more than the \d+ bytes/);
    assertNothingHalf();
  }),
);

test(
  'a connection that breaks is gone on with by range, within one pull',
  withServer(async () => {
    const image = await publish({ layers: [await randomLayer(500_000)] });
    server.fault({
      path: new RegExp(image.layers[0] ?? 'x'),
      times: 1,
      answer: (_request, normal) => ({ ...normal, breakAfter: 200_000 }),
    });
    assert.equal((await pull('-q', image.name)).stdout.trim(), image.id);
    const ranges = server.requests.map(({ headers }) => headers.range).filter(Boolean);
    assert.equal(ranges.length, 1);
    assert.match(String(ranges[0]), /^bytes=[1-9]\d*-$/);
  }),
);

test(
  'a pull that is killed leaves nothing half, and the next one goes on where it was',
  withServer(async () => {
    const image = await publish({ layers: [await randomLayer(), await randomLayer(2_000_000)] });
    const big = image.layers[1] ?? 'x';
    server.fault({
      path: new RegExp(big),
      times: 1,
      answer: (_request, normal) => ({ ...normal, pieces: 50_000, pause: 100 }),
    });
    const running = startTspod(['pull', plain, image.name]);
    await waitFor('a part of the layer', () =>
      partials().some(({ name, size }) => big.endsWith(name) && size > 100_000),
    );
    running.child.kill('SIGKILL');
    await running.finished;
    await waitFor('the end of the one who unpacks', () => readdirSync(join(storeRoot(), 'tmp')).length === 0);
    await runTspod(['image', 'exists', image.name], { expectCode: 1 });
    server.clear();
    assert.equal((await pull('-q', image.name)).stdout.trim(), image.id);
    const ranges = server.requests.filter(({ url }) => url.includes(big)).map(({ headers }) => headers.range);
    assert.match(String(ranges[0]), /^bytes=[1-9]\d*-$/);
    assert.deepEqual(partials(), []);
  }),
);

test(
  'what an earlier pull has left and is wrong is fetched again',
  withServer(async () => {
    const image = await publish({ layers: [await randomLayer(2_000_000)] });
    const [digest = ''] = image.layers;
    server.fault({
      path: new RegExp(digest),
      times: 1,
      answer: (_request, normal) => ({ ...normal, pieces: 50_000, pause: 100 }),
    });
    const running = startTspod(['pull', plain, image.name]);
    const file = join(storeRoot(), 'partial', digest.slice(7));
    await waitFor('a part of the layer', () => partials().some(({ size }) => size > 100_000));
    running.child.kill('SIGKILL');
    await running.finished;
    writeFileSync(file, Buffer.alloc(100_000, 'x'));
    assert.equal((await pull('-q', image.name)).stdout.trim(), image.id);
  }),
);

test(
  'two pulls of one image at once fetch it once',
  withServer(async () => {
    const image = await publish({ layers: [await randomLayer(1_000_000), await randomLayer()] });
    server.fault({ path: /blobs/, answer: (_request, normal) => ({ ...normal, pieces: 100_000 }) });
    const results = await Promise.all([pull('-q', image.name), pull('-q', image.name)]);
    assert.deepEqual(
      results.map(({ stdout }) => stdout.trim()),
      [image.id, image.id],
    );
    for (const digest of image.layers)
      assert.equal(requestsOf('blobs').filter((url) => url.includes(digest)).length, 1);
  }),
);

test(
  'two pulls of images that share a layer fetch it once',
  withServer(async () => {
    const shared = await randomLayer(1_000_000);
    const path = uniqueName('shared');
    const images = [
      await publish({ layers: [shared, await randomLayer()], path, tag: 'a' }),
      await publish({ layers: [shared], path, tag: 'b' }),
    ];
    server.fault({ path: /blobs/, answer: (_request, normal) => ({ ...normal, pieces: 100_000 }) });
    const results = await Promise.all(['a', 'b'].map((tag) => pull('-q', `${server.host}/${path}:${tag}`)));
    assert.deepEqual(
      results.map(({ stdout }) => stdout.trim()),
      images.map(({ id }) => id),
    );
    assert.equal(requestsOf('blobs').filter((url) => url.includes(images[0]?.layers[0] ?? 'x')).length, 1);
  }),
);

test(
  'a pull mends a manifest and a configuration that are altered in the store',
  withServer(async () => {
    const image = await publish();
    await pull('-q', image.name);
    for (const hex of [image.digest.slice(7), image.id]) {
      writeFileSync(join(storeRoot(), 'blobs/sha256', hex), 'zz');
      assert.equal((await pull('-q', image.name)).stdout.trim(), image.id);
      await runTspod(['system', 'check']);
    }
  }),
);
