/** One extent of an id map: `size` ids from `container` on are those from `host` on in the common user namespace. */
export interface IdMapping {
  container: number;
  host: number;
  size: number;
}

/** The maps of the common user namespace: 0 is the user, the subordinate ids follow from 1 on. */
export interface SubordinateIds {
  uids: IdMapping[];
  gids: IdMapping[];
}
