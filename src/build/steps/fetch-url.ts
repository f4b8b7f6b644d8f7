import { chmodSync, mkdirSync, renameSync, utimesSync } from 'node:fs';
import { downloadFile } from '../../image/download/download-file';
import { TspodError } from '../../lib/errors';
import { digestOfFile } from '../cache/file-digests';
import type { Build } from '../engine/build';
import { makeBreather } from '../files/breather';
import { secretData } from './secret-data';

/** Fetches the file of a URL to a new directory. Error `invalid`: it has another digest than `checksum` says. */
export async function fetchUrl(
  build: Build,
  address: string,
  checksum: string | undefined,
): Promise<{ folder: string; name: string }> {
  const folder = `${build.staging().path}/${build.nextName('url')}`;
  mkdirSync(folder, { mode: 0o700 });
  const { name, modified } = await downloadFile(build.ctx, address, {
    path: `${folder}/download`,
    signal: build.signal,
    ...authorizationFor(build, address),
  });
  if (name === '')
    throw new TspodError('usage', `"${address}" names no file`, {
      hint: 'add the name of a file to the address',
    });
  const path = `${folder}/${name}`;
  renameSync(`${folder}/download`, path);
  // as BuildKit and Podman give it
  chmodSync(path, 0o600);
  const seconds = Math.floor((modified ?? 0) / 1000);
  utimesSync(path, seconds, seconds);
  await checkDigest(build, path, { address, checksum });
  return { folder, name };
}

/** A secret that is named after the host goes to it, as BuildKit has it. */
function authorizationFor({ request: { secrets } }: Build, address: string): { authorization?: string } {
  const { host } = new URL(address);
  const valueOf = (name: string): string | undefined => {
    const secret = secrets.find(({ id }) => id === `${name}_${host}`);
    return secret === undefined ? undefined : secretData(secret).toString().trim();
  };
  const header = valueOf('HTTP_AUTH_HEADER');
  const token = valueOf('HTTP_AUTH_TOKEN');
  if (header !== undefined) return { authorization: header };
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

async function checkDigest(
  { signal }: Build,
  path: string,
  { address, checksum }: { address: string; checksum: string | undefined },
): Promise<void> {
  if (checksum === undefined) return;
  const expected = /^sha256:([0-9a-f]{64})$/.exec(checksum)?.[1];
  if (expected === undefined)
    throw new TspodError(
      'usage',
      `--checksum "${checksum}" is not of the form sha256:<64 hexadecimal digits>`,
    );
  const found = await digestOfFile(path, makeBreather(signal));
  if (found === expected) return;
  throw new TspodError(
    'invalid',
    `"${address}" has another digest: expected ${checksum}, got sha256:${found}`,
    {
      hint: 'the file has changed, or the checksum is that of another one',
    },
  );
}
