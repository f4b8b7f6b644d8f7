import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startRegistry } from './registry';
import type { TestRegistry } from './registry';
import { testFolder } from './test-home';
import { runTspod } from './tspod';
import { uniqueName } from './unique-name';

/** A list as `manifest inspect` shows it. */
export interface List {
  mediaType: string;
  manifests: {
    mediaType: string;
    digest: string;
    size: number;
    platform?: Record<string, unknown>;
    annotations?: Record<string, string>;
  }[];
  annotations?: Record<string, string>;
}

let plain: Promise<TestRegistry> | undefined;
/** The registry of a test file, without TLS. */
export const registry = (): Promise<TestRegistry> => (plain ??= startRegistry());
/** Lets it be talked to. */
export const insecure = '--tls-verify=false';

/** What tspod prints, without the space at its ends. */
export async function tspod(...args: string[]): Promise<string> {
  return (await runTspod(args)).stdout.trim();
}

/** A list of the store, or of a registry. */
export async function inspectList(name: string): Promise<List> {
  return JSON.parse(await tspod('manifest', 'inspect', insecure, name)) as List;
}

/** A root file system of one file as an image for an architecture. */
export async function importImage(arch: string): Promise<string> {
  const folder = testFolder('rootfs');
  mkdirSync(join(folder, 'root'));
  writeFileSync(join(folder, 'root/arch'), `${arch} ${uniqueName()}`);
  execFileSync('tar', ['-C', join(folder, 'root'), '-cf', join(folder, 'r.tar'), '.']);
  const name = uniqueName();
  await tspod('import', '-q', '--arch', arch, '--os', 'linux', join(folder, 'r.tar'), name);
  return name;
}
