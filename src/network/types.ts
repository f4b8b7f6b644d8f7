/** Types of the network options. */
/** Options after the colon of `slirp4netns:` and `pasta:`, in the order in which they were given. */
export type NetworkOptions = Record<string, string>;

export type NetworkMode =
  | { kind: 'none' }
  | { kind: 'host' }
  | { kind: 'private' }
  | { kind: 'slirp4netns'; options: NetworkOptions }
  | { kind: 'pasta'; args: string[] }
  | { kind: 'container'; target: string }
  | { kind: 'path'; target: string };

/** One published port or, with `range` over 1, that many consecutive ones. */
export interface PortMapping {
  /** Empty for all addresses. */
  hostIp: string;
  /** 0 before a free one has been chosen. */
  hostPort: number;
  containerPort: number;
  range: number;
  protocol: 'tcp' | 'udp';
}
