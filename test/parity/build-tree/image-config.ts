/** What of an image says how it runs, by key, of the output of `image inspect`; what is empty is left out. */
export function configOf(inspected: string): Record<string, unknown> {
  const [image] = JSON.parse(inspected) as [Record<string, unknown>];
  const {
    Config,
    Architecture,
    Os,
    Author,
    Healthcheck: health,
  } = image as {
    Config: Record<string, unknown>;
  } & typeof image;
  const { Labels, Healthcheck, ...config } = Config;
  const labels = Object.entries((Labels ?? {}) as object).filter(
    ([name]) => !/^io\.(buildah|tspod)\.version$/.test(name),
  );
  const all = {
    ...config,
    Labels: Object.fromEntries(labels.sort()) as unknown,
    Health: health ?? Healthcheck,
    ...{ Architecture, Os, Author },
  };
  return Object.fromEntries(
    Object.entries(all).filter(
      ([, value]) =>
        value !== '' && value !== null && value !== undefined && Object.keys(Object(value)).length > 0,
    ),
  );
}
