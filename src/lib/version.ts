declare const __TSPOD_VERSION__: string | undefined;

/** The version of tspod: that of package.json, put in by the build; `dev` when run from source. */
export const VERSION: string = typeof __TSPOD_VERSION__ === 'string' ? __TSPOD_VERSION__ : 'dev';
