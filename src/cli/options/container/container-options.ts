import { platformOptions } from '../platform-options';
import { registryOptions } from '../registry-options';
import { GENERAL_OPTIONS } from './general-options';
import { ISOLATION_OPTIONS } from './isolation-options';
import { HEALTH_OPTIONS } from './health-options';
import { LIMIT_OPTIONS } from './limit-options';
import { LIMITED_OPTIONS } from './limited-options';
import { NETWORK_OPTIONS } from './network-options';
import { REFUSED_OPTIONS } from './refused-options';
import { STORAGE_OPTIONS } from './storage-options';
import type { Flags } from '../../define-command';

/** The options that `run` and `create` have in common. */
export const CONTAINER_OPTIONS = {
  ...GENERAL_OPTIONS,
  ...ISOLATION_OPTIONS,
  ...HEALTH_OPTIONS,
  ...STORAGE_OPTIONS,
  ...NETWORK_OPTIONS,
  ...LIMIT_OPTIONS,
  ...LIMITED_OPTIONS,
  ...REFUSED_OPTIONS,
  ...registryOptions,
  ...platformOptions,
} as const;

/** Their values. */
export type ContainerFlags = Flags<typeof CONTAINER_OPTIONS>;
