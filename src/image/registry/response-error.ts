import { TspodError } from '../../lib/errors';
import type { ErrorCode, ErrorDetails } from '../../lib/errors';
import type { HttpResponse } from './exchange';
import { cleanText } from './clean-text';
import { mediaTypeOf, readAll } from './response-text';
import { parseRetryAfter } from './retry';
import { markTransient } from './transient';

const longestMessage = 300;
const transientStatus = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What the caller knows of the request that failed. */
export interface FailedRequest {
  /** What was tried: `reading manifest latest in docker.io/library/busybox`. */
  action: string;
  /** `tspod login` wants it: `docker.io`. */
  loginHost: string;
  /** Whether credentials went along. */
  hasCredentials: boolean;
}

/** Reads an answer that is an error, by the distribution specification ("Error Codes") where it has a body of that form. */
export async function responseError(response: HttpResponse, request: FailedRequest): Promise<TspodError> {
  const { status } = response;
  const message = await readMessage(response);
  const { code, reason, hint } = explain(response, message, request);
  const details: ErrorDetails = hint === undefined ? {} : { hint };
  const error = new TspodError(code, `${request.action}: ${reason}`, details);
  if (!transientStatus.has(status)) return error;
  const retryAfter = parseRetryAfter(response.headers['retry-after']);
  return markTransient(error, retryAfter === undefined ? {} : { retryAfter });
}

interface Explanation {
  code: ErrorCode;
  reason: string;
  hint?: string | undefined;
}

function explain(response: HttpResponse, message: Message, request: FailedRequest): Explanation {
  const { status } = response;
  const { loginHost, hasCredentials } = request;
  const login = `tspod login ${loginHost}`;
  const said = message.text === '' ? '' : `: ${message.text}`;
  if (status === 401 && hasCredentials)
    return {
      code: 'denied',
      reason: `the credentials are not accepted, or do not suffice${said}`,
      hint: login,
    };
  if (status === 401)
    return { code: 'denied', reason: `it does not exist or needs a login${said}`, hint: login };
  if (status === 403)
    return { code: 'denied', reason: `access is denied${said}`, hint: hasCredentials ? undefined : login };
  if (status === 404 && !message.isPage)
    return { code: 'not-found', reason: message.text === '' ? 'not found' : message.text };
  if (status === 429) {
    const hint = hasCredentials
      ? 'wait before the next attempt'
      : `wait, or log in for a higher limit: ${login}`;
    return { code: 'network', reason: `too many requests (429)${waiting(response)}${said}`, hint };
  }
  const page = message.isPage ? ' with a web page: is this a registry?' : '';
  const answered = `the registry answered ${status} ${response.statusMessage}`.trim();
  return {
    code: status >= 500 ? 'network' : status === 404 ? 'not-found' : 'invalid',
    reason: `${answered}${page}${said}`,
  };
}

function waiting(response: HttpResponse): string {
  const ms = parseRetryAfter(response.headers['retry-after']);
  return ms === undefined ? '' : `, again in ${Math.ceil(ms / 1000)}s`;
}

interface Message {
  text: string;
  isPage: boolean;
}

async function readMessage(response: HttpResponse): Promise<Message> {
  const isPage = mediaTypeOf(response) === 'text/html';
  try {
    const text = (await readAll(response, 'the error message')).toString('utf8');
    return { text: isPage ? '' : cleanText(messageIn(text), longestMessage), isPage };
  } catch {
    return { text: '', isPage };
  }
}

function messageIn(text: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return /^\s*</.test(text) ? '' : text;
  }
  if (typeof parsed !== 'object' || parsed === null) return '';
  const { errors, details, message, error } = parsed as Record<string, unknown>;
  if (Array.isArray(errors)) return errors.map(oneError).filter(Boolean).slice(0, 3).join('; ');
  const found = [details, message, error].find((value) => typeof value === 'string');
  return typeof found === 'string' ? found : '';
}

function oneError(item: unknown): string {
  const { code, message } = (item ?? {}) as Record<string, unknown>;
  if (typeof message === 'string' && message !== '') return message;
  return typeof code === 'string' ? code.toLowerCase().replace(/_/g, ' ') : '';
}
