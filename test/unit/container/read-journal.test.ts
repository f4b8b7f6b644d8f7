import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { parseEntry } from '../../../src/container/logs/journal-line';
import { readLogs, type LogLine, type LogOptions } from '../../../src/container/logs/read-logs';
import { containerPaths } from '../../../src/container/paths';
import { processStartTime } from '../../../src/container/state/process-time';
import { currentBootId } from '../../../src/container/state/status';
import { waitFor } from '../../helpers/wait-for';
import { makeSandbox } from './sandbox';
import { idFrom, statusText, storeContainer } from './stored-container';

const ID = idFrom('abc');
const RUNNING = {
  phase: 'running',
  monitor_pid: process.pid,
  monitor_starttime: processStartTime(process.pid) ?? 0,
  boot_id: currentBootId(),
};

interface Journal {
  add(message: string, fields?: Record<string, unknown>): void;
  /** What journalctl was asked for, a line each. */
  calls(): string[];
  end(): void;
  read(options?: Partial<LogOptions>): AsyncGenerator<LogLine>;
}

/** A journalctl whose journal is a file; the cursor of an entry is the number of its line. */
function makeJournal(t: TestContext, status: Record<string, string | number> = { phase: 'exited' }): Journal {
  const { ctx } = makeSandbox(t);
  const argv = ['--log-driver', 'journald', 'busybox', 'true'];
  const record = storeContainer(ctx, { id: ID, name: 'web', argv, status });
  const folder = mkdtempSync(join(tmpdir(), 'tspod-journal-'));
  const [file, log, path] = [join(folder, 'entries'), join(folder, 'log'), process.env['PATH']];
  writeFileSync(file, '');
  writeFileSync(
    join(folder, 'journalctl'),
    `#!/bin/sh
echo "$*" >>'${log}'
lines=all from=1 follow=
for word do
  case $word in
  --lines=*) lines=\${word#*=} ;;
  --after-cursor=*) from=$((\${word#*=} + 1)) ;;
  --follow) follow=yes ;;
  esac
done
[ ! -e '${folder}/refuse' ] || exit 1
[ -z "$follow" ] || exec tail -n "+$from" -f '${file}'
if [ "$lines" = all ]; then tail -n "+$from" '${file}'; else tail -n "$lines" '${file}'; fi
`,
  );
  chmodSync(join(folder, 'journalctl'), 0o755);
  process.env['PATH'] = `${folder}:${path}`;
  t.after(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });
  let count = 0;
  return {
    add: (message, fields = {}) => {
      const entry = { __CURSOR: String(++count), __REALTIME_TIMESTAMP: '1700000000000001', PRIORITY: '6' };
      appendFileSync(file, `${JSON.stringify({ ...entry, MESSAGE: message, ...fields })}\n`);
    },
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []),
    end: () => writeFileSync(containerPaths(ctx, ID).status, statusText({ phase: 'exited' })),
    read: (options = {}) => readLogs(ctx, record, { follow: false, ...options }),
  };
}

async function all(lines: AsyncIterable<LogLine>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text, isWhole } of lines) texts.push(`${String(text)}${isWhole ? '' : '...'}`);
  return texts;
}

test('parseEntry() reads entries of the journal, text or bytes', () => {
  const entry = {
    __CURSOR: 's=1',
    __REALTIME_TIMESTAMP: '1700000000000001',
    PRIORITY: '3',
    MESSAGE: [104, 105],
  };
  const found = parseEntry(JSON.stringify(entry));
  assert.deepEqual(
    { ...found?.line, text: String(found?.line.text), cursor: found?.cursor },
    { time: '2023-11-14T22:13:20.000001Z', stream: 'stderr', isWhole: true, text: 'hi', cursor: 's=1' },
  );
  assert.equal(parseEntry('no json'), undefined);
  assert.equal(parseEntry('{}'), undefined);
});

test('the journal of one container is read, long lines as one', async (t) => {
  const journal = makeJournal(t);
  journal.add('one');
  journal.add('tw', { CONTAINER_PARTIAL_MESSAGE: 'true' });
  journal.add('err', { PRIORITY: '3' });
  journal.add('o');
  journal.add('end', { CONTAINER_PARTIAL_MESSAGE: 'true' });
  assert.deepEqual(await all(journal.read()), ['one', 'err', 'two', 'end...']);
  assert.deepEqual(journal.calls(), [`--quiet --output=json --all --lines=all CONTAINER_ID_FULL=${ID}`]);
});

test('the last lines are asked for, and all when some are pieces', async (t) => {
  const journal = makeJournal(t);
  for (const text of ['one', 'two', 'three']) journal.add(text);
  assert.deepEqual(await all(journal.read({ tail: 2 })), ['two', 'three']);
  assert.deepEqual(await all(journal.read({ tail: 0 })), []);
  assert.match(journal.calls()[0] ?? '', /--lines=2 /);
  journal.add('fo', { CONTAINER_PARTIAL_MESSAGE: 'true' });
  journal.add('ur');
  assert.deepEqual(await all(journal.read({ tail: 2 })), ['three', 'four']);
});

test('times are handed on, and later lines are left out', async (t) => {
  const journal = makeJournal(t);
  journal.add('one');
  journal.add('two', { __REALTIME_TIMESTAMP: '1800000000000000' });
  const options = { since: 1_600_000_000_500_000_000n, until: 1_700_000_001_000_000_000n };
  assert.deepEqual(await all(journal.read(options)), ['one']);
  assert.match(journal.calls()[0] ?? '', /--since=@1600000000\.5 /);
});

test('the journal is followed until the container has ended, from the last line that was read', async (t) => {
  const journal = makeJournal(t, RUNNING);
  journal.add('one');
  journal.add('two');
  const texts: string[] = [];
  const reading = (async () => {
    for await (const { text } of journal.read({ follow: true, tail: 1 })) texts.push(String(text));
  })();
  await waitFor('journalctl to follow', () => journal.calls().length === 2);
  journal.add('three');
  await waitFor('a line', () => texts.length === 2);
  journal.add('four');
  journal.end();
  await reading;
  assert.deepEqual(texts, ['two', 'three', 'four']);
  assert.match(journal.calls()[1] ?? '', /--follow --lines=all --after-cursor=2 /);
});

test('a journal that may not be read is an error', async (t) => {
  const journal = makeJournal(t);
  const folder = (process.env['PATH'] ?? '').split(':')[0] ?? '';
  writeFileSync(join(folder, 'refuse'), '');
  await assert.rejects(all(journal.read()), {
    code: 'system',
    message: /^journalctl ended with the status 1$/,
  });
});

test('without journalctl the cure is told', async (t) => {
  const journal = makeJournal(t);
  process.env['PATH'] = '/is/not/there';
  await assert.rejects(all(journal.read()), { code: 'machine', message: /journalctl cannot be run/ });
});
