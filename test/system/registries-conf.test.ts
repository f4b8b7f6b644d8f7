import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { buildArchive } from '../helpers/build-archive';
import { startRegistry } from '../helpers/registry';
import { testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';

/** Nothing listens there. */
const nowhere = '127.0.0.1:1';
const { host } = await startRegistry();
let digest = '';

before(async () => {
  const stdin = await buildArchive([{ name: 'file', data: 'content' }]);
  await runTspod(['import', '-q', '-', 'made'], { stdin });
  for (const path of ['app', 'team/app'])
    await runTspod(['push', '-q', '--tls-verify=false', 'made', `${host}/${path}`]);
  await runTspod(['rmi', '-f', 'made']);
  const inspect = ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${host}/app`];
  digest = execFileSync('skopeo', inspect, { encoding: 'utf8' }).trim();
});

/** Writes the user's registries.conf and its drop-ins, in place of those of the last test. */
function configure(conf: string, dropIns: Record<string, string> = {}): void {
  const folder = join(testHome().home, '.config/containers');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'registries.conf.d'), { recursive: true });
  writeFileSync(join(folder, 'registries.conf'), conf);
  for (const [name, text] of Object.entries(dropIns))
    writeFileSync(join(folder, 'registries.conf.d', name), text);
}

/** A `[[registry]]` of plain http, with mirrors. */
function registry(keys: Record<string, string | boolean>, mirrors: Record<string, string>[] = []): string {
  const table = (of: Record<string, string | boolean>): string =>
    Object.entries({ ...of, insecure: true })
      .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
      .join('');
  return `[[registry]]\n${table(keys)}${mirrors.map((mirror) => `[[registry.mirror]]\n${table(mirror)}`).join('')}`;
}

const works: { name: string; conf: string; dropIns?: Record<string, string>; pull: string; as?: string }[] = [
  {
    name: 'a prefix leads to another place',
    conf: registry({ prefix: 'example.com/foo', location: `${host}/team` }),
    pull: 'example.com/foo/app',
  },
  {
    name: 'a prefix with a star stands for the hosts below a domain',
    conf: registry({ prefix: '*.example.com', location: host }),
    pull: 'a.b.example.com/app',
  },
  {
    name: 'the longest prefix counts',
    conf:
      registry({ location: 'a.invalid' }) + registry({ prefix: 'a.invalid/team', location: `${host}/team` }),
    pull: 'a.invalid/team/app',
  },
  {
    name: 'mirrors are asked one after the other, before the registry',
    conf: registry({ location: 'a.invalid' }, [{ location: nowhere }, { location: host }]),
    pull: 'a.invalid/app',
  },
  {
    name: 'a mirror for digests is asked for digests',
    conf: registry({ location: nowhere, 'mirror-by-digest-only': true }, [{ location: host }]),
    pull: `${nowhere}/app@DIGEST`,
    as: `${nowhere}/app:<none>`,
  },
  {
    name: 'a mirror for tags is asked for tags',
    conf: registry({ location: nowhere }, [{ location: host, 'pull-from-mirror': 'tag-only' }]),
    pull: `${nowhere}/app`,
  },
  {
    name: 'drop-ins replace what the file says, the last one first of all',
    conf: `unqualified-search-registries = ["${nowhere}"]\n${registry({ location: nowhere })}`,
    dropIns: {
      '10-a.conf': `unqualified-search-registries = ["b.invalid"]\n`,
      '20-b.conf': `unqualified-search-registries = ["${host}"]\n${registry({ location: host })}`,
      'other.txt': 'no configuration [',
    },
    pull: 'app',
    as: `${host}/app:latest`,
  },
  {
    name: 'an alias names the registry of a short name',
    conf: `unqualified-search-registries = ["${nowhere}"]\n${registry({ location: host })}[aliases]\n"short" = "${host}/team/app"\n`,
    pull: 'short:latest',
    as: `${host}/team/app:latest`,
  },
  {
    name: 'a short name is looked for in all search registries where nobody can be asked',
    conf: `unqualified-search-registries = ["${nowhere}", "${host}"]\n${registry({ location: host })}${registry({ location: nowhere })}`,
    pull: 'app',
    as: `${host}/app:latest`,
  },
  {
    name: 'the format of version 1 is understood',
    conf: `[registries.search]\nregistries = ["${host}"]\n[registries.insecure]\nregistries = ["${host}"]\n`,
    pull: 'team/app',
    as: `${host}/team/app:latest`,
  },
];
for (const { name, conf, dropIns, pull, as = `${pull}:latest` } of works) {
  test(`registries.conf: ${name}`, async () => {
    configure(conf, dropIns);
    await runTspod(['pull', '-q', '--retry', '0', pull.replace('DIGEST', digest)]);
    const { stdout } = await runTspod(['images', '-n', '--format', '{{.Repository}}:{{.Tag}}']);
    assert.equal(stdout.trim(), as);
    await runTspod(['rmi', '-af']);
  });
}

const refused: {
  name: string;
  conf: string;
  dropIns?: Record<string, string>;
  pull: string;
  says: RegExp;
}[] = [
  {
    name: 'a blocked registry',
    conf: registry({ prefix: 'example.com/team', location: host, blocked: true }),
    pull: 'example.com/team/app',
    says: /registry example\.com\/team is blocked in "?.*registries\.conf/,
  },
  {
    name: 'a mirror for digests where a tag is wanted',
    conf: registry({ location: nowhere, 'mirror-by-digest-only': true }, [{ location: host }]),
    pull: `${nowhere}/app`,
    says: /127\.0\.0\.1:1: connection refused/,
  },
  {
    name: 'a mirror for tags where a digest is wanted',
    conf: registry({ location: nowhere }, [{ location: host, 'pull-from-mirror': 'tag-only' }]),
    pull: `${nowhere}/app@DIGEST`,
    says: /127\.0\.0\.1:1: connection refused/,
  },
  {
    name: 'the domain itself for a prefix with a star',
    conf: registry({ prefix: '*.a.invalid', location: host }),
    pull: 'a.invalid/app',
    says: /a\.invalid/,
  },
  {
    name: 'a short name of several registries that has to be chosen',
    conf: `unqualified-search-registries = ["a.invalid", "${host}"]\nshort-name-mode = "enforcing"\n`,
    pull: 'app',
    says: /^Error: short name "app" could be of several registries, and nobody can be asked\n/,
  },
  {
    name: 'a short name that no search registry has, and says what each of them answered',
    conf: `unqualified-search-registries = ["${nowhere}", "${host}"]\n${registry({ location: host })}${registry({ location: nowhere })}`,
    pull: 'nonesuch',
    says: /^Error: 2 errors occurred while pulling:\n {2}\* pulling 127\.0\.0\.1:1\/nonesuch:latest: .*refused\n {2}\* pulling .*manifest unknown\n/,
  },
  {
    name: 'a registry without TLS that is not insecure',
    conf: '',
    pull: `${host}/app`,
    says: /does not speak TLS.*\nhint: .*insecure = true/,
  },
  {
    name: 'two tables that contradict each other',
    conf: `[[registry]]\nlocation = "a.io"\n[[registry]]\nlocation = "a.io"\ninsecure = true\n`,
    pull: `${host}/app`,
    says: /registries\.conf", line 5: registry\[1\]\.insecure contradicts an earlier \[\[registry\]\] of "a\.io"/,
  },
  {
    name: 'a broken drop-in',
    conf: '',
    dropIns: { '10-x.conf': 'bad [' },
    pull: `${host}/app`,
    says: /registries\.conf\.d\/10-x\.conf", line 1/,
  },
];
for (const { name, conf, dropIns, pull, says } of refused) {
  test(`registries.conf: a pull refuses ${name}`, async () => {
    configure(conf, dropIns);
    const args = ['pull', '-q', '--retry', '0', pull.replace('DIGEST', digest)];
    assert.match((await runTspod(args, { expectCode: 125 })).stderr, says);
  });
}
