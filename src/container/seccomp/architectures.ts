/** libseccomp's names for a processor and those whose programs it runs too, by Node's name of it. */
const ARCHITECTURES: Readonly<Record<string, readonly string[]>> = {
  x64: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
  arm64: ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
  arm: ['SCMP_ARCH_ARM'],
  riscv64: ['SCMP_ARCH_RISCV64'],
  s390x: ['SCMP_ARCH_S390X', 'SCMP_ARCH_S390'],
  ppc64: ['SCMP_ARCH_PPC64LE'],
};

/** Go's names, as profiles use them in `includes` and `excludes`. */
const GO_NAMES: Readonly<Record<string, readonly string[]>> = {
  x64: ['amd64', 'x32', 'x86'],
  arm64: ['arm64', 'arm'],
  arm: ['arm'],
  riscv64: ['riscv64'],
  s390x: ['s390x', 's390'],
  ppc64: ['ppc64le'],
};

/** The architectures that a filter for this processor covers. */
export function architecturesOf(arch: string): string[] {
  return [...(ARCHITECTURES[arch] ?? [])];
}

/** Whether a profile that speaks of Go's `name` means this processor. */
export function isArchitecture(arch: string, name: string): boolean {
  return (GO_NAMES[arch] ?? []).includes(name);
}
