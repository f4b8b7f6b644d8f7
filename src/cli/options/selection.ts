import type { OptionDefinition } from '../define-command';

/** `--all` of a command; `description` says which containers are meant. */
export function allOption(description: string): OptionDefinition & { type: 'boolean' } {
  return { type: 'boolean', short: 'a', description };
}

/** `--latest`. */
export const latestOption = {
  type: 'boolean',
  short: 'l',
  description: 'Act on the container that was made last',
} as const;

/** `--filter` with its short form. */
export const filterOption = {
  type: 'list',
  short: 'f',
  value: 'FILTER',
  description: 'Act on the containers that match, such as status=exited or label=KEY=VALUE',
} as const;

/** `--filter` of commands whose `-f` means `--force`. */
export const longFilterOption = {
  type: 'list',
  value: 'FILTER',
  description: filterOption.description,
} as const;

/** `--cidfile`. */
export const cidfileOption = {
  type: 'list',
  value: 'FILE',
  description: 'Read the id of a container from the file',
} as const;

/** `--ignore`. */
export const ignoreOption = {
  type: 'boolean',
  short: 'i',
  description: 'Do not complain when a container is missing',
} as const;

/** `--time`; Docker calls it `--timeout` in places. */
export const timeOption = {
  type: 'number',
  short: 't',
  value: 'SECONDS',
  aliases: ['timeout'],
  description: 'Seconds to wait for the container to end before it is killed (default: its stop timeout, 10)',
} as const;
