/** Podman's exit status of an `exec` that has nobody to run as, or nowhere to run. */
export function execFailure({ detach }: { detach: boolean }): number {
  return detach ? 125 : 255;
}
