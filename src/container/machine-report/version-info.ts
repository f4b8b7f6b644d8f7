import { statSync } from 'node:fs';
import { VERSION } from '../../lib/version';

/** Node's names of architectures, in Go's words. */
const ARCHITECTURES: Record<string, string> = {
  ...{ x64: 'amd64', ia32: '386', ppc64: 'ppc64le' },
};

/** The architecture of this machine as images name it. */
export function goArchitecture(): string {
  return ARCHITECTURES[process.arch] ?? process.arch;
}

/** The keys of Podman's `version`; `GoVersion` is what runs tspod, and there is no more to tell of a commit than the version. */
export function versionInfo() {
  const built = builtAt();
  return {
    APIVersion: VERSION,
    Version: VERSION,
    GoVersion: `node ${process.version}`,
    GitCommit: '',
    BuiltTime: built === 0 ? '' : dateText(new Date(built * 1000)),
    Built: built,
    BuildOrigin: '',
    OsArch: `linux/${goArchitecture()}`,
    Os: 'linux',
  };
}

/** When the bundle was made, in seconds; 0 when it runs from source. */
function builtAt(): number {
  if (typeof __filename !== 'string') return 0;
  return Math.floor((statSync(__filename, { throwIfNoEntry: false })?.mtimeMs ?? 0) / 1000);
}

/** As Go's ANSIC: `Sun Dec 21 16:42:01 2025`, in the local zone. */
function dateText(date: Date): string {
  const [day = '', month = '', number = '', year = '', time = ''] = date.toString().split(' ');
  return `${day} ${month} ${number.replace(/^0/, ' ')} ${time} ${year}`;
}
