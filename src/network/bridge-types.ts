/** What a container on bridge networks is wished to have: worked out here, carried out by netd. */
import type { PortMapping } from './types';

/** One range of addresses of a network. */
export interface Subnet {
  /** With the prefix length, `10.89.0.0/24`. */
  subnet: string;
  /** Absent in an internal network without name resolution. */
  gateway?: string;
  /** Where addresses are chosen by chance; one that was asked for may lie anywhere in the subnet. */
  leaseRange?: { start?: string; end?: string };
}

/** A route that every container of a network gets. */
export interface NetworkRoute {
  destination: string;
  gateway: string;
  metric?: number;
}

/** How far apart a network is kept from the others. */
export type Isolation = 'none' | 'isolate' | 'strict';

/** What netd has to know of a network. */
export interface NetworkSettings {
  name: string;
  id: string;
  /** The name of the bridge in the user's network namespace. */
  bridge: string;
  subnets: Subnet[];
  /** Without a way out. */
  internal: boolean;
  isolate: Isolation;
  /** Names of containers are answered at the gateways' addresses. */
  dns: boolean;
  /** Asked instead of the container's `upstream`; empty for those. */
  dnsServers: string[];
  mtu?: number;
  vlan?: number;
  /** Of the default routes; absent: 100. */
  metric?: number;
  /** Its gateways are not where containers go with everything else. */
  noDefaultRoute?: boolean;
  routes: NetworkRoute[];
}

/** A container's place in one network. */
export interface NetworkFoot {
  network: NetworkSettings;
  /** The interface's name inside, `eth0`. */
  interface: string;
  /** With the prefix length of the subnet, `10.89.0.2/24`. */
  addresses: string[];
  mac: string;
  aliases: string[];
}

/** Bandwidth in bits per second. */
export interface Rate {
  egress?: number;
  ingress?: number;
}

/** All that a container wants of netd. */
export interface BridgeWish {
  containerId: string;
  /** Resolvable, as are its short id and each foot's aliases. */
  name: string;
  feet: NetworkFoot[];
  ports: PortMapping[];
  rate?: Rate;
  /** Addresses of the resolvers that are asked for other names. */
  upstream: string[];
  /** Further names that the resolver knows, `host.containers.internal`. */
  hosts?: { address: string; names: string[] }[];
  helper: 'slirp4netns' | 'pasta';
  /** The whole command line of the helper, placeholders as in native/protocol.h. */
  helperArgs: string[];
}
