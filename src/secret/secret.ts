/** Where the data of a secret are: in files of this machine, or wherever the commands of a user put them. */
export type SecretDriverName = 'file' | 'shell';

/** What is kept of a secret; its data are its driver's. */
export interface Secret {
  /** 25 hexadecimal digits. */
  id: string;
  name: string;
  labels: Record<string, string>;
  /** RFC 3339 with nanoseconds, UTC. */
  created: string;
  updated: string;
  driver: SecretDriverName;
  driverOptions: Record<string, string>;
}
