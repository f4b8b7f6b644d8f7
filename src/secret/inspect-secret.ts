import type { Context } from '../lib/context';
import { goMap } from '../lib/go-template/values';
import { goTime, parseTime } from '../lib/time';
import type { Secret } from './secret';
import { driverOf } from './secret-driver';

/** A secret in the words of `podman secret inspect`; its data only with `showData`. */
export function inspectSecret(ctx: Context, secret: Secret, { showData = false } = {}) {
  return {
    ID: secret.id,
    CreatedAt: goTime(parseTime(secret.created)),
    UpdatedAt: goTime(parseTime(secret.updated)),
    Spec: {
      Name: secret.name,
      Driver: { Name: secret.driver, Options: goMap(secret.driverOptions) },
      Labels: goMap(secret.labels),
    },
    ...(showData ? { SecretData: driverOf(ctx, secret).lookUp(secret.id).toString() } : {}),
  };
}
