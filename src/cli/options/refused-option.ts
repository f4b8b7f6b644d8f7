/** The row of an option that is known and not supported: it is refused by name with this reason. */
export function refusedOption<const T extends 'string' | 'list' | 'boolean' = 'string'>(
  reason: string,
  type?: T,
) {
  return {
    type: (type ?? 'string') as T,
    description: `Not supported: ${reason}`,
    hidden: true,
    refuse: reason,
  } as const;
}
