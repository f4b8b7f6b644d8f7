import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { homeEnvironment, testFolder } from './test-home';

/** A repository that is served by http, as plain files. */
export interface GitServer {
  /** Ends with `.git`. */
  url: string;
  /** Its working directory, on the branch `main`. */
  folder: string;
  /** Runs git in it; what it says. */
  git(...args: string[]): string;
  /** Commits all that is there; the commit. */
  publish(message: string): string;
}

/** Serves an empty repository until the test ends. */
export async function startGitServer(t: TestContext): Promise<GitServer> {
  const folder = testFolder('git');
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      ...{ env: homeEnvironment(), stdio: 'pipe', encoding: 'utf8' },
    }).trim();
  git('init', '-q', '-b', 'main');
  const server = createServer((request, response) => {
    const asked = (request.url ?? '').replace(/^\/app\.git/, '').replace(/\?.*/, '');
    const path = join(folder, '.git', asked);
    const isFile = existsSync(path) && !path.endsWith('/');
    response.statusCode = isFile ? 200 : 404;
    response.end(isFile ? readFileSync(path) : '');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/app.git`,
    ...{ folder, git },
    publish(message) {
      git('add', '.');
      git('commit', '-qm', message);
      git('update-server-info');
      return git('rev-parse', 'HEAD');
    },
  };
}
