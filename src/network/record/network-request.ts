/** What a new network is to be like, as it was typed. */
export interface NetworkRequest {
  /** Absent: that of its bridge. */
  name?: string | undefined;
  driver: string;
  /** `ADDRESS/BITS` each. */
  subnets: readonly string[];
  /** Each for the subnet at its place. */
  gateways: readonly string[];
  /** Each for the subnet at its place: `ADDRESS/BITS` or `FIRST-LAST`. */
  ranges: readonly string[];
  ipv6: boolean;
  internal: boolean;
  disableDns: boolean;
  dns: readonly string[];
  labels: Record<string, string>;
  /** `KEY=VALUE` each. */
  options: readonly string[];
  interfaceName?: string | undefined;
  ipamDriver?: string | undefined;
  /** `DESTINATION,GATEWAY[,METRIC]` each. */
  routes: readonly string[];
}
