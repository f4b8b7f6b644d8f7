/** One extent of an id map: `size` ids from `container` on are those from `host` on in the common user namespace. */
export interface IdMapping {
  container: number;
  host: number;
  size: number;
}
