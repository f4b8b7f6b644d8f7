import { readFileSync } from 'node:fs';
import { TspodError, wrapError } from '../../lib/errors';
import type { OciSeccomp, OciSeccompRule } from '../../runtime/oci-spec';
import { architecturesOf, isArchitecture } from './architectures';

/** Conditions of a rule. */
interface Filter {
  caps?: string[];
  arches?: string[];
  minKernel?: string;
}

/** The file format that Docker and Podman share: rules with conditions, and a table of architectures. */
interface ProfileFile {
  defaultAction?: string;
  defaultErrnoRet?: number;
  archMap?: { architecture: string; subArchitectures?: string[] | null }[];
  architectures?: string[];
  flags?: string[];
  syscalls?: ProfileRule[];
}

interface ProfileRule {
  name?: string;
  names?: string[];
  action: string;
  errnoRet?: number | null;
  args?: OciSeccompRule['args'] | null;
  includes?: Filter;
  excludes?: Filter;
}

/** Reads a seccomp profile and keeps what holds for these capabilities and this processor. Throws 'invalid'. */
export function readProfile(
  path: string,
  capabilities: readonly string[],
  arch: string = process.arch,
): OciSeccomp {
  const file = readFile(path);
  if (typeof file.defaultAction !== 'string') {
    throw new TspodError('invalid', `seccomp profile "${path}": there is no defaultAction`);
  }
  const rules = (file.syscalls ?? []).filter((rule) => holds(rule, capabilities, arch));
  return {
    defaultAction: file.defaultAction,
    ...(typeof file.defaultErrnoRet === 'number' ? { defaultErrnoRet: file.defaultErrnoRet } : {}),
    architectures: profileArchitectures(file, arch),
    ...(file.flags && file.flags.length > 0 ? { flags: file.flags } : {}),
    syscalls: rules.map(toRule),
  };
}

function readFile(path: string): ProfileFile {
  try {
    const file: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof file === 'object' && file !== null) return file as ProfileFile;
    throw new TspodError('invalid', 'it is not a JSON object');
  } catch (error) {
    throw wrapError(`opening seccomp profile "${path}" failed`, error);
  }
}

function profileArchitectures({ architectures, archMap }: ProfileFile, arch: string): string[] {
  if (architectures && architectures.length > 0) return architectures;
  const own = architecturesOf(arch);
  const entry = archMap?.find((each) => each.architecture === own[0]);
  return entry ? [entry.architecture, ...(entry.subArchitectures ?? [])] : own;
}

function holds({ includes = {}, excludes = {} }: ProfileRule, capabilities: readonly string[], arch: string) {
  const { caps = [], arches = [], minKernel } = includes;
  if (arches.length > 0 && !arches.some((name) => isArchitecture(arch, name))) return false;
  if (!caps.every((name) => capabilities.includes(name))) return false;
  if (minKernel !== undefined && !isKernelAtLeast(minKernel)) return false;
  if ((excludes.arches ?? []).some((name) => isArchitecture(arch, name))) return false;
  if (excludes.minKernel !== undefined && isKernelAtLeast(excludes.minKernel)) return false;
  return !(excludes.caps ?? []).some((name) => capabilities.includes(name));
}

function isKernelAtLeast(wanted: string): boolean {
  const release = readFileSync('/proc/sys/kernel/osrelease', 'utf8');
  const [major = 0, minor = 0] = release.split('.').map((part) => parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function toRule({ name, names, action, errnoRet, args }: ProfileRule): OciSeccompRule {
  return {
    names: names ?? (name === undefined ? [] : [name]),
    action,
    ...(typeof errnoRet === 'number' ? { errnoRet } : {}),
    ...(args && args.length > 0 ? { args } : {}),
  };
}
