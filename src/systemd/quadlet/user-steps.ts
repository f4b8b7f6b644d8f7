import { problemAt } from '../problem';
import { lastLineOf } from '../unit-file';
import { readText, readWords } from './read-key';
import { each, own, repeated } from './steps';
import type { Conversion, QuadletStep } from './types';

/** The keys of a container about users and their ids. */
export const userSteps: readonly QuadletStep[] = [
  own(['User', 'Group'], userWords),
  own(
    [
      { name: 'UserNS', repeats: false, option: 'userns' },
      repeated('UIDMap', 'uidmap'),
      repeated('GIDMap', 'gidmap'),
      { name: 'SubUIDMap', repeats: false, option: 'subuidname' },
      { name: 'SubGIDMap', repeats: false, option: 'subgidname' },
      'RemapUsers',
      repeated('RemapUid'),
      repeated('RemapGid'),
      'RemapUidSize',
    ],
    mapWords,
  ),
];

function userWords(conversion: Conversion): string[] {
  const user = readText(conversion, 'User');
  const group = readText(conversion, 'Group');
  if (user !== undefined) return ['--user', group === undefined ? user : `${user}:${group}`];
  if (group !== undefined) report(conversion, 'Group', 'Group= needs User=');
  return [];
}

function mapWords(conversion: Conversion): string[] {
  const words = [
    ...textWords('UserNS', '--userns'),
    ...each('--uidmap', readWords(conversion, 'UIDMap')),
    ...each('--gidmap', readWords(conversion, 'GIDMap')),
    ...textWords('SubUIDMap', '--subuidname'),
    ...textWords('SubGIDMap', '--subgidname'),
  ];
  if (words.length === 0) return remapWords(conversion);
  for (const key of ['RemapUsers', 'RemapUid', 'RemapGid'])
    report(
      conversion,
      key,
      'cannot be used together with UserNS=, UIDMap=, GIDMap=, SubUIDMap= or SubGIDMap=',
    );
  return words;

  function textWords(key: string, option: string): string[] {
    const value = readText(conversion, key);
    return value === undefined ? [] : [option, value];
  }
}

/** The keys of old that UserNS= stands for now. */
function remapWords(conversion: Conversion): string[] {
  const uids = readWords(conversion, 'RemapUid');
  const gids = readWords(conversion, 'RemapGid');
  const mode = readText(conversion, 'RemapUsers');
  const size = Number(readText(conversion, 'RemapUidSize') ?? 0);
  switch (mode) {
    case undefined:
      for (const key of ['RemapUid', 'RemapGid']) report(conversion, key, 'needs RemapUsers=');
      return [];
    case 'manual':
      return [...each('--uidmap', uids), ...each('--gidmap', gids)];
    case 'auto': {
      const sizes = size > 0 ? [`size=${size}`] : [];
      return userns('auto', [
        ...uids.map((map) => `uidmapping=${map}`),
        ...gids.map((map) => `gidmapping=${map}`),
        ...sizes,
      ]);
    }
    case 'keep-id':
      if (uids.length > 1) report(conversion, 'RemapUid', 'RemapUsers=keep-id takes one id');
      if (gids.length > 1) report(conversion, 'RemapGid', 'RemapUsers=keep-id takes one id');
      return userns('keep-id', [...uids.map((id) => `uid=${id}`), ...gids.map((id) => `gid=${id}`)]);
    default:
      report(conversion, 'RemapUsers', `"${mode}" is none of manual, auto, keep-id`);
      return [];
  }
}

function userns(mode: string, options: readonly string[]): string[] {
  return ['--userns', options.length === 0 ? mode : `${mode}:${options.join(',')}`];
}

function report({ quadlet, section, problems }: Conversion, key: string, message: string): void {
  const line = lastLineOf(quadlet.unit, section, key);
  if (line && line.value !== '') problems.push(problemAt(line, message));
}
