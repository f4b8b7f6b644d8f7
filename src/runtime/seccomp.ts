import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { VERSION } from '../lib/version';
import { runHelper } from './helper';
import type { OciSeccomp, OciSeccompRule } from './oci-spec';

/**
 * The filter for seccomp(2), compiled by libseccomp in the helper. It is kept in the cache behind the profile that it was
 * made from, which is compared as a whole; a missing or unreadable cache only costs time.
 */
export function compileSeccomp(ctx: Context, profile: OciSeccomp): Uint8Array {
  const source = Buffer.from(JSON.stringify(profile));
  const file = `${ctx.paths.cache}/seccomp-${VERSION}-${source.length}-${sample(source)}.bpf`;
  const cached = readCached(ctx, file, source);
  if (cached) return cached;
  const result = runHelper(ctx, 'seccomp', undefined, {
    args: ['0'],
    input: profileText(profile),
    capture: true,
  });
  if (result.status !== 0) {
    throw new TspodError(
      'invalid',
      result.stderr.trim().replace(/^Error: /, '') || 'compiling the seccomp profile failed',
    );
  }
  keep(ctx, file, Buffer.concat([source, result.stdout]));
  return result.stdout;
}

/** The line format that native/role_seccomp.c documents. */
function profileText(profile: OciSeccomp): string {
  const lines = [`default ${profile.defaultAction}${errno(profile.defaultErrnoRet)}`];
  for (const arch of profile.architectures ?? [])
    lines.push(`arch ${arch.replace('SCMP_ARCH_', '').toLowerCase()}`);
  for (const rule of profile.syscalls ?? []) {
    for (const name of rule.names) lines.push(ruleLine(rule, name));
  }
  return `${lines.join('\n')}\n`;
}

function ruleLine(rule: OciSeccompRule, name: string): string {
  const args = (rule.args ?? []).map(
    ({ index, op, value, valueTwo }) => ` ${index} ${op} ${value} ${valueTwo ?? 0}`,
  );
  return `rule ${rule.action} ${rule.errnoRet ?? 1} ${name}${args.join('')}`;
}

function errno(value: number | undefined): string {
  return value === undefined ? '' : ` ${value}`;
}

/** Tells profiles of one length apart most of the time: a hash of every 64th byte. */
function sample(source: Uint8Array): string {
  let hash = 0;
  for (let i = 0; i < source.length; i += 64) hash = (Math.imul(hash, 31) + (source[i] ?? 0)) >>> 0;
  return hash.toString(16);
}

/** Only a file of one's own that nobody else can write is trusted: it decides what a container may call. */
function readCached(ctx: Context, file: string, source: Buffer): Uint8Array | undefined {
  try {
    const { uid, mode } = statSync(file);
    if ((uid !== ctx.uid && !ctx.hasIds) || (mode & 0o022) !== 0) return undefined;
    const bytes = readFileSync(file);
    const filter = bytes.subarray(source.length);
    const isWhole = filter.length > 0 && filter.length % 8 === 0;
    return isWhole && bytes.subarray(0, source.length).equals(source) ? filter : undefined;
  } catch {
    return undefined;
  }
}

function keep(ctx: Context, file: string, bytes: Uint8Array): void {
  try {
    mkdirSync(ctx.paths.cache, { recursive: true, mode: 0o700 });
    const staged = `${file}.${process.pid}`;
    writeFileSync(staged, bytes, { mode: 0o600 });
    renameSync(staged, file);
  } catch (error) {
    ctx.log('debug', `cannot keep the compiled seccomp profile: ${String(error)}`);
  }
}
