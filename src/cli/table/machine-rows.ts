import type { CommandRow } from '../command-table';

const NO_MACHINE = 'containers run on this machine itself';
const NO_FARM = 'run the build on each machine';

/** Commands that manage other machines: known, and never tspod's task. */
export const machineRows: readonly CommandRow[] = [
  { path: 'farm build', summary: 'Build an image on several machines', instead: NO_FARM },
  { path: 'farm create', summary: 'Create a farm', instead: NO_FARM },
  { path: 'farm list', aliases: ['farm ls'], summary: 'List farms', instead: NO_FARM },
  { path: 'farm remove', aliases: ['farm rm'], summary: 'Remove farms', instead: NO_FARM },
  { path: 'farm update', summary: 'Update a farm', instead: NO_FARM },
  { path: 'machine cp', summary: 'Copy files between a virtual machine and the host', instead: NO_MACHINE },
  { path: 'machine info', summary: 'Display information about the machine host', instead: NO_MACHINE },
  { path: 'machine init', summary: 'Initialize a virtual machine', instead: NO_MACHINE },
  { path: 'machine inspect', summary: 'Inspect a virtual machine', instead: NO_MACHINE },
  { path: 'machine list', aliases: ['machine ls'], summary: 'List virtual machines', instead: NO_MACHINE },
  {
    path: 'machine os apply',
    summary: "Apply an OCI image to a virtual machine's system",
    instead: NO_MACHINE,
  },
  {
    path: 'machine os upgrade',
    aliases: ['machine os update'],
    summary: "Upgrade a virtual machine's system",
    instead: NO_MACHINE,
  },
  {
    path: 'system hyperv-prep',
    summary: 'Prepare Hyper-V for virtual machines',
    hidden: true,
    instead: NO_MACHINE,
  },
  { path: 'machine reset', summary: 'Remove all virtual machines', instead: NO_MACHINE },
  { path: 'machine restart', summary: 'Restart a virtual machine', instead: NO_MACHINE },
  { path: 'machine rm', summary: 'Remove a virtual machine', instead: NO_MACHINE },
  { path: 'machine set', summary: 'Change a virtual machine', instead: NO_MACHINE },
  { path: 'machine ssh', summary: 'Log in to a virtual machine', instead: NO_MACHINE },
  { path: 'machine start', summary: 'Start a virtual machine', instead: NO_MACHINE },
  { path: 'machine stop', summary: 'Stop a virtual machine', instead: NO_MACHINE },
];
