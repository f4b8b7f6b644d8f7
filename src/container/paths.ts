import type { Context } from '../lib/context';

/** The files of one container; see ARCHITECTURE.md for what is in each. */
export interface ContainerPaths {
  directory: string;
  record: string;
  config: string;
  status: string;
  stopRequested: string;
  upper: string;
  work: string;
  merged: string;
  log: string;
  lock: string;
  /** Sockets; vanishes with the runtime directory. */
  runDirectory: string;
  attachSocket: string;
  /** The pid of the monitor, for service managers. */
  monitorPid: string;
}

/** Where the files of the container with this full id are. */
export function containerPaths(ctx: Context, id: string): ContainerPaths {
  const { root, runRoot } = ctx.paths;
  const directory = `${root}/containers/${id}`;
  const runDirectory = `${runRoot}/containers/${id}`;
  return {
    directory,
    record: `${directory}/record.json`,
    config: `${directory}/config.json`,
    status: `${directory}/status`,
    stopRequested: `${directory}/stop-requested`,
    upper: `${directory}/upper`,
    work: `${directory}/work`,
    merged: `${directory}/merged`,
    log: `${directory}/ctr.log`,
    lock: `${root}/locks/${id}`,
    runDirectory,
    attachSocket: `${runDirectory}/attach.sock`,
    monitorPid: `${runDirectory}/monitor.pid`,
  };
}

/** Where the links are that lead from names to ids. */
export function nameLinks(ctx: Context): string {
  return `${ctx.paths.root}/names`;
}

/** The link of a name, whose content is the id of its container. */
export function nameLink(ctx: Context, name: string): string {
  return `${nameLinks(ctx)}/${name}`;
}
