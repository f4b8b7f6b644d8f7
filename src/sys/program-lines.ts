import { execa } from 'execa';

/**
 * The lines that a program prints, as they come; its standard error is this process's own. The program ends when the
 * reader stops. Throws ENOENT when it is not there; its exit status is not looked at.
 */
export async function* programLines(program: string, args: readonly string[]): AsyncGenerator<string> {
  const child = execa(program, args, { stdin: 'ignore', stderr: 'inherit', buffer: false, reject: false });
  try {
    for await (const line of child) yield line;
    const { cause } = await child;
    if (cause !== undefined) throw cause as Error;
  } finally {
    child.kill();
  }
}
