/** Where distributions put OCI hooks; containers.conf and `--hooks-dir` replace it. */
export const HOOKS_DIRECTORY = '/usr/share/containers/oci/hooks.d';
