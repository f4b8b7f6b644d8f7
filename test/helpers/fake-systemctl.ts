import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeEnvironment, testFolder } from './test-home';

/** A systemctl of the test's own: `restart` of a unit runs a script, everything else is only noted. */
export interface FakeSystemctl {
  /** Variables with which tspod finds it. */
  env: Record<string, string>;
  /** What a restart of the unit does from now on. */
  onRestart(unit: string, script: string): void;
  /** The command lines of all calls, in order. */
  calls(): string[];
}

/** Puts a program of that name into a folder of its own. */
export function fakeSystemctl(): FakeSystemctl {
  const folder = testFolder('systemctl');
  const log = join(folder, 'log');
  const path = join(folder, 'systemctl');
  const script = `#!/bin/sh
echo "$*" >>'${log}'
for unit do :; done
case " $* " in
*' restart '*) exec sh "${folder}/$unit.sh" >>'${log}.out' 2>&1 ;;
*' show '*) echo Version=1 ;;
esac
`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return {
    env: { PATH: `${folder}:${homeEnvironment()['PATH']}` },
    onRestart: (unit, text) => writeFileSync(join(folder, `${unit}.sh`), text),
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []),
  };
}
