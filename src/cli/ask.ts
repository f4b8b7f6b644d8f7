import { createInterface } from 'node:readline';
import { TspodError } from '../lib/errors';

/** Asks on standard error for a line of standard input; undefined at its end. */
export async function askLine(prompt: string): Promise<string | undefined> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise<string | undefined>((resolve) => {
      reader.question(prompt, resolve);
      reader.once('close', () => resolve(undefined));
    });
  } finally {
    reader.close();
  }
}

/** Asks on standard error for something that is not shown while it is typed. Error `usage`: there is no terminal; `hint` says what to do then. */
export async function askSecret(prompt: string, hint: string): Promise<string> {
  const { stdin } = process;
  if (!stdin.isTTY) {
    throw new TspodError('usage', 'asking for a password: standard input is not a terminal', { hint });
  }
  stdin.setRawMode(true);
  try {
    process.stderr.write(prompt);
    return await readTyped(stdin);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    process.stderr.write('\n');
  }
}

/** A line typed in raw mode: backspace and Ctrl-U work, Ctrl-C and Ctrl-D end it. */
function readTyped(stdin: NodeJS.ReadStream): Promise<string> {
  let typed = '';
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      stdin.off('data', listen);
      settle();
    };
    const listen = (data: Buffer): void => {
      for (const char of data.toString('utf8')) {
        if (char === '\r' || char === '\n') return finish(() => resolve(typed));
        if (char === '\u0003' || char === '\u0004') {
          return finish(() =>
            reject(new TspodError('usage', 'reading password: interrupted', { exitCode: 130 })),
          );
        }
        if (char === '\u007f' || char === '\b') typed = [...typed].slice(0, -1).join('');
        else if (char === '\u0015') typed = '';
        else typed += char;
      }
    };
    stdin.on('data', listen);
    stdin.resume();
  });
}
