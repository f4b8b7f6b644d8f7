import type { ContainerRecord } from '../record';

/** The names of the networks that a container is connected to, sorted. */
export function networkNames({ options: { network } }: ContainerRecord): string[] {
  return network.kind === 'bridge' ? network.networks.map(({ name }) => name).sort() : [];
}
