import { TspodError } from '../../lib/errors';

/** What a field may hold. */
type Kind = 'text' | 'texts' | 'number' | 'flag' | 'set' | 'labels' | Fields;

/** Fields that are read, with what they hold; further ones are left alone. */
interface Fields {
  readonly [name: string]: Kind;
}

const healthFields: Fields = {
  Test: 'texts',
  Interval: 'number',
  Timeout: 'number',
  StartPeriod: 'number',
  StartInterval: 'number',
  Retries: 'number',
};

const runFields: Fields = {
  User: 'text',
  ExposedPorts: 'set',
  Env: 'texts',
  Entrypoint: 'texts',
  Cmd: 'texts',
  Volumes: 'set',
  WorkingDir: 'text',
  Labels: 'labels',
  StopSignal: 'text',
  Healthcheck: healthFields,
  OnBuild: 'texts',
  Shell: 'texts',
};

const historyFields: Fields = {
  created: 'text',
  created_by: 'text',
  author: 'text',
  comment: 'text',
  empty_layer: 'flag',
};

const imageFields: Fields = {
  created: 'text',
  author: 'text',
  architecture: 'text',
  variant: 'text',
  os: 'text',
  config: runFields,
};

const names: Record<Exclude<Kind, Fields>, string> = {
  text: 'text',
  texts: 'a list of texts',
  number: 'a number',
  flag: 'true or false',
  set: 'an object',
  labels: 'an object of texts',
};

/**
 * A configuration blob without fields that are null, as Docker writes those that are not set. Error `invalid`: a field holds what it
 * cannot mean.
 */
export function checkImageConfig(parsed: object): object {
  const found = checkFields(parsed, imageFields, '');
  const { history, ...rest } = found;
  if (history === undefined || history === null) return rest;
  if (!Array.isArray(history)) throw malformed('history', 'a list of objects');
  const steps = history.map((step: unknown, index) => checkInner(step, historyFields, `history[${index}]`));
  return { ...rest, history: steps };
}

function checkFields(object: object, fields: Fields, path: string): Record<string, unknown> {
  const found = { ...object } as Record<string, unknown>;
  for (const [name, kind] of Object.entries(fields)) {
    const value = found[name];
    if (value === undefined) continue;
    if (value === null) delete found[name];
    else if (typeof kind === 'object') found[name] = checkInner(value, kind, path + name);
    else if (!fits(value, kind)) throw malformed(path + name, names[kind]);
  }
  return found;
}

function checkInner(value: unknown, fields: Fields, path: string): object {
  if (!isObject(value)) throw malformed(path, 'an object');
  return checkFields(value, fields, `${path}.`);
}

function fits(value: unknown, kind: Exclude<Kind, Fields>): boolean {
  const isText = (each: unknown): boolean => typeof each === 'string';
  if (kind === 'text') return isText(value);
  if (kind === 'number') return typeof value === 'number';
  if (kind === 'flag') return typeof value === 'boolean';
  if (kind === 'texts') return Array.isArray(value) && value.every(isText);
  return isObject(value) && (kind === 'set' || Object.values(value).every(isText));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(field: string, wanted: string): TspodError {
  return new TspodError('invalid', `the image configuration is malformed: ${field} is not ${wanted}`);
}
