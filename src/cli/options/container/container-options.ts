import { platformOptions } from '../platform-options';
import { registryOptions } from '../registry-options';
import { FURTHER_OPTIONS } from './further-options';
import { GENERAL_OPTIONS } from './general-options';
import { HEALTH_OPTIONS } from './health-options';
import { ISOLATION_OPTIONS } from './isolation-options';
import { LIMIT_OPTIONS } from './limit-options';
import { LIMITED_OPTIONS } from './limited-options';
import { NETWORK_OPTIONS } from './network-options';
import { REFUSED_OPTIONS } from './refused-options';
import { STORAGE_OPTIONS } from './storage-options';
import type { Flags } from '../../define-command';

/** The options that `run` and `create` have in common. */
export const CONTAINER_OPTIONS = {
  ...GENERAL_OPTIONS,
  ...HEALTH_OPTIONS,
  ...ISOLATION_OPTIONS,
  ...STORAGE_OPTIONS,
  ...NETWORK_OPTIONS,
  ...LIMIT_OPTIONS,
  ...LIMITED_OPTIONS,
  ...FURTHER_OPTIONS,
  ...REFUSED_OPTIONS,
  ...registryOptions,
  ...platformOptions,
} as const;

/** Their values. */
export type ContainerFlags = Flags<typeof CONTAINER_OPTIONS>;
