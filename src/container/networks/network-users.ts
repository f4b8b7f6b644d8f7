import type { Context } from '../../lib/context';
import { containerIds, loadRecordIfWhole } from '../find';
import { networkNames } from '../create/network-names';
import type { ContainerRecord } from '../record';

/** The containers of each network, by its name. */
export function networkUsers(ctx: Context): Map<string, ContainerRecord[]> {
  const users = new Map<string, ContainerRecord[]>();
  for (const id of containerIds(ctx)) {
    const record = loadRecordIfWhole(ctx, id);
    for (const name of record ? networkNames(record) : []) {
      const others = users.get(name);
      if (record && others) others.push(record);
      else if (record) users.set(name, [record]);
    }
  }
  return users;
}
