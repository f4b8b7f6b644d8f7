// Makes man/*.1: a page for each command that is there, from its own definition, and tspod.1 with all of them.
// Run with `node --import tsx`, or by `npm run build`.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandRows } from '../src/cli/command-table.ts';
import { rootOptions } from '../src/cli/global-options.ts';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(top, 'man');
const { version, description } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));

const VARIABLES = [
  ['CONTAINERS_CONF', 'A file that is read instead of all of containers.conf.'],
  ['CONTAINERS_CONF_OVERRIDE', 'A file of containers.conf that is read last.'],
  ['CONTAINERS_REGISTRIES_CONF', 'A file that is read instead of registries.conf.'],
  ['REGISTRY_AUTH_FILE, DOCKER_CONFIG', 'Where credentials of registries are kept.'],
  ['HTTP_PROXY, HTTPS_PROXY, NO_PROXY', 'The way to registries; handed over to containers, too.'],
  ['ALL_PROXY', 'The way to registries without one of these. Proxies are http, https or socks5 ones.'],
  [
    'SSL_CERT_FILE, SSL_CERT_DIR',
    "Authorities that registries are trusted by: instead of the machine's, and beside them.",
  ],
  ['NO_COLOR', 'Set to anything: no colours.'],
  ['PODMAN_USERNS', 'The user namespace of new containers, unless --userns is given.'],
  ['TMPDIR', 'Where the runtime directory is made without XDG_RUNTIME_DIR.'],
  ['XDG_CACHE_HOME, XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_RUNTIME_DIR', 'See FILES.'],
  [
    'CONTAINER_HOST, CONTAINER_CONNECTION, STORAGE_DRIVER, STORAGE_OPTS',
    'Without effect, which is warned of.',
  ],
];

const pages = new Map();
const ready = commandRows().filter((row) => row.load !== undefined && row.hidden !== true);
for (const row of ready) {
  const { default: command } = await row.load();
  pages.set(pageName(row.path), commandPage(row, command));
  for (const alias of row.aliases ?? []) pages.set(pageName(alias), `.so man1/${pageName(row.path)}\n`);
}
pages.set('tspod.1', mainPage(ready));

mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) {
  if (name.endsWith('.1') && !pages.has(name)) rmSync(join(folder, name));
}
for (const [name, text] of pages) {
  const path = join(folder, name);
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

function pageName(path) {
  return `tspod-${path.replaceAll(' ', '-')}.1`;
}

function commandPage(row, command) {
  const name = `tspod-${row.path.replaceAll(' ', '-')}`;
  const options = Object.entries(command.options).filter(([, option]) => option.hidden !== true);
  return lines(
    title(name),
    '.SH NAME',
    `${roff(name)} \\- ${roff(command.summary)}`,
    '.SH SYNOPSIS',
    ...[row.path, ...(row.aliases ?? [])].flatMap((path) => [
      `.B tspod ${roff(path)}`,
      roff(command.usage),
      '.br',
    ]),
    ...section('DESCRIPTION', paragraphs(command.description ?? `${command.summary}.`)),
    ...section('OPTIONS', options.filter(([, option]) => option.refuse === undefined).flatMap(optionLines)),
    ...section(
      'REFUSED OPTIONS',
      options.filter(([, option]) => option.refuse !== undefined).flatMap(refusedLines),
    ),
    ...section(
      'EXAMPLES',
      (command.examples ?? []).flatMap((line) => ['.nf', roff(line), '.fi']),
    ),
    '.SH EXIT STATUS',
    '0 when all went well, 125 when tspod failed; run and exec end with the status of the program, 126 when it cannot',
    'be run and 127 when it is not found.',
    '.SH SEE ALSO',
    '.BR tspod (1)',
  );
}

function mainPage(rows) {
  return lines(
    title('tspod'),
    '.SH NAME',
    `tspod \\- ${roff(description)}`,
    '.SH SYNOPSIS',
    '.B tspod',
    '[global options] COMMAND [options] [arguments]',
    ...section(
      'GLOBAL OPTIONS',
      Object.entries(rootOptions)
        .filter(([, option]) => option.refuse === undefined)
        .flatMap(optionLines),
    ),
    ...section(
      'REFUSED GLOBAL OPTIONS',
      Object.entries(rootOptions)
        .filter(([, option]) => option.refuse !== undefined)
        .flatMap(refusedLines),
    ),
    '.SH COMMANDS',
    ...rows.flatMap((row) => [
      '.TP',
      `.BR tspod\\-${roff(row.path.replaceAll(' ', '-'))} (1)`,
      roff(row.summary),
    ]),
    '.SH EXIT STATUS',
    '0 when all went well, 125 when tspod failed; run and exec end with the status of the program, 126 when it cannot',
    'be run and 127 when it is not found.',
    '.SH ENVIRONMENT',
    ...VARIABLES.flatMap(([name, text]) => item(name, text)),
    '.SH FILES',
    ...item('~/.local/share/tspod', 'Images, containers and volumes ($XDG_DATA_HOME/tspod).'),
    ...item('$XDG_RUNTIME_DIR/tspod', 'Sockets and network state of running containers.'),
    ...item('~/.cache/tspod', 'May be deleted at any time ($XDG_CACHE_HOME/tspod).'),
    ...item(
      '/etc/containers/containers.conf, ~/.config/containers/containers.conf',
      'Defaults; containers.conf.example tells of each key.',
    ),
  );
}

function title(name) {
  return `.TH ${name.toUpperCase()} 1 "" "tspod ${version}" "tspod"`;
}

function section(heading, content) {
  return content.length === 0 ? [] : [`.SH ${heading}`, ...content];
}

/** A line that is indented is a word and what it stands for, two spaces apart. */
function paragraphs(text) {
  return text.split(/\n\n?/).flatMap((part, index) => {
    const [, term, meaning] = /^ {2}(\S.*?) {2,}(\S.*)$/.exec(part) ?? [];
    if (term !== undefined) return item(term, meaning);
    return index === 0 ? [roff(part)] : ['.PP', roff(part)];
  });
}

function optionLines([name, option]) {
  const names = [...(option.short === undefined ? [] : [`-${option.short}`]), `--${name}`];
  for (const alias of option.aliases ?? []) names.push(`${alias.length === 1 ? '-' : '--'}${alias}`);
  const value = option.type === 'boolean' ? '' : ` ${option.value ?? option.type.toUpperCase()}`;
  const facts = [
    ...(option.choices === undefined ? [] : [`One of ${option.choices.join(', ')}.`]),
    ...(option.type === 'list' && !/may be repeated/.test(option.description)
      ? ['May be given several times.']
      : []),
    ...(!option.default || /default/.test(option.description) ? [] : [`Default: ${option.default}.`]),
  ];
  const text = /[.!]$/.test(option.description) ? option.description : `${option.description}.`;
  return item(`${names.join(', ')}${value}`, [text, ...facts].join(' '));
}

function refusedLines([name, option]) {
  return item(`--${name}`, option.refuse);
}

function item(term, text) {
  return ['.TP', `.B ${roff(term)}`, roff(text)];
}

function roff(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}

function lines(...all) {
  return `${all.join('\n')}\n`;
}
