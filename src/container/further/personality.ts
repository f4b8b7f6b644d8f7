/** Execution domains of personality(2) by the names that crun takes. Source: linux/personality.h. */
export const PERSONALITIES = { LINUX: 0x0, LINUX32: 0x8 } as const;

/** The name of an execution domain. */
export type PersonalityName = keyof typeof PERSONALITIES;
