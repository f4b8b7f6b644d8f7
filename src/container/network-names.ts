import type { ContainerRecord } from './record';

/** The user networks that a container is connected to: none, as long as there are no bridges. */
export function networkNames(_record: ContainerRecord): string[] {
  return [];
}
