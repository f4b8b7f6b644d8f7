import type { QuadletSetup } from '../../../../src/systemd/quadlet/types';

/** A user's units for the program `tspod`, with no option refused. */
export const plainSetup: QuadletSetup = {
  program: ['tspod'],
  isUser: true,
  refusals: { container: new Map(), volume: new Map(), image: new Map() },
};
