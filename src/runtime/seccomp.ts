import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { VERSION } from '../lib/version';
import { runHelper } from './helper';
import type { OciSeccomp, OciSeccompRule } from './oci-spec';

/**
 * The filter for seccomp(2), compiled by libseccomp in the helper and kept in the cache under a hash of its text.
 * A missing or unreadable cache only costs time.
 */
export function compileSeccomp(ctx: Context, profile: OciSeccomp): Uint8Array {
  const text = profileText(profile);
  const file = `${ctx.paths.cache}/seccomp-${VERSION}-${hash(text)}.bpf`;
  const cached = readCached(ctx, file);
  if (cached) return cached;
  const result = runHelper(ctx, 'seccomp', undefined, { args: ['0'], input: text, capture: true });
  if (result.status !== 0) {
    throw new TspodError(
      'invalid',
      result.stderr.trim().replace(/^Error: /, '') || 'compiling the seccomp profile failed',
    );
  }
  keep(ctx, file, result.stdout);
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

/** Two FNV-1a hashes of 32 bits over the text: names a cache file of one's own, guards nothing. */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x85ebca6b);
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}

/** Only a file of one's own that nobody else can write is trusted: it decides what a container may call. */
function readCached(ctx: Context, file: string): Uint8Array | undefined {
  try {
    const { uid, mode } = statSync(file);
    const isOwn = uid === ctx.uid || ctx.hasIds;
    const bytes = isOwn && (mode & 0o022) === 0 ? readFileSync(file) : undefined;
    return bytes && bytes.length > 0 && bytes.length % 8 === 0 ? bytes : undefined;
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
