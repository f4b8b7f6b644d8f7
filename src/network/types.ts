/** Types of the network options. */
/** Options after the colon of `slirp4netns:` and `pasta:`, in the order in which they were given. */
export type NetworkOptions = Record<string, string>;

export type NetworkMode =
  | { kind: 'none' }
  | { kind: 'host' }
  | { kind: 'private' }
  | { kind: 'slirp4netns'; options: NetworkOptions }
  | { kind: 'pasta'; args: string[] }
  | { kind: 'bridge'; networks: NetworkAsk[] }
  | { kind: 'container'; target: string }
  | { kind: 'path'; target: string };

/** What was asked of one network; the name as typed, until the container is made. */
export interface NetworkAsk {
  name: string;
  /** Static addresses, at most one of each family. */
  addresses: string[];
  mac?: string;
  aliases: string[];
  /** The interface's name inside. */
  interface?: string;
}

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
