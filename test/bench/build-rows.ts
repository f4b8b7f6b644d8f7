import { mkdirSync, writeFileSync } from 'node:fs';
import type { Engine } from './engine';
import type { Row } from './rows';

const files = 10_000;
const stages = 10;

/** `build`, first and with everything in the cache; `prepareDebian` gives an engine the image `debian`. */
export function buildRows(busybox: string, debian: string, prepareDebian: (engine: Engine) => void): Row[] {
  const several = { unit: 'ms', runs: 5 } as const;
  const build = (engine: Engine, name: string, ...args: string[]): number =>
    engine.time(
      'build',
      '-q',
      '--network',
      'none',
      '-t',
      `localhost/${name}`,
      ...args,
      `${engine.home}/${name}`,
    );
  const anew = (engine: Engine, name: string): number => build(engine, name, '--no-cache');
  const clean = (name: string) => (engine: Engine) => engine.run('rmi', `localhost/${name}`);
  const small = [
    'COPY file /srv/file',
    'RUN cat /srv/file >/srv/copy',
    'RUN rm /srv/file && mkdir /srv/a',
    'ENV A=1',
  ];
  const prepareSmall = (engine: Engine): void => {
    prepareDebian(engine);
    writeContext(engine, 'small', [`FROM ${debian}`, ...small]);
    build(engine, 'small');
  };
  const prepareMany = (engine: Engine): void => {
    writeContext(engine, 'many', [`FROM ${busybox}`, 'COPY files /files']);
    writeFiles(`${engine.home}/many/files`);
    build(engine, 'many');
  };
  return [
    {
      name: 'build-debian',
      work: 'build of Debian, COPY and two RUN',
      ...{ ...several, limit: 0.6, needsDebian: true },
      prepare: prepareSmall,
      measure: (engine) => anew(engine, 'small'),
      finish: clean('small'),
    },
    {
      name: 'build-cached',
      work: 'the same build, all cached',
      ...{ ...several, limit: 0.5, needsDebian: true },
      prepare: prepareSmall,
      measure: (engine) => build(engine, 'small'),
      finish: clean('small'),
    },
    {
      name: 'build-files',
      work: `build with COPY of ${files} files`,
      ...{ ...several, limit: 0.7 },
      prepare: prepareMany,
      measure: (engine) => anew(engine, 'many'),
      finish: clean('many'),
    },
    {
      name: 'build-files-cached',
      work: 'the same build, nothing changed',
      ...{ ...several, limit: 0.5 },
      prepare: prepareMany,
      measure: (engine) => build(engine, 'many'),
      finish: clean('many'),
    },
    {
      name: 'build-stages',
      work: `build of ${stages} stages that sleep a second`,
      ...{ unit: 'ms', runs: 1, limit: 0.3 },
      prepare: (engine) => writeContext(engine, 'stages', sleepingStages(busybox)),
      measure: (engine) => anew(engine, 'stages'),
      finish: clean('stages'),
    },
    {
      name: 'build-large',
      work: 'build with a RUN that writes 500 MB',
      ...{ unit: 'ms', runs: 3, limit: 0.8 },
      prepare: (engine) =>
        writeContext(engine, 'large', [
          `FROM ${busybox}`,
          'RUN head -c 100000000 /dev/urandom >/a && for n in 1 2 3 4; do cp /a /a$n; done',
        ]),
      measure: (engine) => anew(engine, 'large'),
      finish: clean('large'),
    },
  ];
}

function sleepingStages(image: string): string[] {
  const numbers = Array.from({ length: stages }, (_, at) => at);
  return [
    ...numbers.flatMap((at) => [`FROM ${image} AS s${at}`, `RUN sleep 1; echo ${at} >/out`]),
    `FROM ${image}`,
    ...numbers.map((at) => `COPY --from=s${at} /out /out${at}`),
  ];
}

function writeContext(engine: Engine, name: string, lines: readonly string[]): void {
  const folder = `${engine.home}/${name}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/Containerfile`, `${lines.join('\n')}\n`);
  writeFileSync(`${folder}/file`, 'content\n');
}

function writeFiles(folder: string): void {
  for (let at = 0; at < files; at++) {
    const directory = `${folder}/d${at % 100}`;
    if (at < 100) mkdirSync(directory, { recursive: true });
    writeFileSync(`${directory}/f${at}`, `file ${at}\n`);
  }
}
