import { readFileSync, rmSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { nowNs } from '../../lib/time';
import { removeTrees } from '../../runtime/tree';
import { writeFileAtomic } from '../../sys/file-io';
import { lockFile } from '../../sys/file-lock';
import { removeCgroup } from '../cgroup';
import { writeExitNote } from './exit-note';
import { loadRecordIfWhole } from '../find';
import { clearNetd } from '../networks/clear-netd';
import { containerPaths } from '../paths';
import { pauseSync } from './pause-sync';
import { isProcess } from './process-time';
import { removeFiles } from '../remove-files';
import { formatStatusFile, parseStatusFile, type StatusFile } from './status-file';
import { recordContainerEvent } from '../container-events';

/** What a container whose monitor is gone has become. */
export interface HealedContainer {
  status: StatusFile;
  /** It was made with `--rm`, and has been removed. */
  removed: boolean;
}

const UNKNOWN_EXIT = -1;

/**
 * Puts a container in order whose monitor was killed, or that ran before a reboot: its left-over process is killed, its
 * status says that it exited with an unknown status (the only case in which the monitor is not the writer), its runtime
 * directory goes, and with `--rm` the container too. Does nothing while another command starts or heals it.
 */
export function healContainer(ctx: Context, id: string, found: StatusFile): HealedContainer {
  const paths = containerPaths(ctx, id);
  const status = exitedStatus(found);
  const lock = lockFile(paths.lock, { wait: false });
  if (lock === undefined) return { status, removed: false };
  try {
    const now = parseStatusFile(readFileSync(paths.status, 'utf8'));
    // another command has healed it, or started it anew
    if (now?.phase === 'exited') return { status: now, removed: false };
    if (now && now.monitorPid !== found.monitorPid) return { status, removed: false };
    endLeftOver(found);
    // no other group is ever touched, whatever the file says
    if (found.cgroup.includes(id) && !removeCgroup(found.cgroup)) removeForeignGroups(ctx, found.cgroup);
    writeExitNote(ctx, id, UNKNOWN_EXIT);
    writeFileAtomic(paths.status, formatStatusFile(status), { temporary: `${paths.status}.${process.pid}` });
    rmSync(paths.runDirectory, { recursive: true, force: true });
    clearNetd(ctx);
    const record = loadRecordIfWhole(ctx, id);
    if (record) recordContainerEvent(ctx, record, 'died', { exitCode: UNKNOWN_EXIT });
  } catch (error) {
    ctx.log(
      'warn',
      `container ${id.slice(0, 12)} lost its monitor, and its status cannot be mended: ${String(error)}`,
    );
    return { status, removed: false };
  } finally {
    lock.release();
  }
  return { status, removed: removeIfAsked(ctx, id) };
}

/** Groups that the root of a container with ids of its own has made below its own: what is left of the scope goes with them. */
function removeForeignGroups(ctx: Context, directory: string): void {
  try {
    removeTrees(ctx, [directory.replace(/(\/tspod-[^/]*\.scope)\/container$/, '$1')]);
  } catch (error) {
    ctx.log('debug', `control groups in ${directory} stay: ${String(error)}`);
  }
}

function exitedStatus(found: StatusFile): StatusFile {
  const rebooted = found.bootId !== readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const cause = rebooted ? 'the machine was restarted' : 'monitor was killed';
  return {
    ...found,
    phase: 'exited',
    pid: 0,
    startTime: 0,
    netPid: 0,
    cgroup: '',
    health: found.health && 'stopped',
    code: UNKNOWN_EXIT,
    finished: nowNs(),
    error: `exited, status unknown: ${cause}`,
  };
}

/** The container dies with its monitor; what has not yet is told to, and given a second. */
function endLeftOver({ pid, startTime }: StatusFile): void {
  if (pid <= 0) return;
  for (let tries = 0; tries < 200 && isProcess(pid, startTime); tries++) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      return;
    }
    pauseSync(5);
  }
}

function removeIfAsked(ctx: Context, id: string): boolean {
  const record = loadRecordIfWhole(ctx, id);
  if (!record?.options.autoRemove) return false;
  const { name, anonymousVolumes: volumes, options } = record;
  const cidFile = options.cidFile === undefined ? {} : { cidFile: options.cidFile };
  removeFiles(ctx, [{ id, name, volumes, ...cidFile }]);
  recordContainerEvent(ctx, record, 'remove', { exitCode: UNKNOWN_EXIT });
  return true;
}
