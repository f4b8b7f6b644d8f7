import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Engine } from './engine';
import type { Row } from './rows';

const count = 10_000;

/** `events` of a file that both engines read. */
export const eventsRow: Row = {
  name: 'events',
  work: `events of ${count} lines`,
  ...{ unit: 'ms', limit: 1, runs: 10 },
  prepare: (engine) => {
    writeFileSync(file(engine), Array.from({ length: count }, (_, index) => line(index)).join(''));
    mkdirSync(`${engine.home}/.config/containers`, { recursive: true });
    const conf = `[engine]\nevents_logger = "file"\nevents_logfile_path = "${file(engine)}"\n`;
    writeFileSync(configuration(engine), conf);
  },
  measure: (engine) => engine.time('events', '--stream=false', '--since', '1h'),
  finish: (engine) => {
    rmSync(configuration(engine));
    rmSync(file(engine));
  },
};

const file = ({ home }: Engine): string => `${home}/events.log`;
const configuration = ({ home }: Engine): string => `${home}/.config/containers/containers.conf`;

function line(index: number): string {
  const words = ['create', 'init', 'start', 'attach', 'died', 'remove'];
  const status = words[index % words.length] ?? '';
  return `${JSON.stringify({
    ...(status === 'died' || status === 'remove' ? { ContainerExitCode: 0 } : {}),
    ID: String(Math.floor(index / words.length)).padStart(64, 'a'),
    Image: 'localhost/busybox:latest',
    Name: `container${index}`,
    Status: status,
    Time: new Date().toISOString(),
    Type: 'container',
    Attributes: { team: 'web' },
  })}\n`;
}
