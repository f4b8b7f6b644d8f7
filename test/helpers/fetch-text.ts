import { connect } from 'node:net';

/** What a server answers to `GET /`, without the headers; undefined while nobody answers. */
export function fetchText(port: number, host = '127.0.0.1'): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host }, () => socket.write('GET / HTTP/1.0\r\n\r\n'));
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('data', (data) => (text += data.toString()));
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(text === '' ? undefined : text.replace(/^.*?\r\n\r\n/s, '')));
  });
}
